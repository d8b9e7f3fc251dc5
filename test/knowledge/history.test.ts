// Past incidents: written down once, found again in other words, and what they say of a new one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { census } from '../../src/knowledge/census.ts';
import { type PastIncident, remember } from '../../src/knowledge/history.ts';
import { type Similar, type Symptoms, scoreOf, votedOf, wordsShared } from '../../src/knowledge/likeness.ts';
import { type Runbook, runbookSchema } from '../../src/knowledge/runbook.ts';
import { similar } from '../../src/knowledge/similar.ts';
import { alikeFrom, type Triage, triage, triageSays } from '../../src/knowledge/triage.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';

type New = Omit<PastIncident, 'id'>;
const day = (nth: number) => new Date(Date.UTC(2026, 8, nth, 10));

function past(key: string, changed: Partial<New> = {}): New {
  return {
    ...{ source: 'file', key, title: `Ticket ${key}`, symptoms: '', rootCause: '', resolution: '' },
    ...{
      kind: null,
      service: null,
      server: null,
      severity: 2,
      openedAt: day(1),
      endedAt: day(2),
      runbook: null,
    },
    ...{ metrics: [], templates: [] },
    ...changed,
  };
}

const pool = past('inc-3', {
  ...{ source: 'own', title: 'checkout: connection pool exhausted', symptoms: 'callers wait and give up' },
  ...{ kind: 'connection-pool', service: 'checkout', server: 'app-01', runbook: 'wider-pool' },
  ...{ metrics: ['latency_p95', 'error_rate'], templates: ['no connection from pool after #'] },
});
const disk = past('OPS-12', {
  ...{ source: 'jira', title: 'No space left on search-01', symptoms: 'The index cannot be written' },
  ...{ kind: 'full-disk', service: 'search', server: 'search-01' },
});
const asked: Symptoms = {
  title: 'checkout: latency p95 is 2 s, usually 0.2 s',
  text: 'connection pool exhausted after 31 s',
  ...{ service: 'checkout', near: ['payments'], servers: ['app-01'] },
  metrics: ['latency_p95', 'error_rate', 'cpu_used'],
  templates: ['no connection from pool after #'],
};

describe.each(databases)('history on $name', ({ available, open }) => {
  describe.skipIf(!available)('with a database', () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database?.close());
    const write = (...all: New[]) => transact(database.db, (tx) => remember(tx, all));
    const found = (symptoms: Partial<Symptoms> = {}, more = {}) =>
      similar(database.db, { symptoms: { ...asked, ...symptoms }, before: day(28), ...more });

    test('nothing is like it while nothing is known', async () => {
      expect(await found()).toEqual({ similar: [], of: 0 });
      expect(await census(database.db, day(28))).toMatchObject({
        own: 0,
        imported: 0,
        oldest: null,
        months: 0,
      });
    });

    test('one that comes again is as it was, or changed; another source may have the same key', async () => {
      expect(await write(pool, disk)).toEqual({ added: 2, changed: 0, same: 0 });
      const mended = { ...disk, resolution: 'Logs were rotated\u0000.' };
      expect(await write(pool, mended)).toEqual({ added: 0, changed: 1, same: 1 });
      expect(await write(mended)).toEqual({ added: 0, changed: 0, same: 1 });
      expect(await write(past('OPS-12'))).toEqual({ added: 1, changed: 0, same: 0 });
    });

    test('the likest stands first and says why', async () => {
      const says = (metric: string) =>
        ({ latency_p95: 'latency', error_rate: 'error rate' })[metric] ?? metric;
      const { similar: all, of } = await found({}, { says });
      expect(of).toBe(3);
      expect(all[0]).toMatchObject({
        past: { id: 'inc-3', runbook: 'wider-pool', openedAt: day(1), templates: pool.templates },
        why: [
          ...['same service', 'same server app-01', 'latency and error rate unusual in both'],
          "'no connection from pool after #' in both",
        ],
      });
      expect(all[0]?.score).toBeGreaterThan(all[1]?.score ?? 1);
    });

    test('it is found by its words alone, by a title misspelt, or by its place', async () => {
      const bare = { service: null, near: [], servers: [], metrics: [], templates: [] };
      const first = async (symptoms: Partial<Symptoms>) => (await found({ ...bare, ...symptoms })).similar[0];
      expect(await first({ title: 'writing indexes fails', text: 'no space is left' })).toMatchObject({
        past: { id: 'jira:OPS-12' },
      });
      expect(await first({ title: 'Nospace leftt on serch-01', text: '' })).toMatchObject({
        past: { id: 'jira:OPS-12' },
      });
      expect(await first({ title: 'x', text: 'y', near: ['search'] })).toMatchObject({
        past: { id: 'jira:OPS-12' },
        why: ['on its neighbour search'],
      });
    });

    test('words that are operators, quotes, or nothing at all are only words', async () => {
      for (const text of ['"', "or -'and' \\ & | ! <-> :*", '()', '', '\u0000 \ud800', "it's or"])
        expect((await found({ title: text, text })).of).toBe(3);
    });

    test('what began later is not looked at, nor the incident itself', async () => {
      const ids = async (more: object) => (await found({}, more)).similar.map((one) => one.past.id);
      expect(await ids({ not: 'inc-3' })).not.toContain('inc-3');
      expect(await ids({ before: day(1) })).toEqual([]);
    });

    test('what is usual of a kind stands in for one that nothing was measured of', async () => {
      await write(past('9', { kind: 'connection-pool', service: 'orders', title: 'Sessions used up' }));
      const { similar: all } = await found();
      expect(all.find((one) => one.past.id === 'file:9')?.why).toEqual([
        'latency_p95 and error_rate unusual, as in others of connection-pool',
      ]);
    });

    test('its kinds are counted over half a year, its months over all', async () => {
      await write(past('old', { openedAt: new Date(Date.UTC(2025, 0, 1)), kind: 'fire' }));
      expect(await census(database.db, day(28))).toEqual({
        ...{ own: 1, imported: 4, oldest: new Date(Date.UTC(2025, 0, 1)), months: 2, untyped: 1 },
        types: [
          { kind: 'connection-pool', count: 2 },
          { kind: 'full-disk', count: 1 },
        ],
      });
    });
  });
});

