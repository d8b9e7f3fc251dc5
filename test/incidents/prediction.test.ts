// Predictions, from what is foretold to what became of it.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/actions/read.ts';
import { pastIncidents } from '../../src/foreseen.ts';
import type { IncidentId } from '../../src/ids.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { intervene } from '../../src/incidents/intervene.ts';
import { incidentsSince } from '../../src/incidents/read.ts';
import type { Finding } from '../../src/monitoring/finding.ts';
import { raiseAll } from '../../src/monitoring/raise.ts';
import { recoverAll } from '../../src/monitoring/recover.ts';
import type { Foretold } from '../../src/monitoring/signal.ts';
import { databases } from '../databases.ts';
import { findingOf } from '../monitoring/outside.ts';
import { manifests, openShift, robin, type Shift } from '../shift.ts';
import { openOutside } from './outside.ts';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a prediction, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
    });
    beforeEach(async () => {
      outside.reset();
      await shift.forget();
    });
    afterAll(() => shift?.close());

    const inTwoHours = () => Math.round(Date.now() / 1_000) + 7_200;

    /** Says of a server's metric that it will be full. */
    async function finding(
      metric: string,
      server: string,
      changed: Partial<Foretold> = {},
    ): Promise<Finding> {
      const { readings } = await shift.responder.monitor.scrape(new Date());
      const found = readings.find((one) => one.metric === metric && one.subject === server);
      const of = manifests.metrics.find((one) => one.name === metric);
      if (!found || !of) throw new Error(`There is no ${metric} of ${server}.`);
      const at = inTwoHours();
      const foretold: Foretold = {
        ...{
          cause: of.foretells ?? metric,
          what: `${of.says} used up`,
          at,
          earliest: at - 900,
          latest: at + 900,
        },
        like: [],
        ...changed,
      };
      const key = `server:${server}:${metric}`;
      return { ...findingOf(found), kind: 'forecast', key, band: 'watch', because: ['It sinks.'], foretold };
    }
    async function foretell(metric = 'disk_available', server = 'db-01'): Promise<Incident> {
      await raiseAll(shift.watching, [await finding(metric, server)], new Date());
      await shift.work();
      return shift.last();
    }
    /** Nothing is foretold any more, and for the whole window. */
    async function passes() {
      await recoverAll(shift.watching, [], new Date());
      await shift.later();
      await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
      await shift.later();
    }
    const status = async () => (await shift.last()).status;
    const remembered = async () => (await sql`select id, kind from past_incident`.execute(shift.db)).rows;
    const deeds = async () => actionsOf(shift.db, (await shift.last()).id);
    const report = async (id: IncidentId) =>
      (await shift.log(id)).findLast((one) => one.kind === 'post-mortem')?.facts.lines;
    const kinds = async (id: IncidentId) => (await shift.audited({ incident: id })).map(({ kind }) => kind);

    test('is prevented: asked, approved, done, no longer foretold, closed', async () => {
      const { id, ...opened } = await foretell();
      expect(opened).toMatchObject({ kind: 'prediction', service: 'payments', severity: 1 });
      expect(opened.cause).toMatchObject({
        kind: 'full-disk',
        says: 'free disk space used up on db-01',
        known: { server: 'db-01' },
      });
      const [asked] = await deeds();
      expect(asked).toMatchObject({ tool: 'rotate-logs', status: 'waiting', foretold: true });
      expect(asked?.question).toMatchObject({
        why: 'Foretold: free disk space used up on db-01.',
        evidence: ['Foretold: It sinks.'],
        because: expect.arrayContaining([
          'Nothing is broken yet: a person decides on what would prevent it.',
        ]),
      });
      expect(asked?.decision.said).toContainEqual(expect.objectContaining({ rule: 'foretold', kind: 'ask' }));
      expect(outside.launched).toEqual([]);

      await shift.says(id, { kind: 'approve' });
      await shift.work();
      await shift.later();
      expect(outside.launched).toEqual(['rotate-logs {"server":"db-01"}']);
      expect(await status()).toBe('verifying');
      await sql`update incident set mitigated_at = mitigated_at - interval '4 minutes'`.execute(shift.db);
      await shift.later();
      expect(await status()).toBe('verifying');

      await passes();
      expect(await status()).toBe('closed');
      expect(await report(id)).toEqual([
        'Prevented: free disk space used up on db-01. It is no longer foretold since something was done against it.',
        'Action: Rotate and compress the logs on db-01: done, approved by a person.',
      ]);
      expect((await deeds())[0]).toMatchObject({ health: 'better', autonomous: false });
      const audited = (await kinds(id)).filter((kind) => /^(signal|prediction|incident)\./.test(kind));
      expect(audited).toEqual([
        ...['signal.foretold', 'incident.routed', 'signal.recovered'],
        ...['prediction.over', 'incident.ended'],
      ]);
      expect(await pastIncidents(shift.db, shift.responder.inventory, new Date(0))).toEqual([]);
    });

    test('comes true: the same thread, an incident from then on, and what was asked is withdrawn', async () => {
      const { id } = await foretell();
      await shift.age(2_520);
      outside.set('disk_available', 'db-01', 40);
      outside.say({ app: 'payments', level: 'error', instance: 'db-01' }, 'No space left on device');
      const { readings } = await shift.responder.monitor.scrape(new Date());
      const full = readings.find((one) => one.metric === 'disk_available' && one.subject === 'db-01');
      if (!full) throw new Error('There is no disk.');
      await raiseAll(shift.watching, [findingOf(full)], new Date());
      await shift.work();
      const incident = await shift.last();
      expect(incident).toMatchObject({ id, kind: 'incident', attempt: 1 });
      expect(Date.now() - incident.openedAt.getTime()).toBeLessThan(60_000);
      const [asked, alone] = await deeds();
      expect(asked).toMatchObject({ foretold: true, status: 'refused' });
      expect(alone).toMatchObject({ foretold: false, autonomous: true, tool: 'rotate-logs' });
      expect(await shift.audited({ incident: id })).toContainEqual(
        expect.objectContaining({
          kind: 'prediction.came-true',
          facts: { seconds: expect.closeTo(2_520, -2), foretold: 'full-disk' },
        }),
      );
      outside.set('disk_available', 'db-01', 0);
      await shift.later();
      await passes();
      expect(await status()).toBe('closed');
      expect(await report(id)).toContainEqual(
        'Foretold 42 min before it came: free disk space used up on db-01.',
      );
      expect(await remembered()).toEqual([{ id, kind: 'full-disk' }]);
      expect(await pastIncidents(shift.db, shift.responder.inventory, new Date(0))).toMatchObject([
        { id, family: 'full-disk', server: 'db-01', openedAt: incident.openedAt },
      ]);
    });

    test('is over before anybody decided: it did not come, and what was asked is withdrawn', async () => {
      const { id } = await foretell();
      await recoverAll(shift.watching, [], new Date());
      await shift.later();
      expect(await status()).toBe('remediating');
      await passes();
      expect(await status()).toBe('closed');
      expect((await deeds()).map((one) => one.status)).toEqual(['refused']);
      expect(await remembered()).toEqual([]);
      expect((await report(id))?.[0]).toBe(
        'It did not come: free disk space used up on db-01. It is no longer foretold; nothing was done against it.',
      );
    });

    test('is foretold again within the window: it goes on', async () => {
      await foretell();
      const again = await finding('disk_available', 'db-01');
      await recoverAll(shift.watching, [], new Date());
      await shift.later();
      expect((await shift.last()).usualSince).not.toBeNull();
      await raiseAll(shift.watching, [again], new Date());
      await shift.later();
      expect(await shift.last()).toMatchObject({ status: 'remediating', usualSince: null });
    });

    test('rejected, it is watched without calling anybody, and closes by itself', async () => {
      const { id } = await foretell();
      await shift.says(id, { kind: 'reject', reason: 'I clean it up tonight.' });
      await shift.work();
      expect(await status()).toBe('watching');
      expect(await kinds(id)).not.toContain('incident.escalated');
      expect(await kinds(id)).toContain('prediction.watched');
      await shift.later();
      expect(await status()).toBe('watching');
      await passes();
      expect(await status()).toBe('closed');
      expect(outside.launched).toEqual([]);
    });

    const unproposed: [what: string, metric: string, server: string, because: string][] = [
      [
        'that no runbook prevents',
        'connections',
        'db-02',
        'There is no preventive runbook for connections, so a person should look.',
      ],
      [
        'of which of two services is not known',
        'memory_available',
        'app-03',
        'The step restart-service needs service, which was not found.',
      ],
    ];
    test.each(unproposed)('%s is told and watched', async (_, metric, server, because) => {
      const { id } = await foretell(metric, server);
      expect(await status()).toBe('watching');
      expect((await shift.log(id)).at(-1)).toMatchObject({ kind: 'watched', facts: { because } });
      expect(await deeds()).toEqual([]);
    });

    test('of the only service on a server, its restart is asked for', async () => {
      await foretell('memory_available', 'app-01');
      const [asked] = await deeds();
      expect(asked).toMatchObject({
        status: 'waiting',
        arguments: { service: 'checkout', server: 'app-01' },
      });
    });

    test('did not help: it is foretold all the same, nothing is rolled back, and the breaker knows', async () => {
      const { id } = await foretell();
      await shift.says(id, { kind: 'approve' });
      await shift.work();
      await shift.later();
      await sql`update incident set mitigated_at = mitigated_at - interval '6 minutes'`.execute(shift.db);
      await shift.later();
      expect(await shift.last()).toMatchObject({ status: 'watching', mitigatedAt: null });
      expect(await deeds()).toMatchObject([{ status: 'done', health: 'same' }]);
      await passes();
      expect((await report(id))?.[0]).toMatch(/^It did not come: /);
    });

    test('a person has it: it comes true in their hands, and the workers stay out of it', async () => {
      const { id } = await foretell();
      await intervene(shift.responder, id, robin, { do: 'take' });
      await shift.work();
      outside.set('disk_available', 'db-01', 40);
      await shift.raise('disk_available', 'db-01');
      await shift.work();
      expect(await shift.last()).toMatchObject({ id, kind: 'incident', status: 'taken' });
      expect(outside.launched).toEqual([]);
      expect(await shift.waiting('later')).toContainEqual(
        expect.objectContaining({ name: 'verify', incident: id }),
      );
    });

    test('there is nowhere else to look and no step to leave out', async () => {
      const { id } = await foretell();
      for (const wanted of [{ do: 'redirect', words: 'look at db-02' }, { do: 'skip' }] as const)
        expect(await intervene(shift.responder, id, robin, wanted)).toMatchObject({
          kind: 'not-now',
          because: expect.stringMatching(/^Nothing is broken yet/),
        });
    });

    test('what is foretold besides joins it, and is looked at once a cycle all the same', async () => {
      const { id } = await foretell();
      await raiseAll(
        shift.watching,
        [await finding('disk_available', 'db-01'), await finding('memory_available', 'db-01')],
        new Date(),
      );
      await shift.work();
      expect(await incidentsSince(shift.db, new Date(0))).toHaveLength(1);
      await shift.later();
      const looks = (await shift.waiting('later')).filter(
        (job) => job.name === 'verify' && job.incident === id,
      );
      expect(looks).toHaveLength(1);
    });
  });
}
