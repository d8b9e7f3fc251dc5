import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { type Critical, cycle } from '../../src/monitoring/cycle.ts';
import { raise } from '../../src/monitoring/raise.ts';
import type { Reading } from '../../src/monitoring/reading.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { databases } from '../databases.ts';
import { cycleMs, manifests, openShift, type Shift } from '../shift.ts';
import { openMeasures } from './outside.ts';

const loki = { queryRange: async () => [] };
const measures = openMeasures(manifests.metrics, fernwood, cycleMs);

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a monitoring cycle, on ${name}`, () => {
    let shift: Shift;
    let critical: Critical;
    beforeAll(async () => {
      measures.reset();
      shift = await openShift(await open(), { prometheus: measures.prometheus, loki, tools: [] });
    });
    beforeEach(async () => {
      measures.reset();
      critical = new Set();
      await shift.forget();
    });
    afterAll(() => shift?.close());

    const look = async () => {
      critical = await cycle(shift.watching, critical, new Date());
    };
    const signals = async () => (await sql<Signal>`select * from signal order by id`.execute(shift.db)).rows;
    const seen = async (kind: string) => (await shift.audited()).filter((entry) => entry.kind === kind);

    test('nothing unusual: it is noted with counts, and nothing is raised', async () => {
      await look();
      const [noted] = (await seen('scrape.cycle')).slice(-1);
      expect(noted).toMatchObject({ by: { worker: 'ada' }, facts: { series: 48, unusual: 0 } });
      expect(await signals()).toEqual([]);
    });

    const rows: [what: string, zs: number[], raised: number][] = [
      ['critical twice running', [5, 5], 1],
      ['critical once', [5, 0], 0],
      ['critical, usual, critical', [5, 0, 5], 0],
      ['critical, merely unusual, critical', [5, 3, 5], 0],
      ['unusual for long', [3.9, 3.9, 3.9], 0],
      ['exactly 4, twice', [4, 4], 1],
      ['critical for long', [5, 5, 9, 5, 5], 1],
      ['critical, then unusual, then critical twice', [5, 5, 3, 5, 5], 1],
    ];
    test.each(rows)('%s', async (_, zs, raised) => {
      const before = (await seen('anomaly.seen')).length;
      for (const z of zs) {
        measures.set('error_rate', 'checkout', z);
        await look();
      }
      expect(await signals()).toHaveLength(raised);
      expect(await shift.waiting('now')).toHaveLength(raised);
      expect((await seen('anomaly.seen')).length - before).toBe(zs.filter((z) => z >= 2.8).length);
    });

    test('a signal says what was measured, of which service, on which server', async () => {
      measures.set('memory_available', 'app-03', 12);
      await look();
      await look();
      const [signal, ...others] = await signals();
      expect(others).toEqual([]);
      expect(signal).toMatchObject({
        service: 'payments', // more critical than orders, which runs there too
        server: 'app-03',
        metric: 'memory_available',
        value: 76,
        z: expect.closeTo(12, 0),
      });
      expect(await shift.audited({ signal: signal?.id ?? ('' as never) })).toMatchObject([
        { kind: 'signal.raised', facts: { metric: 'memory_available' } },
      ]);
    });

    test('it is raised again once it was quiet for longer than three cycles', async () => {
      measures.set('error_rate', 'checkout', 5);
      await look();
      await look();
      await sql`update claim set expires_at = clock_timestamp() where key like 'signal:%'`.execute(shift.db);
      await look();
      expect(await signals()).toHaveLength(2);
    });

    test('a fingerprint is held on as long as the anomaly is seen at all', async () => {
      measures.set('error_rate', 'checkout', 5);
      await look();
      await look();
      await sql`update claim set expires_at = clock_timestamp() + interval '1 second'`.execute(shift.db);
      measures.set('error_rate', 'checkout', 3);
      await look();
      const { rows } = await sql<{
        ms: number;
      }>`select extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as ms
        from claim where key = 'signal:service:checkout:error_rate'`.execute(shift.db);
      expect(rows[0]?.ms).toBeGreaterThan(3 * cycleMs);
    });

    test('after a crash between fingerprint and row, the next cycle writes the row under that id', async () => {
      measures.set('error_rate', 'checkout', 5);
      const key = 'signal:service:checkout:error_rate';
      await shift.watching.claims.claim(key, 'sig-cut-off', 60_000);
      for (const _ of [1, 2, 3]) await look();
      expect((await signals()).map(({ id }) => id)).toEqual(['sig-cut-off']);
      expect(await shift.waiting('now')).toMatchObject([{ name: 'receive-signal', signal: 'sig-cut-off' }]);
    });

    test('raised by two at once, it is one signal', async () => {
      measures.set('error_rate', 'checkout', 5);
      const { readings } = await shift.watching.monitor.scrape(new Date());
      const reading = readings.find(({ z }) => z > 4) as Reading;
      await Promise.all([1, 2, 3].map(() => raise(shift.watching, reading)));
      expect(await signals()).toHaveLength(1);
      expect(await shift.waiting('now')).toHaveLength(1);
    });

    test('a series about nothing in the inventory is seen and raises nothing', async () => {
      const inventory = { services: [], servers: [] };
      measures.set('error_rate', 'checkout', 5);
      for (const _ of [1, 2]) critical = await cycle({ ...shift.watching, inventory }, critical, new Date());
      expect(await signals()).toEqual([]);
    });

    test('a metric that cannot be read is said, and the others are looked at', async () => {
      measures.fail('latency_p95');
      measures.set('error_rate', 'checkout', 5);
      await look();
      await look();
      expect(await signals()).toHaveLength(1);
      const [noted] = (await seen('scrape.cycle')).slice(-1);
      expect(noted?.because).toEqual(['latency_p95 could not be read: Prometheus answered 503.']);
    });
  });
}
