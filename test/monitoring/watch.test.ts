import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { Watching } from '../../src/monitoring/cycle.ts';
import { closePace, startWatch } from '../../src/monitoring/watch.ts';
import { openEmbeddedTest } from '../databases.ts';
import { manifests, openShift, type Shift } from '../shift.ts';
import { monitorOver, openMeasures } from './outside.ts';

const hour = 3_600_000;
const now = () => new Date();

describe('the watch', () => {
  let shift: Shift;
  beforeAll(async () => {
    const { prometheus } = openMeasures(manifests.metrics, fernwood, 5_000);
    const loki = { queryRange: async () => [] };
    shift = await openShift(await openEmbeddedTest(), { prometheus, loki, tools: [] });
  });
  beforeEach(() => shift.forget());
  afterAll(() => shift?.close());

  /** A watch with a cycle of this length on checkout, which is in trouble; every look at it is told to `looked`. */
  async function watching(cycleMs: number, looked: () => void = () => {}): Promise<Watching> {
    const measures = openMeasures(manifests.metrics, fernwood, cycleMs);
    measures.set('error_rate', 'checkout', 5);
    const { prometheus } = measures;
    const query: typeof prometheus.query = (promql, at) => {
      if (promql.includes('errors')) looked();
      return prometheus.query(promql, at);
    };
    const monitor = await monitorOver({ ...prometheus, query }, manifests.metrics, cycleMs, now());
    return { ...shift.watching, monitor };
  }

  const signals = async () => (await sql`select id from signal`.execute(shift.db)).rows.length;
  const log = { warn: () => {} };
  const closely = async () => new Set<string>();

  test('stops at once, in the middle of a long cycle, and lets go of the lease', async () => {
    const looked = Promise.withResolvers<void>();
    const watch = startWatch(await watching(hour, looked.resolve), { now, process: 'a', log, closely });
    await looked.promise;
    await watch.stop();
    await watch.stop();
    expect(await shift.watching.claims.claim('watch', 'b', 1_000)).toBe('b');
  });

  test('of two processes one looks', async () => {
    const looks = { a: 0, b: 0 };
    const enough = Promise.withResolvers<void>();
    const one = (process: 'a' | 'b') => () => {
      looks[process] += 1;
      if (looks.a + looks.b === 3) enough.resolve();
    };
    const a = startWatch(await watching(150, one('a')), { now, process: 'a', log, closely });
    const b = startWatch(await watching(150, one('b')), { now, process: 'b', log, closely });
    await enough.promise;
    expect(Math.min(looks.a, looks.b)).toBe(0);
    await Promise.all([a.stop(), b.stop()]);
  });

  test('what is watched closely is looked at between two cycles, as soon as it is', async () => {
    const looks: number[] = [];
    const enough = Promise.withResolvers<void>();
    const looked = () => {
      looks.push(Date.now());
      if (looks.length === 3) enough.resolve();
    };
    // The pace of a cycle of six seconds is one second: within a cycle there is a look.
    const watch = startWatch(await watching(6_000, looked), {
      ...{ now, process: 'a', log },
      closely: async () => new Set(['service:checkout']),
    });
    await enough.promise;
    await watch.stop();
    expect((looks[2] as number) - (looks[0] as number)).toBeLessThan(6_000);
    expect(await signals()).toBe(1);
  });

  test.each([
    [60_000, 10_000],
    [5_000, 1_000],
    [150, 1_000],
  ])('a cycle of %d ms is one look each %d ms where it is watched closely', (cycleMs, pace) => {
    expect(closePace(cycleMs)).toBe(pace);
  });

  /** Runs a watch of process `a` for as many turns as there are answers to who holds the lease. */
  async function turns(holders: (string | Error)[], warn: (line: string) => void = () => {}): Promise<void> {
    const { claims } = shift.watching;
    const over = Promise.withResolvers<void>();
    const left = [...holders];
    const claim: typeof claims.claim = async (key, holder, ttl) => {
      if (key !== 'watch') return claims.claim(key, holder, ttl);
      const next = left.shift();
      if (next instanceof Error) throw next;
      if (next === undefined) over.resolve();
      return next ?? 'nobody';
    };
    const given = await watching(10);
    const watch = startWatch(
      { ...given, claims: { ...claims, claim } },
      { now, process: 'a', log: { warn }, closely },
    );
    await over.promise;
    await watch.stop();
  }

  test('a cycle that fails is said, and the next one is tried', async () => {
    const said: string[] = [];
    // A long cycle asks for its lease again meanwhile: there are more turns than the two it takes.
    await turns([new Error('Redis is away.'), ...Array(20).fill('a')], (line) => said.push(line));
    expect(said).toEqual(['A monitoring cycle failed: Redis is away.']);
    expect(await signals()).toBe(1);
  });
});
