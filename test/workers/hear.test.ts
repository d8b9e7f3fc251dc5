import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Heard } from '../../src/chat/door.ts';
import type { Surface } from '../../src/chat/surface.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { DeliveryId, IncidentId } from '../../src/ids.ts';
import { peopleOf } from '../../src/people/people.ts';
import { answerViews, type Hearing, hear, keep } from '../../src/workers/hear.ts';
import { databases } from '../databases.ts';
import { openOutside } from '../incidents/outside.ts';
import { manifests, openShift, robin, type Shift } from '../shift.ts';

const said: Heard = {
  account: 'slack:U01',
  place: 'slack:C01',
  message: '17.1',
  text: 'what is happening with checkout?',
  direct: false,
};

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a mention, on ${name}`, () => {
    const reactions: string[] = [];
    const warnings: string[] = [];
    let shift: Shift;
    let hearing: Hearing;
    beforeAll(async () => {
      shift = await openShift(await open(), openOutside());
      const react = async (...on: string[]) => void reactions.push(on.join(' '));
      const [charter] = manifests.charters;
      if (!charter) throw new Error('There is no charter.');
      hearing = {
        store: shift.watching.store,
        surface: { react } as Partial<Surface> as Surface,
        people: peopleOf([{ ...robin, name: 'Robin', accounts: ['slack:U01'] }]),
        charter,
        team: { workers: () => manifests.charters },
        commanded: async () => undefined,
        standings: { standingOf: async () => 'member' },
        responder: shift.responder,
        log: { warn: (line) => void warnings.push(line) },
        desk: {
          db: shift.db,
          by: { name: 'Ada', role: 'Worker', avatar: ':owl:' },
          inventory: fernwood,
          monitor: shift.responder.monitor,
          loki: shift.responder.loki,
          timezone: 'Europe/Berlin',
          shift: 'Ada is on shift.',
          standup: shift.standup,
          now: () => new Date(),
        },
      };
    });
    beforeEach(async () => {
      reactions.length = 0;
      warnings.length = 0;
      await shift.forget();
      await sql`truncate delivery, shown`.execute(shift.db);
    });
    afterAll(() => shift?.close());

    const due = async (name: string) => (await shift.waiting('now')).filter((job) => job.name === name);
    async function delivered(): Promise<DeliveryId> {
      const [job] = await due('hear');
      if (job?.name !== 'hear') throw new Error('Nothing was heard.');
      return job.delivery;
    }

    test('delivered several times, at once or with other envelopes, it is kept once', async () => {
      await Promise.all([1, 2, 3].map(() => keep(hearing, said)));
      await keep(hearing, { ...said, text: 'edited' });
      expect(await due('hear')).toHaveLength(1);
      const [entry] = await shift.audited({ delivery: await delivered() });
      expect(entry).toMatchObject({ kind: 'mention.heard', by: { person: robin.id } });
      expect(JSON.stringify(entry)).not.toContain('checkout');
    });

    test('of somebody nobody knows it is answered as well, by account', async () => {
      await keep(hearing, { ...said, account: 'slack:U09' });
      const [entry] = await shift.audited({ delivery: await delivered() });
      expect(entry).toMatchObject({ by: { roster: 'door' }, facts: { account: 'slack:U09' } });
    });

    test('it is answered once, with a sign of life first', async () => {
      await keep(hearing, said);
      const id = await delivered();
      await Promise.all([hear(hearing, id), hear(hearing, id)]);
      await hear(hearing, id);
      expect(new Set(reactions)).toEqual(new Set(['slack:C01 17.1 :eyes:']));
      expect(await due('show')).toMatchObject([{ subject: `delivery:${id}` }]);
      expect((await shift.audited({ delivery: id })).map(({ kind }) => kind)).toEqual([
        'mention.heard',
        'mention.answered',
      ]);
    });

    test('the answer stands in the thread of the question, or in the one it was asked in', async () => {
      for (const [message, thread] of [
        ['17.1', undefined],
        ['17.2', '16.0'],
      ] as const) {
        await keep(hearing, { ...said, message, ...(thread && { thread }) });
        const id = await delivered();
        expect(await answerViews(hearing, id)).toEqual([]);
        await hear(hearing, id);
        await sql`delete from pgboss.job`.execute(shift.db);
        expect(await answerViews(hearing, id)).toMatchObject([
          {
            place: 'slack:C01',
            thread: { message: thread ?? '17.1' },
            card: { title: 'Checkout has no open incident' },
          },
        ]);
      }
    });

    test.each([
      ['Nora, what is happening with checkout?', 'nora', 'Nora'],
      ['iris: what is happening with checkout?', 'iris', 'Iris'],
      ['What does Nora say of checkout?', 'ada', 'Ada'],
    ])('"%s" is answered by %s', async (text, worker, name) => {
      await keep(hearing, { ...said, text });
      const id = await delivered();
      await hear(hearing, id);
      const [view] = await answerViews(hearing, id);
      expect(view?.card).toMatchObject({ by: { name }, title: 'Checkout has no open incident' });
      expect((await shift.audited({ delivery: id })).at(-1)).toMatchObject({
        kind: 'mention.answered',
        by: { worker },
      });
    });

    test("in an incident's thread it is about that incident", async () => {
      await sql`insert into shown (subject, part, place, message) values ('incident:inc-9', 'parent', 'slack:C01', '16.0')`.execute(
        shift.db,
      );
      await keep(hearing, { ...said, text: 'what is happening?', thread: '16.0' });
      const id = await delivered();
      await hear(hearing, id);
      const [view] = await answerViews(hearing, id);
      expect(view?.card.title).toBe('There is no incident inc-9');
    });

    describe("an order in an incident's thread", () => {
      async function ordered(text: string, account = 'slack:U01', heard = hearing) {
        await sql`insert into incident (id, service, status, severity, worker)
          values ('inc-9', 'checkout', 'investigating', 1, 'ada') on conflict do nothing`.execute(shift.db);
        await sql`insert into shown (subject, part, place, message)
          values ('incident:inc-9', 'parent', 'slack:C01', '16.0') on conflict do nothing`.execute(shift.db);
        await keep(heard, { ...said, account, text, thread: '16.0' });
        const id = await delivered();
        await Promise.all([hear(heard, id), hear(heard, id)]);
        await hear(heard, id);
        const [view] = await answerViews(heard, id);
        return { title: view?.card.title, says: JSON.stringify(view?.card.blocks) };
      }
      const incident = () => shift.incident('inc-9' as IncidentId);

      test('is done once, by whoever may, and the answer says so', async () => {
        expect((await ordered('Ada, pause please')).title).toBe('Done as you say');
        expect(await incident()).toMatchObject({ pausedBy: robin.id });
        expect((await shift.log('inc-9' as IncidentId)).map(({ kind }) => kind)).toEqual(['paused']);
        const entries = (await shift.audited({ incident: 'inc-9' as IncidentId })).filter(
          ({ kind }) => kind === 'incident.paused',
        );
        expect(entries.at(-1)).toMatchObject({ by: { person: robin.id } });
      });

      test('of an account nobody knows does nothing, whoever the words say it is', async () => {
        const answer = await ordered('pause', 'slack:U09');
        expect(answer).toMatchObject({
          title: 'Not yours to say',
          says: expect.stringMatching(/does not know you/),
        });
        expect((await incident()).pausedBy).toBeNull();
      });

      test('of somebody without the role, or whom the surface does not vouch for, does nothing', async () => {
        const people = peopleOf([{ ...robin, roles: ['manager'], name: 'Robin', accounts: ['slack:U01'] }]);
        expect((await ordered('pause', 'slack:U01', { ...hearing, people })).says).toMatch(
          /Only on-call or governor/,
        );
        await sql`truncate delivery`.execute(shift.db);
        await sql`delete from pgboss.job`.execute(shift.db);
        const standings = { standingOf: async () => 'guest' as const };
        expect((await ordered('pause', 'slack:U01', { ...hearing, standings })).says).toMatch(
          /account is a guest/,
        );
        expect((await incident()).pausedBy).toBeNull();
      });

      test('elsewhere is none', async () => {
        await keep(hearing, { ...said, text: 'pause' });
        const id = await delivered();
        await hear(hearing, id);
        expect((await answerViews(hearing, id))[0]?.card.title).toBe('What you can ask me');
      });
    });

    test('with characters that a database cannot hold it is heard all the same', async () => {
      await keep(hearing, { ...said, text: 'checkout \u0000 \uD83D' });
      const id = await delivered();
      await hear(hearing, id);
      expect(await answerViews(hearing, id)).toHaveLength(1);
    });

    test('without the right to react it is answered all the same, and the log says so', async () => {
      const react = async () => Promise.reject(new Error('missing_scope'));
      await keep(hearing, said);
      const id = await delivered();
      await hear({ ...hearing, surface: { ...hearing.surface, react } }, id);
      expect(await answerViews(hearing, id)).toHaveLength(1);
      expect(warnings).toEqual([
        'A sign of life could not be given, the answer comes all the same: missing_scope',
      ]);
    });

    test('a delivery that is not there is nothing', async () => {
      await hear(hearing, 'dlv-none' as DeliveryId);
      expect(reactions).toEqual([]);
    });
  });
}
