import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentId, WorkerId } from '../../src/ids.ts';
import { openQueue, type Queue } from '../../src/jobs/queue.ts';
import { meter, type Question } from '../../src/models/meter.ts';
import { type Answered, type Failed, type Model, noUsage } from '../../src/models/model.ts';
import { costOf, mostOf } from '../../src/models/price.ts';
import type { Database } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { names } from './mock.ts';

const prices = {
  'claude-opus-5-5': { input: 4, output: 20, cache_write: 5, cache_read: 0.2 },
  'claude-haiku-5-5': { input: 0.1, output: 0.5, cache_write: 0.125, cache_read: 0.01 },
};
const quiet = { warn: () => {}, error: () => {} };
const usage = { input: 1_000, output: 200, cacheRead: 500, cacheWrite: 100 };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the meter, on ${name}`, () => {
    let database: Database;
    let queue: Queue;
    beforeAll(async () => {
      database = await open();
      queue = await openQueue(database, quiet);
    });
    beforeEach(() => sql`truncate budget_used, budget_reserved`.execute(database.db));
    afterAll(async () => {
      await queue?.stop(0);
      await database?.close();
    });

    const asked: string[] = [];
    const ask = (
      answer: () => Promise<Answered | Failed>,
      { text = 'What is it?', key = crypto.randomUUID() as string, budgets = {} } = {},
    ) => {
      const model: Model = {
        names,
        ask: ({ system }) => {
          asked.push(system);
          return answer();
        },
      };
      const question: Question = {
        request: {
          size: 'frontier',
          system: 'Look.',
          messages: [{ from: 'us', blocks: [{ kind: 'said', text }] }],
          tools: [],
          maxTokens: 1_000,
        },
        key,
        worker: 'ada' as WorkerId,
        by: { worker: 'ada' as WorkerId, charter: 'ada@1' },
        about: { incident: 'inc-1' as IncidentId },
        prompt: 'diagnose@1',
        budgets,
      };
      return meter({ db: database.db, queue, chain: 'trial' }, model, prices).ask(question);
    };
    const answered = async (): Promise<Answered> => ({ kind: 'answered', blocks: [], stop: 'ended', usage });
    const used = async () => {
      const { rows } = await sql<{ unit: string; used: number }>`select unit, used::float8 as used
        from budget_used where name = 'run:inc-1' order by unit`.execute(database.db);
      return Object.fromEntries(rows.map((row) => [row.unit, row.used]));
    };

    test('counts what was used once it is known', async () => {
      await ask(answered);
      expect(await used()).toEqual({
        calls: 1,
        tokens: 1_800,
        money: costOf(usage, prices['claude-opus-5-5']),
      });
    });

    test('what nobody knows stays counted as the most it can have been', async () => {
      await ask(async () => ({ kind: 'malformed', because: 'It broke off.' }));
      const { tokens = 0 } = await used();
      expect(tokens).toBeGreaterThan(2_000);
      // The process dies while it waits.
      await expect(ask(() => Promise.reject(new Error('killed')))).rejects.toThrow('killed');
      expect((await used()).tokens).toBe(2 * tokens);
    });

    test('a question that was turned away at the door took nothing but the call', async () => {
      await ask(async () => ({ kind: 'overloaded', because: 'Claude is overloaded (529).', usage: noUsage }));
      expect(await used()).toEqual({ calls: 1, tokens: 0, money: 0 });
    });

    const refused: [what: string, text: string, budgets: object, because: RegExp][] = [
      ['calls', '?', { run: { calls: 0 } }, /^All 0 calls of this incident are used/],
      ['tokens', '?', { worker_day: { tokens: 1_500 } }, /^This may take [\d,]+ tokens and only 1,500/],
      ['money', '?', { currency: 'EUR', day: { money: 2 } }, /only EUR 0.02/],
      ['what may be sent', 'x'.repeat(100_000), {}, /too long/],
    ];
    test.each(refused)(
      'without enough of %s nothing is asked, and the audit says so',
      async (_, text, budgets, because) => {
        asked.length = 0;
        const answer = await ask(answered, { text, budgets });
        expect(answer).toEqual({ kind: 'spent', because: expect.stringMatching(because) });
        expect(asked).toEqual([]);
        const { rows } = await sql<{
          text: string;
        }>`select text from audit order by seq desc limit 1`.execute(database.db);
        expect(JSON.parse(rows[0]?.text ?? '').entry).toMatchObject({
          kind: 'model.asked',
          facts: { outcome: 'spent' },
        });
      },
    );

    test('however many ask at once, no more is reserved than there is', async () => {
      const one = mostOf(300, 1_000).cacheWrite + 1_000;
      const budgets = { run: { tokens: Math.floor(one * 2.5) } };
      const all = await Promise.all(Array.from({ length: 8 }, () => ask(answered, { budgets })));
      expect((await used()).tokens).toBe(all.filter(({ kind }) => kind === 'answered').length * 1_800);
      expect(all.some(({ kind }) => kind === 'spent')).toBe(true);
    });
  });
}

const costs: [usage: Partial<typeof usage>, cents: number][] = [
  [{}, 0],
  [{ input: 1 }, 1],
  [{ input: 1_000_000 }, 400],
  [{ output: 1_000_000 }, 2_000],
  [{ cacheRead: 1_000_000, cacheWrite: 1_000_000 }, 520],
  [{ input: 2_000, output: 500 }, 2],
];
test.each(costs)('%j costs %d cents', (some, cents) => {
  expect(costOf({ ...noUsage, ...some }, prices['claude-opus-5-5'])).toBe(cents);
});

test('a model without a price is never asked', () => {
  const model: Model = { names: { ...names, small: 'claude-new' }, ask: async () => answeredNothing };
  expect(() => meter({} as never, model, prices)).toThrow('claude-new has no price in models.yaml.');
});

const answeredNothing: Answered = { kind: 'answered', blocks: [], stop: 'ended', usage: noUsage };
