import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openNotes } from '../../src/audit/notes.ts';
import type { Card } from '../../src/chat/card.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { IncidentId, SignalId } from '../../src/ids.ts';
import { receiveChanges } from '../../src/monitoring/changes/receive.ts';
import { signalsOf } from '../../src/monitoring/read.ts';
import { mute } from '../../src/monitoring/silences/mute.ts';
import type { ToldChange } from '../../src/systems/change.ts';
import { understand } from '../../src/workers/asked.ts';
import { command, commands } from '../../src/workers/command.ts';
import { type Desk, tell } from '../../src/workers/tell.ts';
import { databases } from '../databases.ts';
import { openOutside } from '../incidents/outside.ts';
import { manifests, openShift, robin, type Shift } from '../shift.ts';

const ada = { name: 'Ada', role: 'Operations worker', avatar: ':owl:' };

/** Every word of a card. */
function words({ title, blocks }: Card): string {
  const texts = blocks.flatMap((one) => ('text' in one ? [one.text] : []));
  const plain = texts.map((text) =>
    typeof text === 'string'
      ? text
      : text.map((span) => (typeof span === 'string' ? span : 'bold' in span ? span.bold : '')).join(''),
  );
  return [title, ...plain].join('\n');
}

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`an answer from the record, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let desk: Desk;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
      const { monitor, loki } = shift.responder;
      const read = { db: shift.db, inventory: fernwood, monitor, loki, timezone: 'Europe/Berlin' };
      const { standup } = shift;
      desk = { ...read, standup, by: ada, shift: 'Ada is on shift.', now: () => new Date() };
    });
    beforeEach(async () => {
      outside.reset();
      await shift.forget();
    });
    afterAll(() => shift?.close());

    const ask = async (text: string) => words(await tell(desk, understand(text, fernwood, undefined)));
    /** A bad deployment of checkout, which its caller suffers from as well: the roll-back is asked for. */
    async function trouble(): Promise<string> {
      outside.deployBadly();
      await shift.raise('error_rate', 'checkout');
      await shift.work();
      outside.set('latency_p95', 'storefront', 6);
      await shift.raise('latency_p95', 'storefront');
      await shift.work();
      return (await shift.last()).id;
    }

    test('with nothing recorded every answer says so, and that no model was asked', async () => {
      const source = 'Answered from the record, without a language model.';
      const rows: [text: string, says: string][] = [
        ['incidents', 'No open incidents'],
        ['approvals', 'Nothing waits for an approval'],
        ['why?', 'There is nothing to explain yet'],
        ['why is search slow?', 'Search has no open incident'],
        ['why inc-99?', 'There is no incident inc-99'],
        ['inc-99', 'There is no incident inc-99'],
        [
          'checkout',
          'Checkout has no open incident\nRuns on app-01, app-02; needs catalog, payments, orders;',
        ],
        [
          'app-03',
          'app-03: no open incident touches it\nA app server in production, running Payments, Orders.',
        ],
        ['status', '0 open incidents, 0 waiting for a decision.\nAda is on shift.'],
        ['are you human?', 'No. I am Ada, an AI worker.'],
        ['what can you do', 'What you can ask me'],
      ];
      for (const [text, says] of rows) {
        const answer = await ask(text);
        expect(answer).toContain(says);
        expect(answer).toContain(source);
      }
      expect(await ask('standup')).toContain('Nothing happened since the last one');
    });

    test('an open incident is told, on what it is, on what caused it, and on who only suffers from it', async () => {
      const id = await trouble();
      const what = `${id} on checkout: remediating. checkout 2.1, deployed shortly before, is failing (84 %)`;
      expect(await ask('what is happening with checkout?')).toContain(
        `Checkout has an open incident\n${what}`,
      );
      expect(await ask('storefront')).toContain(`Storefront has an open incident\n${what}`);
      expect(await ask('search')).toContain('Search has no open incident');
      expect(await ask('app-01')).toContain(`app-01: 1 open incident touching it\n${what}`);
      expect(await ask('incidents')).toContain(`1 open incident\n${what}`);
      expect(await ask('status')).toContain(what);
      expect(await ask(id)).toContain(`${id} on checkout\n${what}\nRoll checkout back to 2.0: waiting`);
      expect(await ask('approvals')).toContain(
        `1 waiting for a decision\nRoll checkout back to 2.0 (${id}): on-call or governor decides`,
      );
    });

    test('how something does: its metrics beside what is usual, what is open and muted, in words', async () => {
      const well = await ask('how is db-02?');
      expect(well).toMatch(/^db-02: all \d+ metrics as usual\n/);
      expect(well).toContain('available memory: 100 B, usually 94.4 to 106 B: as usual');
      const id = await trouble();
      outside.set('memory_available', 'app-01', 3.2);
      const answer = await ask('ada, how is checkout?');
      expect(answer).toContain('Checkout: 1 of 3 metrics not as usual, with an open incident');
      expect(answer).toContain(`${id} on checkout: remediating.`);
      expect(answer).toContain(`Open signal: error rate of checkout, critical, since , in ${id}`);
      expect(answer).toMatch(
        /error rate: \d+ errors\/s, usually [\d.]+ to \d+ errors\/s: far from usual \(\d+ σ\)/,
      );
      expect(answer).toContain('available memory of app-01: 93.6 B, usually 94.4 to 106 B: unusual (3.2 σ)');
      expect(await ask('how is app-01')).toMatch(
        /^app-01: 1 of \d+ metrics not as usual, with an open incident\n/,
      );
      expect((await ask('how is search?')).split('\n')[0]).toBe('Search: all 3 metrics as usual');
      const [signal] = await signalsOf(shift.db, id as IncidentId);
      const person = { id: robin.id, name: 'Robin', roles: robin.roles, accounts: [] };
      const answering = {
        store: shift.watching.store,
        inventory: fernwood,
        timezone: 'Europe/Berlin',
        roles: ['on-call'],
        now: desk.now,
      };
      await mute(answering, signal?.id as SignalId, person);
      expect(await ask('how is checkout?')).toContain('Muted: error rate, by  until ');
      expect(await ask('how is db-01?')).not.toContain('Muted');
    });

    test('what cannot be seen is said and never taken for well', async () => {
      outside.lose('memory_available', 'db-02');
      outside.fail('cpu_used');
      const part = await ask('how is db-02?');
      expect(part).toMatch(/^db-02: all \d+ metrics as usual, and 2 cannot be seen\n/);
      expect(part).toContain('Cannot be seen: cpu_used could not be read: Prometheus answered 503.');
      expect(part).toContain('Cannot be seen: available memory of db-02 is no longer reported.');
      expect(await ask('how is search?')).not.toContain('cpu_used');
      for (const { name: metric } of manifests.metrics) outside.fail(metric);
      expect(await ask('how is search?')).toMatch(/^I cannot see how Search is\n/);
    });

    test('a name that is nearly one is asked back', async () => {
      const says = 'There is no server or service called "db-2"\nDid you mean db-02, db-01';
      expect(await ask('ada, how is db-2?')).toContain(says);
      expect(await ask('what changed on db-2 since 14:00?')).toContain(says);
    });

    test('what changed: deployments, what others told, what the workers did, each once; of all or of one', async () => {
      expect(await ask('what changed in the last 2 hours?')).toMatch(
        /^No change known since .* \(Europe\/Berlin\)/,
      );
      const id = await trouble();
      await shift.says(id as IncidentId, { kind: 'approve' });
      await shift.work();
      await shift.later();
      outside.say(
        { job: 'deployments', service: 'checkout' },
        'deployed service=checkout version=2.0 replacing=2.1',
        0,
      );
      const told: ToldChange = {
        ...{
          key: 'k',
          what: 'configured',
          outcome: 'done',
          of: 'service',
          names: ['payments'],
          environment: 'production',
        },
        ...{ version: undefined, at: new Date(), by: 'git', link: 'https://ci.example.com/7' },
      };
      await receiveChanges(shift.watching.store, [told], fernwood, new Date());
      const all = await ask('what changed in the last 2 hours?');
      expect(all).toMatch(/^3 changes known since /);
      for (const says of [
        'checkout was deployed: 2.1 (was 2.0)',
        'payments was configured in production, by git',
        'Roll checkout back to 2.0, by rex',
      ])
        expect(all).toContain(says);
      expect(await ask('what changed on checkout since yesterday?')).toMatch(
        /^2 changes of Checkout known since \d{4}-\d\d-\d\d 00:00/,
      );
      expect(await ask('changes of app-03 in the last hour')).toMatch(
        /^1 change of app-03 known since .*\n.*payments was configured/,
      );
      expect(await ask('what changed on search?')).toMatch(/^No change of Search known/);
      outside.silenceLoki();
      const part = await ask('what changed on checkout in the last hour?');
      expect(part).toMatch(/^1 change of Checkout known/);
      expect(part).toContain('Missing here, deployments: Loki did not answer within 10 s.');
    });

    test('why: what was thought, found and decided, on the incident that is asked about', async () => {
      const id = await trouble();
      for (const text of ['why?', `why ${id}`, 'why is checkout failing?']) {
        const answer = await ask(text);
        expect(answer).toContain(
          `What I think happened on ${id}\n84 % sure: checkout 2.1, deployed shortly before, is failing, by rule.`,
        );
        expect(answer).toMatch(/\nFor it\n(.+\n)*Not checked\nE5 Traces: no Jaeger is connected\.\n/);
        expect(answer).toContain('What would change my mind\nWhat Traces would say, once it can be read.');
        expect(answer).toMatch(/E3 Deployments: checkout was deployed: 2\.1 \(was 2\.0\)/);
        expect(answer).toMatch(/Roll checkout back to 2\.0: ask, because .*medium-risk/);
      }
      expect(await ask('why is search slow?')).toContain('Search has no open incident');
    });

    test('each finding leads to where it stands, on the surface that asks', async () => {
      const id = (await trouble()) as IncidentId;
      const at = (await shift.log(id)).findLastIndex(({ kind }) => kind === 'evidence');
      const [key, link] = [`incident:${id}`, 'https://shop.slack.com/archives/C01OPS/p1'];
      await sql`insert into shown (subject, part, place, message, link)
        values (${key}, ${`${at}-evidence`}, 'slack:C01OPS', '1', ${link})`.execute(shift.db);
      const asked = { about: 'why', id } as const;
      const links = async (place: string) => {
        const { blocks } = await tell({ ...desk, places: ['slack:C01OPS', 'teams:19:x'] }, asked, place);
        return JSON.stringify(blocks).split(JSON.stringify(link)).length - 1;
      };
      expect(await links('slack:C09ELSEWHERE')).toBeGreaterThan(3);
      expect(await links('teams:19:x')).toBe(0);
      await sql`delete from shown`.execute(shift.db);
    });

    test('what nothing stands before is answered even when it cannot be noted', async () => {
      const lost = { note: () => Promise.reject(new Error('The database is down.')) };
      const kill = {
        word: 'kill',
        says: '',
        first: true as const,
        answer: () => tell(desk, { about: 'status' }),
      };
      const by = { person: robin.id };
      const said = (text: string) => command(desk, [...commands, kill], text, { notes: lost, by });
      expect(words(await said('kill'))).toContain('Ada is on shift.');
      await expect(said('status')).rejects.toThrow('The database is down.');
    });

    test('a command answers the asker, an unknown one gets the help, and each is noted', async () => {
      const by = { person: robin.id };
      const notes = openNotes(shift.db, 'trial');
      const said = async (text: string) => words(await command(desk, commands, text, { notes, by }));
      expect(await said('incidents')).toContain('No open incidents');
      expect(await said('  STATUS now')).toContain('Ada is on shift.');
      for (const text of ['', 'help']) expect(await said(text)).toMatch(/^What \/roster knows\nstatus: /);
      expect(await said(`${'x'.repeat(90)} y`)).toMatch(/^There is no \/roster x{20}\n/);
      const noted = (await shift.audited()).filter(({ kind }) => kind === 'command.answered');
      expect(noted.map(({ facts }) => facts?.command)).toEqual([
        'incidents',
        'status',
        'help',
        'help',
        'help',
      ]);
      expect(noted.every((entry) => 'person' in entry.by)).toBe(true);
    });
  });
}