const runbook: Runbook = runbookSchema.parse({
  ...{ id: 'wider-pool', version: 1, title: 'Widen the pool', mends: 'connection-pool' },
  steps: [{ tool: 'change-configuration', arguments: {}, expect: 'All is usual.' }],
});

describe('triage', () => {
  const like = (score: number, kind: string | null): Similar => {
    return { past: { ...pool, id: 'inc-3', kind }, score, why: [] };
  };
  const [yes, no] = [alikeFrom + 0.1, alikeFrom - 0.01];
  const rows: [what: string, found: Similar[], kind: Triage['kind'], says: string][] = [
    ['nothing alike', [], 'novel', 'Novel: none of 12 past incidents is like it.'],
    ['hardly alike', [like(no, 'fire')], 'novel', 'Novel: none of 12 past incidents is like it.'],
    [
      'agreeing ones',
      [like(yes, 'connection-pool'), like(yes, null), like(yes, 'connection-pool'), like(yes, 'fire')],
      'known',
      'Known: connection-pool, as the 2 likest of 12 past incidents; runbook wider-pool.',
    ],
    [
      'one without a runbook',
      [like(yes, 'fire'), like(no, 'flood')],
      'no-runbook',
      'Known: fire, as the likest of 12 past incidents; there is no runbook for it.',
    ],
    [
      'different causes',
      [like(yes, 'fire'), like(yes, 'flood')],
      'unclear',
      'Not clear: the likest of 12 past incidents had different causes (fire, flood).',
    ],
    [
      'causes nobody wrote down',
      [like(yes, null)],
      'unclear',
      'Not clear: the likest of 12 past incidents are without a kind of cause.',
    ],
  ];
  test.each(rows)('%s', (_, found, kind, says) => {
    const told = triage(found, [runbook]);
    expect(told.kind).toBe(kind);
    expect(triageSays(told, 12)).toBe(says);
  });
});

describe('the score', () => {
  const nothing = { words: 0, written: 0, service: 0, server: 0, metrics: 0, templates: 0 };
  test('is 1 of the same, 0 of nothing in common, and what is not known lies between', () => {
    const all = { words: 1, written: 1, service: 1, server: 1, metrics: 1, templates: 1 };
    expect(scoreOf(all)).toBeCloseTo(1);
    expect(scoreOf(nothing)).toBe(0);
    expect(scoreOf({ ...nothing, templates: null })).toBeGreaterThan(0);
    expect(scoreOf({ ...all, templates: null })).toBeLessThan(1);
  });

  test('a rare word weighs more than one that all have', () => {
    const words = [
      { lexeme: 'pool', seen: 1 },
      { lexeme: 'error', seen: 99 },
    ];
    expect(wordsShared(words, ['pool'], 100)).toBeGreaterThan(0.8);
    expect(wordsShared(words, ['error'], 100)).toBeLessThan(0.2);
    expect(wordsShared([], [], 100)).toBe(0);
  });

  test('the kind that most of the likest have lifts its own', () => {
    const vote = votedOf([
      { kind: 'fire', score: 0.6 },
      { kind: 'fire', score: 0.6 },
      { kind: 'flood', score: 0.6 },
    ]);
    expect(vote('fire', 0.5)).toBeGreaterThan(vote('flood', 0.5));
    expect(vote('flood', 0.5)).toBeGreaterThan(vote('hail', 0.5));
  });
});
