import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Amounts, type Budgets, reserve, type Spending, settle } from '../../src/budgets/budget.ts';
import type { IncidentId, WorkerId } from '../../src/ids.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';

const seed = 20_261_122;
const ada = 'ada' as WorkerId;
const bo = 'bo' as WorkerId;
const one = 'inc-1' as IncidentId;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`budgets on ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterEach(() => sql`truncate budget_used, budget_reserved`.execute(database.db));
    afterAll(() => database?.close());

    const takes = (amounts: Amounts, budgets: Budgets, changed: Partial<Spending> = {}) => {
      const spending = { key: randomUUID(), run: one, worker: ada, amounts, ...changed };
      return transact(database.db, (tx) => reserve(tx, spending, budgets));
    };
    const settles = (key: string, used: Amounts) => transact(database.db, (tx) => settle(tx, key, used));
    /** What is counted, by name without its day. */
    async function counted(): Promise<Record<string, number>> {
      const { rows } = await sql<{ name: string; used: number }>`
        select regexp_replace(name, '\\d{4}-\\d\\d-\\d\\d', 'today') || ' ' || unit as name, used::float8 as used
        from budget_used where used <> 0`.execute(database.db);
      return Object.fromEntries(rows.map((row) => [row.name, row.used]));
    }

    test('what is taken counts for its incident, its worker and its day, whether or not they have a limit', async () => {
      expect(await takes({ calls: 1, tokens: 900, money: 12 }, {})).toEqual({ kind: 'reserved' });
      await takes({ calls: 1 }, {}, { run: null, worker: bo });
      expect(await counted()).toEqual({
        'run:inc-1 calls': 1,
        'run:inc-1 tokens': 900,
        'run:inc-1 money': 12,
        'worker:ada:today calls': 1,
        'worker:ada:today tokens': 900,
        'worker:ada:today money': 12,
        'worker:bo:today calls': 1,
        'day:today calls': 2,
        'day:today tokens': 900,
        'day:today money': 12,
      });
    });

    const budgets = (changed: Budgets): Budgets => ({ currency: 'EUR', ...changed });
    const rows: [what: string, budgets: Budgets, before: Amounts, asked: Amounts, because: string][] = [
      [
        "a worker's calls",
        { worker_day: { calls: 3 } },
        { calls: 3 },
        { calls: 1 },
        "All 3 calls of this worker's day are used: go on tomorrow, or have a person do it.",
      ],
      [
        "an incident's tokens",
        { run: { tokens: 10_000 } },
        { tokens: 8_800 },
        { tokens: 3_000 },
        'This may take 3,000 tokens and only 1,200 tokens of the 10,000 tokens of this incident are left: have a person go on.',
      ],
      [
        "the day's money",
        { day: { money: 1_250 } },
        { money: 1_250 },
        { money: 1 },
        'All EUR 12.50 of the day of all workers together are used: go on tomorrow, or have a person do it.',
      ],
      [
        'money in a currency without cents',
        { currency: 'JPY', day: { money: 1_250 } },
        { money: 250 },
        { money: 2_000 },
        'This may take JPY 2,000 and only JPY 1,000 of the JPY 1,250 of the day of all workers together are left: go on tomorrow, or have a person do it.',
      ],
      [
        'nothing at all',
        { run: { money: 0 } },
        {},
        { money: 1 },
        'All EUR 0.00 of this incident are used: have a person go on.',
      ],
      [
        'the first of several that does not hold it',
        { run: { calls: 9 }, worker_day: { tokens: 5 }, day: { tokens: 1 } },
        { calls: 1 },
        { calls: 1, tokens: 6 },
        "This may take 6 tokens and only 5 tokens of the 5 tokens of this worker's day are left: go on tomorrow, or have a person do it.",
      ],
      [
        'what nobody can say',
        {},
        {},
        { tokens: Number.NaN },
        'What this takes at most is not known, so no budget can hold it.',
      ],
      [
        'less than nothing',
        {},
        {},
        { money: -1 },
        'What this takes at most is not known, so no budget can hold it.',
      ],
    ];
    test.each(rows)(
      '%s: spent, in one sentence, and nothing of it is counted',
      async (_, limits, before, asked, because) => {
        expect((await takes(before, {})).kind).toBe('reserved');
        const was = await counted();
        expect(await takes(asked, budgets(limits))).toEqual({ kind: 'spent', because });
        expect(await counted()).toEqual(was);
      },
    );

    test('an incident without a run has no budget of one, and each worker a day of its own', async () => {
      const limits = { run: { calls: 0 }, worker_day: { calls: 1 } };
      expect((await takes({ calls: 1 }, limits)).kind).toBe('spent');
      expect((await takes({ calls: 1 }, limits, { run: null })).kind).toBe('reserved');
      expect((await takes({ calls: 1 }, limits, { run: null })).kind).toBe('spent');
      expect((await takes({ calls: 1 }, limits, { run: null, worker: bo })).kind).toBe('reserved');
    });

    test('one key counts once, however often and quickly it is reserved, and again after it was refused', async () => {
      const key = 'act-1';
      expect((await takes({ calls: 1 }, { day: { calls: 0 } }, { key })).kind).toBe('spent');
      const all = await Promise.all(
        Array.from({ length: 10 }, () => takes({ calls: 1 }, { day: { calls: 1 } }, { key })),
      );
      expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['reserved']));
      expect((await counted())['day:today calls']).toBe(1);
    });

    test('what was not used is given back once, and what was used beyond it counts', async () => {
      await takes({ calls: 1, tokens: 1_000, money: 50 }, {}, { key: 'less' });
      await Promise.all(Array.from({ length: 10 }, () => settles('less', { tokens: 400, money: 0 })));
      await settles('less', { tokens: 0 });
      expect(await counted()).toMatchObject({
        'run:inc-1 calls': 1,
        'run:inc-1 tokens': 400,
        'day:today tokens': 400,
      });
      expect((await counted())['run:inc-1 money']).toBeUndefined();
      await takes({ calls: 1, tokens: 100 }, {}, { key: 'more' });
      await settles('more', { tokens: 150, money: 3 });
      await settles('nobody knows it', { tokens: 9_999 });
      expect(await counted()).toMatchObject({ 'day:today tokens': 550, 'day:today money': 3 });
    });

    test(`of many at once, no budget is ever exceeded nor any room left that the next would fit in (seed ${seed})`, async () => {
      const amounts = fc.record({ calls: fc.constant(1), tokens: fc.nat(50), money: fc.nat(9) });
      const limit = fc.record({ calls: fc.nat(12), tokens: fc.nat(300), money: fc.nat(40) });
      const limits = fc.record({ run: limit, worker_day: limit, day: limit });
      const property = fc.asyncProperty(
        fc.array(amounts, { minLength: 20, maxLength: 20 }),
        limits,
        async (all, given) => {
          await sql`truncate budget_used, budget_reserved`.execute(database.db);
          const said = await Promise.all(all.map((each) => takes(each, given)));
          const reserved = all.filter((_, nth) => said[nth]?.kind === 'reserved');
          const sum = (unit: 'calls' | 'tokens' | 'money') =>
            reserved.reduce((total, each) => total + each[unit], 0);
          const used = await counted();
          for (const unit of ['calls', 'tokens', 'money'] as const) {
            const least = Math.min(given.run[unit], given.worker_day[unit], given.day[unit]);
            expect(sum(unit)).toBeLessThanOrEqual(least);
            expect(used[`day:today ${unit}`] ?? 0).toBe(sum(unit));
          }
          // Whoever was refused does not fit now either: nothing stayed counted that was given back.
          for (const [nth, each] of all.entries())
            if (said[nth]?.kind === 'spent') expect((await takes(each, given)).kind).toBe('spent');
        },
      );
      await fc.assert(property, { seed, numRuns: name === 'embedded' ? 3 : 10 });
    });
  });
}
