import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Standing } from '../../src/chat/standing.ts';
import type { Surface } from '../../src/chat/surface.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import { type Person, peopleOf } from '../../src/people/people.ts';
import { tellStandups } from '../../src/standup/tell.ts';
import { answerViews, type Hearing, hear, keep } from '../../src/workers/hear.ts';
import { databases } from '../databases.ts';
import { openOutside } from '../incidents/outside.ts';
import { manifests, openShift, type Shift } from '../shift.ts';

const person = (id: string, account: string, ...roles: string[]): Person => {
  return { id: id as PersonId, name: id, roles, accounts: [account] };
};
const site = [
  person('p-oncall', 'slack:U01', 'on-call'),
  person('p-manager', 'slack:U02', 'manager'),
  person('p-guest', 'slack:U03', 'on-call'),
];

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a reply to a stand-up, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let hearing: Hearing;
    let last = 0;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
      const [charter] = manifests.charters;
      if (!charter) throw new Error('There is no charter.');
      const { monitor, loki, inventory } = shift.responder;
      hearing = {
        ...{ store: shift.watching.store, charter, responder: shift.responder, people: peopleOf(site) },
        surface: { react: async () => {} } as Partial<Surface> as Surface,
        team: { workers: () => manifests.charters },
        commanded: async () => undefined,
        standings: {
          standingOf: async (account): Promise<Standing> => (account === 'slack:U03' ? 'guest' : 'member'),
        },
        log: { warn: () => {} },
        desk: {
          ...{ db: shift.db, inventory, monitor, loki, timezone: 'Europe/Berlin', standup: shift.standup },
          by: { name: 'Ada', role: 'Worker', avatar: ':owl:' },
          shift: 'Ada is on shift.',
          now: () => new Date(),
        },
      };
    });
    beforeEach(async () => {
      outside.reset();
      await shift.forget();
      await sql`truncate delivery, shown`.execute(shift.db);
      await sql`insert into standup (id, cron, timezone, day, workers, since, told_at, told, asked)
        values ('s-1', '0 9 * * 1-5', 'Europe/Berlin', '2026-11-20', '{ada}', now(), now(), '{}', '{}')`.execute(
        shift.db,
      );
      await sql`insert into shown (subject, part, place, message)
        values ('standup:s-1', 'standup', 'slack:C01', '16.0')`.execute(shift.db);
    });
    afterAll(() => shift?.close());

    /** Says it in the stand-up's thread; what it is answered, as title and words. */
    async function says(text: string, account = 'slack:U01'): Promise<string> {
      last += 1;
      const at = { place: 'slack:C01', message: `17.${last}`, thread: '16.0', direct: false };
      await keep(hearing, { ...at, account, text });
      const job = (await shift.waiting('now')).findLast((one) => one.name === 'hear');
      if (job?.name !== 'hear') throw new Error('Nothing was heard.');
      await Promise.all([hear(hearing, job.delivery), hear(hearing, job.delivery)]);
      const [view] = await answerViews(hearing, job.delivery);
      const words = view?.card.blocks.flatMap((one) => ('text' in one ? [one.text] : [])) ?? [];
      const plain = words.map((text) =>
        typeof text === 'string'
          ? text
          : text.map((span) => (typeof span === 'string' ? span : 'bold' in span ? span.bold : '')).join(''),
      );
      return [view?.card.title, ...plain].join(' | ');
    }
    async function trouble(metric = 'error_rate', service = 'checkout'): Promise<IncidentId> {
      if (service === 'checkout') outside.deployBadly();
      else outside.set(metric, service, 9);
      await shift.raise(metric, service);
      await shift.work();
      return (await shift.last()).id;
    }

    test('names an incident, or means the only one that fits', async () => {
      const id = await trouble();
      expect(await says(`Rex, pause ${id}`)).toMatch(
        new RegExp(`^Done as you say \\| ${id}: Paused: nothing new`),
      );
      expect(await shift.incident(id)).toMatchObject({ pausedBy: 'p-oncall' });
      expect(await says('resume')).toMatch(new RegExp(`^Done as you say \\| ${id}: Resumed`));
      expect(await says('resume')).toMatch(/^Nothing was changed \| Say which incident you mean/);
      expect(await says(`take ${id}`)).toMatch(/It is yours/);
      expect(await says(`Rex, take ${id} again`)).toMatch(/Handed back/);
      expect((await shift.incident(id)).status).toBe('investigating');
      expect(await says('pause inc-99999')).toMatch(/There is no incident inc-99999/);
      expect(await says(`what about ${id}?`)).toMatch(new RegExp(`^${id} on checkout`));
      expect(await says('what can you do?')).toMatch(/^What you can ask me/);
    });

    test('asks back in one sentence where it is not clear which is meant', async () => {
      const first = await trouble();
      const second = await trouble('latency_p95', 'search');
      expect(second).not.toBe(first);
      expect(await says('pause')).toBe(
        `Nothing was changed | Which one: ${first} on checkout or ${second} on search? Say it with its number; nothing was changed.`,
      );
      expect(await says(`pause ${first} and ${second}`)).toMatch(/^Done as you say .*Paused.*Paused/);
    });

    test('skip a server: no worker does anything on it in any open incident', async () => {
      const id = await trouble();
      expect(await says('Ada, skip app-01')).toMatch(new RegExp(`${id}: I look elsewhere, not at app-01`));
      await shift.work();
      expect((await shift.incident(id)).direction).toEqual({ to: null, not: ['app-01'] });
      expect(await says('skip db-01')).toMatch(/No open incident touches db-01, so nothing was changed/);
      expect(await says('skip app-9')).toMatch(/There is no server or service called "app-9"/);
    });

    test.each([
      ['slack:U02', /^Not yours to say \| inc-\d+: Only on-call or governor may step in here/],
      ['slack:U03', /^Not yours to say \| inc-\d+: Your account is a guest’s here/],
      ['slack:U99', /^Not yours to say \| inc-\d+: Roster does not know you/],
    ])('of %s, who may not in the incident’s thread, nothing is done', async (account, because) => {
      const id = await trouble();
      expect(await says('I am slack:U01. pause', account)).not.toMatch(/Done/);
      expect(await says(`pause ${id}`, account)).toMatch(because);
      expect((await shift.incident(id)).pausedBy).toBeNull();
      const refused = (await shift.audited({ incident: id })).filter(({ kind }) => kind === 'door.refused');
      expect(refused).toHaveLength(1);
    });

    test('somebody’s own stand-up is kept once, with the words beside the audit', async () => {
      expect(await says('mine: yesterday db-02')).toMatch(/^Noted/);
      expect(await says('mine: yesterday db-02,\ntoday <b>tests</b>')).toMatch(/^Noted/);
      expect(await says('mine:')).toMatch(/^Nothing was changed \| Say it after "mine:"/);
      expect(await says('mine: me too', 'slack:U03')).toMatch(/guest’s here/);
      expect(await says('mine: me too', 'slack:U99')).toMatch(/does not know you/);
      expect(await says('mine: budgets', 'slack:U02')).toMatch(/^Noted/);
      const { rows } = await sql`select person, words from standup_said order by person`.execute(shift.db);
      expect(rows).toEqual([
        { person: 'p-manager', words: 'budgets' },
        { person: 'p-oncall', words: 'yesterday db-02, · today <b>tests</b>' },
      ]);
      const told = (await shift.audited()).filter(({ kind }) => kind === 'standup.said');
      expect(told.map(({ by }) => by)).toEqual([
        { person: 'p-oncall' },
        { person: 'p-oncall' },
        { person: 'p-manager' },
      ]);
      expect(JSON.stringify(told)).not.toContain('db-02');
      const shows = (await shift.waiting('now')).filter(
        (job) => job.name === 'show' && job.subject === 'standup:s-1',
      );
      expect(shows).toHaveLength(3);
    });

    test('what is said in a stand-up’s thread is not done by whatever else stands there', async () => {
      await trouble();
      await tellStandups({ ...shift.morning, now: () => new Date('2026-11-23T08:00:00Z') });
      const before = (await shift.audited()).filter(({ kind }) => kind.startsWith('incident.')).length;
      expect(await says('should we pause?')).toMatch(/^What you can ask me/);
      expect((await shift.audited()).filter(({ kind }) => kind.startsWith('incident.'))).toHaveLength(before);
    });
  });
}
