import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openNotes } from '../../src/audit/notes.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { ActionId, WorkerId } from '../../src/ids.ts';
import type { Database } from '../../src/postgres/database.ts';
import type { Period } from '../../src/scorecards/facts.ts';
import { figureOf } from '../../src/scorecards/kpi.ts';
import { kpis } from '../../src/scorecards/kpis.ts';
import { factsOf } from '../../src/scorecards/read.ts';
import { databases } from '../databases.ts';
import { manifests } from '../shift.ts';
import { fromTables } from './independent.ts';
import { plant } from './planted.ts';

const seed = 20_261_122;
const weekMs = 7 * 86_400_000;
// The audit writes the time of its entries itself: the last week is the one that is going on.
const now = new Date();
const weeks: Period[] = [3, 2, 1, 0].map((ago) => {
  const to = new Date(now.getTime() + 60_000 - ago * weekMs);
  return { from: new Date(to.getTime() - weekMs), to };
});
const last = weeks[3] as Period;
const given = { reporting: manifests.reporting, inventory: fernwood };

for (const { name, open, available } of databases)
  describe.skipIf(!available)(
    `every figure, reckoned a second time from the tables of ${name}, seed ${seed}`,
    () => {
      let database: Database;

      beforeAll(async () => {
        database = await open();
        const { db } = database;
        await plant(db, { seed, from: weeks[0]?.from as Date, to: now, incidents: 160 });
        await plantBesides();
      });
      afterAll(() => database.close());

      /** What only the last week has: thumbs, ratings, models' costs, a switch, and an audit in which one deed is missing. */
      async function plantBesides(): Promise<void> {
        const { db } = database;
        const at = new Date(now.getTime() - 3_600_000);
        await sql`insert into answer_vote (subject, person, worker, up, at) select 'delivery:' || n, 'p-oncall', 'ada', n % 4 > 0, ${at}
        from generate_series(1, 9) n`.execute(db);
        await sql`insert into worker_rating (worker, person, stars, at) select 'rex', 'p-gov-1', 1 + n % 5, ${at}
        from generate_series(1, 7) n`.execute(db);
        const day = at.toISOString().slice(0, 10);
        await sql`insert into budget_used (name, unit, used) values (${`worker:ada:${day}`}, 'money', 123),
        (${`worker:ada:${day}`}, 'tokens', 5000), (${`worker:rex:${day}`}, 'money', 77), ('worker:rex:2026-01-01', 'money', 999),
        (${`day:${day}`}, 'money', 200)`.execute(db);
        const { rows } = await sql<{ id: ActionId }>`select id from action where started_at is not null
        and ended_at >= ${last.from} order by id offset 1`.execute(db);
        const notes = openNotes(db, 'trial');
        const by = { worker: 'rex' as WorkerId, charter: 'rex@2' };
        await Promise.all(
          rows.flatMap(({ id: action }) => [
            notes.note({ kind: 'action.running', by, about: { action } }),
            notes.note({ kind: 'action.ended', by, about: { action }, facts: { kind: 'kill.thrown' } }),
          ]),
        );
        await notes.note({
          kind: 'kill.thrown',
          by: { roster: 'operator' },
          facts: { scope: 'worker:rex', running: [] },
        });
      }

      test.each(kpis.map(({ id }) => id))('%s', async (id) => {
        const kpi = kpis.find((one) => one.id === id);
        if (!kpi) throw new Error(id);
        for (const week of weeks) {
          const facts = await factsOf(database.db, week);
          // What the audit says is not planted for weeks that are long over.
          if (id === 'audited' && week !== last) continue;
          const { value, of } = kpi.measure(facts, given);
          const again = await fromTables(database.db, id, week);
          expect(of).toBe(again.of);
          if (again.value === null) expect(value).toBeNaN();
          else expect(value).toBeCloseTo(again.value, 6);
        }
      });

      test('the audit lacks one deed, and the figure says so', async () => {
        const facts = await factsOf(database.db, last);
        const kpi = kpis.find(({ id }) => id === 'audited');
        const { value, of, rows } = kpi?.measure(facts, given) ?? { value: 1, of: 0, rows: [] };
        expect(of - rows.length).toBe(1);
        expect(value).toBeLessThan(1);
      });

      test('below its least sample a figure is not told', async () => {
        const facts = await factsOf(database.db, { from: new Date(0), to: new Date(1) });
        for (const kpi of kpis) {
          const { value } = figureOf(kpi, facts, given);
          expect(value).toBe(kpi.minimum ? null : 0);
        }
      });
    },
  );
