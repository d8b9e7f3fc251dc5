import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { cycle, glance } from '../../src/monitoring/cycle.ts';
import { raiseAll } from '../../src/monitoring/raise.ts';
import type { Reading } from '../../src/monitoring/reading.ts';
import { recoverAll } from '../../src/monitoring/recover.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { databases } from '../databases.ts';
import { cycleMs, manifests, openShift, type Shift } from '../shift.ts';
import { findingOf, openMeasures } from './outside.ts';

const loki = { queryRange: async () => [] };
const measures = openMeasures(manifests.metrics, fernwood, cycleMs);

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a monitoring cycle, on ${name}`, () => {
    let shift: Shift;
    beforeAll(async () => {
      measures.reset();
      shift = await openShift(await open(), { prometheus: measures.prometheus, loki, tools: [] });
    });
    beforeEach(async () => {
      measures.reset();
      await calm();
      await shift.forget();
    });
    afterAll(() => shift?.close());

    const look = () => cycle(shift.watching, new Date());
    /** All as usual for so long that nothing before counts. */
    const calm = async () => {
      for (let nth = 0; nth < 40; nth += 1) await shift.watching.monitor.look(new Date());
    };
    const signals = async () => (await sql<Signal>`select * from signal order by id`.execute(shift.db)).rows;
    const received = async () => (await shift.waiting('now')).filter(({ name }) => name === 'receive-signal');
    const seen = async (kind: string) => (await shift.audited()).filter((entry) => entry.kind === kind);

    test('nothing unusual: it is noted with counts, and nothing is raised', async () => {
      await look();
      const [noted] = (await seen('scrape.cycle')).slice(-1);
      expect(noted).toMatchObject({ by: { worker: 'ada' }, facts: { series: 210, unusual: 0 } });
      expect(await signals()).toEqual([]);
    });

    const rows: [what: string, zs: number[], raised: number][] = [
      ['critical twice running', [5, 5], 1],
      ['critical once', [5, 0], 0],
      ['critical, usual, critical', [5, 0, 5], 1],
      ['critical twice in six', [5, 0, 0, 0, 5], 0],
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
      expect(await received()).toHaveLength(raised);
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

    test('it is over once it is as usual, and raised again when it comes back later', async () => {
      measures.set('error_rate', 'checkout', 5);
      for (const _ of [1, 2]) await look();
      measures.set('error_rate', 'checkout', 0);
      for (let nth = 0; nth < 40; nth += 1) await look();
      expect(await signals()).toMatchObject([{ recovered_at: expect.any(Date) }]);
      expect((await seen('signal.recovered')).length).toBeGreaterThan(0);
      await sql`update claim set expires_at = clock_timestamp() where key like 'signal:%'`.execute(shift.db);
      measures.set('error_rate', 'checkout', 5);
      for (const _ of [1, 2]) await look();
      expect(await signals()).toHaveLength(2);
    });

    test('back while its fingerprint is still held, it is the same signal', async () => {
      const { readings } = await shift.watching.monitor.scrape(new Date());
      const finding = findingOf(readings[0] as Reading);
      await raiseAll(shift.watching, [finding], new Date());
      await recoverAll(shift.watching, [], new Date());
      expect(await signals()).toMatchObject([{ recovered_at: expect.any(Date) }]);
      await sql`update claim set expires_at = clock_timestamp() + interval '1 second'`.execute(shift.db);
      await raiseAll(shift.watching, [finding], new Date());
      expect(await signals()).toMatchObject([{ recovered_at: null }]);
      // Three cycles are counted from this sight of it, should it be over again before the next.
      const { rows } = await sql<{ ms: number }>`select
        extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as ms from claim`.execute(shift.db);
      expect(rows).toEqual([{ ms: expect.closeTo(3.5 * cycleMs, -4) }]);
    });

    test('with its fingerprint lost, the database still takes it only once', async () => {
      const { readings } = await shift.watching.monitor.scrape(new Date());
      const finding = findingOf(readings[0] as Reading);
      await raiseAll(shift.watching, [finding], new Date());
      await sql`delete from claim`.execute(shift.db);
      await raiseAll(shift.watching, [finding], new Date());
      expect(await signals()).toHaveLength(1);
      expect(await received()).toHaveLength(1);
    });

    test('in a maintenance window it is written down and told to nobody', async () => {
      const open = {
        days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
        from: '00:00',
        to: '23:59',
        timezone: 'UTC',
      };
      const services = fernwood.services.map((one) => ({
        ...one,
        windows: [open],
      })) as typeof fernwood.services;
      const { readings } = await shift.watching.monitor.scrape(new Date());
      const finding = findingOf(readings.find(({ subject }) => subject === 'checkout') as Reading);
      const noon = new Date('2026-11-20T12:00:00Z');
      await raiseAll({ ...shift.watching, inventory: { ...fernwood, services } }, [finding], noon);
      expect(await signals()).toMatchObject([{ held: 'A maintenance window of checkout is open.' }]);
      expect(await shift.waiting('now')).toEqual([]);
    });

    test('a fingerprint is held on as long as the anomaly is seen at all', async () => {
      measures.set('error_rate', 'checkout', 5);
      await look();
      await look();
      await sql`update claim set expires_at = clock_timestamp() + interval '1 second'`.execute(shift.db);
      measures.set('error_rate', 'checkout', 3.5);
      await look();
      const { rows } = await sql<{
        ms: number;
      }>`select extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as ms
        from claim where key = 'signal:anomaly:service:checkout:critical'`.execute(shift.db);
      expect(rows[0]?.ms).toBeGreaterThan(3 * cycleMs);
    });

    test('after a crash between fingerprint and row, the next cycle writes the row under that id', async () => {
      measures.set('error_rate', 'checkout', 5);
      const key = 'signal:anomaly:service:checkout:critical';
      await shift.watching.claims.claim(key, 'sig-cut-off', 60_000);
      for (const _ of [1, 2, 3]) await look();
      expect((await signals()).map(({ id }) => id)).toEqual(['sig-cut-off']);
      expect(await received()).toMatchObject([{ signal: 'sig-cut-off' }]);
    });

    test('raised by two at once, it is one signal', async () => {
      measures.set('error_rate', 'checkout', 5);
      const { readings } = await shift.watching.monitor.scrape(new Date());
      const reading = readings.find(({ z }) => z > 4) as Reading;
      await Promise.all([1, 2, 3].map(() => raiseAll(shift.watching, [findingOf(reading)], new Date())));
      expect(await signals()).toHaveLength(1);
      expect(await received()).toHaveLength(1);
    });

    test('watched closely, a service is told between two cycles, and nothing else is judged there', async () => {
      await look();
      measures.set('error_rate', 'checkout', 6);
      measures.set('error_rate', 'search', 6);
      const close = new Set(['service:checkout']);
      const before = (await seen('anomaly.seen')).length;
      for (const _ of [1, 2]) await glance(shift.watching, close, new Date());
      expect(await signals()).toMatchObject([{ service: 'checkout', recovered_at: null }]);
      expect((await seen('anomaly.seen')).length - before).toBe(2);
      expect((await seen('scrape.cycle')).at(-1)?.facts).toMatchObject({ only: ['service:checkout'] });
      // The cycle after sees the other for the first time: looks between do not count for it.
      await look();
      expect(await signals()).toHaveLength(1);
      await look();
      expect((await signals()).map(({ service }) => service).sort()).toEqual(['checkout', 'search']);
    });

    test('what is over between two cycles is ended by the next one', async () => {
      measures.set('error_rate', 'checkout', 6);
      for (const _ of [1, 2]) await look();
      measures.reset();
      for (let nth = 0; nth < 40; nth += 1)
        await glance(shift.watching, new Set(['service:checkout']), new Date());
      expect(await signals()).toMatchObject([{ recovered_at: null }]);
      await look();
      expect(await signals()).toMatchObject([{ recovered_at: expect.any(Date) }]);
    });

    test('a metric that cannot be read is said, and the others are looked at', async () => {
      measures.fail('latency_p95');
      measures.set('error_rate', 'checkout', 5);
      await look();
      await look();
      expect((await signals()).map(({ kind }) => kind).toSorted()).toEqual(['anomaly', 'blind']);
      const [noted] = (await seen('scrape.cycle')).slice(-1);
      expect(noted?.because).toEqual(['latency_p95 could not be read: Prometheus answered 503.']);
    });
  });
}
