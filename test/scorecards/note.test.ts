// Notes, ratings and reviews as transactions: once, whatever runs at the same time or dies half-way.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openNotes } from '../../src/audit/notes.ts';
import type { PersonId, WorkerId } from '../../src/ids.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import type { Store } from '../../src/jobs/save.ts';
import type { Database } from '../../src/postgres/database.ts';
import { rate } from '../../src/scorecards/feedback/rate.ts';
import { sayWhatWasWrong, thumbsOf, vote } from '../../src/scorecards/feedback/vote.ts';
import { reportingSchema } from '../../src/scorecards/reporting.ts';
import { switchNotes, type Telling, tellHabits } from '../../src/scorecards/trust/note.ts';
import { databases } from '../databases.ts';
import { decide } from './decided.ts';

const reporting = reportingSchema.parse({ digest: { timezone: 'Europe/Berlin' } });
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const dayMs = 86_400_000;
const rex = 'rex' as WorkerId;

describe.each(databases)('on $name', ({ available, open }) => {
  describe.skipIf(!available)('with a database', () => {
    let database: Database;
    let store: Store;
    /** Some working day of a month after what is recorded from now on. */
    const now = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 5, 17, 12));
    beforeAll(async () => {
      database = await open();
      store = { db: database.db, queue: await openQueue(database, quiet), chain: 'trial' };
      await openNotes(store.db, 'trial').note({ kind: 'app.started', by: { roster: 'app' } });
      const days = Array.from({ length: 6 }, (_, nth) => new Date(now.getTime() - (nth + 1) * dayMs));
      const people = ['ann', 'ben', 'cem', 'dee'];
      await decide(
        store.db,
        people.flatMap((person) => days.map((at) => ({ person, at, seconds: person === 'dee' ? 90 : 2 }))),
      );
    }, 60_000);
    afterAll(async () => {
      await store.queue.stop(0);
      await database.close();
    });

    const telling = (changed: Partial<Telling> = {}): Telling => ({
      ...{ store, reporting, holidays: [], by: { worker: rex, charter: 'rex@2' }, now: () => now },
      reachable: (person) => person !== 'cem',
      ...changed,
    });
    const told = async () => {
      const notes = await sql<{ person: string }>`select person from habit_note order by person`.execute(
        store.db,
      );
      const jobs = await sql<{ count: number }>`select count(*)::int as count from pgboss.job
        where name = 'show' and data->>'subject' like 'note:%'`.execute(store.db);
      const entries = await sql<{ count: number }>`select count(*)::int as count from audit
        where text like '%"kind":"habits.told"%'`.execute(store.db);
      const people = notes.rows.map(({ person }) => person);
      return [people, jobs.rows[0]?.count, entries.rows[0]?.count];
    };

    test('a note is kept, made due and in the audit together or not at all', async () => {
      const full = { ...store, queue: { ...store.queue, add: () => Promise.reject(new Error('full')) } };
      await expect(tellHabits(telling({ store: full }))).rejects.toThrow('full');
      expect(await told()).toEqual([[], 0, 0]);
    });

    test('where it is off for all nobody is told', async () => {
      const off = { ...reporting, habits: { ...reporting.habits, told: 'off' as const } };
      await tellHabits(telling({ reporting: off }));
      expect(await told()).toEqual([[], 0, 0]);
    });

    test('told by several at once it is told once, to whom it concerns, can be reached and wants it', async () => {
      await switchNotes(store, 'ben' as PersonId, true, now);
      await Promise.all([1, 2, 3, 4].map(() => tellHabits(telling())));
      await tellHabits(telling());
      expect(await told()).toEqual([['ann'], 1, 1]);
      await switchNotes(store, 'ben' as PersonId, false, now);
      // Who wants them again hears of it next month.
      await tellHabits(telling());
      expect(await told()).toEqual([['ann'], 1, 1]);
    });

    test('a rating of a week takes the place of the one before, another week adds one', async () => {
      const given = { worker: rex, person: 'ann' as PersonId, words: '' };
      const monday = new Date('2026-11-22T23:00:00Z');
      await rate(store, { ...given, stars: 1 }, reporting, new Date(monday.getTime() - 1_000));
      await rate(store, { ...given, stars: 3 }, reporting, monday);
      await Promise.all(
        [4, 4].map((stars) =>
          rate(store, { ...given, stars }, reporting, new Date(monday.getTime() + dayMs)),
        ),
      );
      await rate(store, { ...given, person: 'ben' as PersonId, stars: 5 }, reporting, monday);
      const { rows } =
        await sql<object>`select person, stars, week from worker_rating order by person, week`.execute(
          store.db,
        );
      expect(rows).toEqual([
        { person: 'ann', stars: 1, week: '2026-11-16' },
        { person: 'ann', stars: 4, week: '2026-11-23' },
        { person: 'ben', stars: 5, week: '2026-11-23' },
      ]);
    });

    test('a thumb pressed by several at once counts once a person; words go with a thumb down alone', async () => {
      const subject = 'delivery:dlv-1' as const;
      const ballot = { subject, shows: subject, worker: rex, at: now };
      const press = (person: string, up: boolean) =>
        vote(store, { ...ballot, person: person as PersonId, up });
      await Promise.all([press('ann', true), press('ann', true), press('ben', false), press('ben', false)]);
      expect(await thumbsOf(store.db, subject)).toEqual({ up: 1, down: 1 });
      const say = (person: string) =>
        sayWhatWasWrong(store, { ...ballot, person: person as PersonId }, 'Old.');
      await Promise.all([say('ann'), say('ben'), say('cem')]);
      const lines = async () =>
        (await sql<{ person: string }>`select person from answer_vote where line = 'Old.'`.execute(store.db))
          .rows;
      expect(await lines()).toEqual([{ person: 'ben' }]);
      await press('ben', true);
      expect(await lines()).toEqual([]);
      expect(await thumbsOf(store.db, subject)).toEqual({ up: 2, down: 0 });
    });
  });
});
