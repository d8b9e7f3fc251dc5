// What vanishes, what cannot be seen and what runs full, cycle by cycle, as signals in the database.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { calendarSchema } from '../../src/monitoring/calendar.ts';
import { cycle } from '../../src/monitoring/cycle.ts';
import { openMonitor } from '../../src/monitoring/monitor.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { startSight } from '../../src/monitoring/start.ts';
import { databases } from '../databases.ts';
import { cycleMs, manifests, openShift, type Shift } from '../shift.ts';
import { openMeasures, sourceOf } from './outside.ts';

const { metrics } = manifests;
const loki = { queryRange: async () => [] };
const measures = openMeasures(metrics, fernwood, cycleMs);
const { prometheus } = measures;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the lookout, on ${name}`, () => {
    let shift: Shift;
    let minute = 0;
    beforeAll(async () => {
      shift = await openShift(await open(), { prometheus, loki, tools: [] });
    });
    beforeEach(async () => {
      measures.reset();
      await shift.forget();
      minute += 1_440;
      await restart();
    });
    afterAll(() => shift?.close());

    /** Noon: no maintenance window of the company is open. */
    const began = new Date().setUTCHours(12, 0, 0, 0);
    /** So many cycles, a minute apart. */
    const look = async (cycles: number) => {
      for (let nth = 0; nth < cycles; nth += 1)
        await cycle(shift.watching, new Date(began + ++minute * 60_000));
    };
    const signals = async () =>
      (
        await sql<Signal>`select *, recovered_at as "recoveredAt" from signal order by raised_at, id`.execute(
          shift.db,
        )
      ).rows;
    const opened = async () =>
      (await signals()).map(({ kind, band, server, service }) => `${kind} ${band} ${server ?? service}`);
    const stillOpen = async () =>
      (await signals()).filter(({ recoveredAt }) => !recoveredAt).map(({ kind }) => kind);
    const lose = (subject: string) => {
      for (const metric of metrics) measures.lose(metric.name, subject);
    };
    const restart = async () => {
      const now = new Date(began + minute * 60_000);
      const { sight, lookout } = await startSight({
        ...{ db: shift.db, prometheus, metrics, inventory: fernwood, cycleMs, now, log: { warn: () => {} } },
        calendar: calendarSchema.parse({}),
      });
      shift.watching.monitor = openMonitor(
        sourceOf(prometheus, metrics, cycleMs),
        sight,
        metrics,
        cycleMs,
        lookout,
      );
    };

    test('a target that no longer answers is one signal after three cycles, until it answers again', async () => {
      lose('app-03');
      await look(2);
      expect(await opened()).toEqual([]);
      await look(5);
      expect(await opened()).toEqual(['vanished critical app-03']);
      const [signal] = await signals();
      expect(signal).toMatchObject({
        service: 'payments',
        metric: 'everything',
        fingerprint: 'vanished:server:app-03:critical',
      });
      expect(signal?.because[0]).toBe('app-03 no longer answers: none of its 16 series does.');
      measures.reset();
      await look(1);
      expect(await stillOpen()).toEqual([]);
    });

    test('one series of many is a matter of watching, once it is clear that the rest stays', async () => {
      measures.lose('disk_io', 'db-01');
      await look(5);
      expect(await opened()).toEqual([]);
      await look(3);
      expect(await opened()).toEqual(['vanished watch db-01']);
      expect((await signals())[0]?.because[0]).toBe('1 of the 16 series of db-01 no longer answer: disk_io.');
    });

    test('many at once are one signal', async () => {
      for (const { id } of fernwood.servers.slice(0, 11)) lose(id);
      await look(6);
      expect(await opened()).toHaveLength(1);
      expect((await signals())[0]?.because[0]).toMatch(
        /^11 servers and services no longer answer, from one cycle on: /,
      );
    });

    test('a metric that cannot be read is told of Roster after two cycles, and opens nothing', async () => {
      measures.fail('latency_p95');
      await look(1);
      expect(await opened()).toEqual([]);
      await look(6);
      expect(await opened()).toEqual(['blind watch storefront']);
      const [signal] = await signals();
      expect(signal?.because).toEqual([
        'No 95th percentile latency could be read for 2 cycles.',
        'latency_p95 could not be read: Prometheus answered 503.',
        'Until it can, this is not known of storefront, checkout, payments, catalog, orders and search: silence does not mean health.',
      ]);
      await shift.work();
      expect((await shift.audited()).some(({ kind }) => kind === 'signal.told')).toBe(true);
      measures.reset();
      await look(1);
      expect(await stillOpen()).toEqual([]);
    });

    test('a metric whose every series is gone cannot be read either, and no target is blamed', async () => {
      for (const { id } of fernwood.servers) measures.lose('cpu_used', id);
      await look(8);
      expect(await opened()).toEqual(['blind watch storefront']);
    });

    test('while nothing can be read nothing is over, and only that is told', async () => {
      measures.set('error_rate', 'checkout', 9);
      await look(3);
      lose('app-03');
      await look(5);
      const before = ['anomaly', 'vanished'];
      expect(await stillOpen()).toEqual(before);
      for (const metric of metrics) measures.fail(metric.name);
      await look(12);
      expect(await stillOpen()).toEqual([...before, 'blind']);
      expect((await signals()).at(-1)).toMatchObject({
        band: 'critical',
        service: 'storefront',
        metric: 'metrics',
      });
      await restart();
      await look(3);
      expect(await stillOpen()).toEqual([...before, 'blind']);
      measures.reset();
      await look(20);
      expect(await stillOpen()).toEqual([]);
      expect(await signals()).toHaveLength(3);
    });

    test('a series that was unusual and no longer answers keeps its signal open', async () => {
      measures.set('error_rate', 'checkout', 9);
      await look(3);
      measures.lose('error_rate', 'checkout');
      await look(30);
      expect(await stillOpen()).toContain('anomaly');
      measures.set('error_rate', 'checkout', 0);
      await look(30);
      expect(await stillOpen()).toEqual([]);
    });

    test('a disk that runs full is foreseen, and over once it no longer does', async () => {
      let gone = 0;
      const sink = async (minutes: number, byMinute: number) => {
        for (let nth = 0; nth < minutes; nth += 1) {
          gone += byMinute;
          // Nothing runs full in a perfectly straight line.
          measures.set('disk_available', 'db-01', gone / 2 + (nth % 2) / 10);
          await look(1);
        }
      };
      await sink(35, 0.8);
      const foreseen = async () => (await signals()).filter(({ kind }) => kind === 'forecast');
      const [signal] = await foreseen();
      expect(signal).toMatchObject({ server: 'db-01', metric: 'disk_available', band: 'watch' });
      expect(signal?.because[0]).toMatch(
        /^At this pace the free disk space of db-01 reaches 0 B in about (8\d|9\d|10\d) min \(between \d+ min and \d+ min\)\./,
      );
      expect((await foreseen()).length).toBe(1);
      expect(signal?.foretold).toMatchObject({
        cause: 'full-disk',
        what: 'free disk space used up',
        like: [],
      });
      const { at = 0, earliest = 0, latest = 0 } = signal?.foretold ?? {};
      expect(Number(earliest)).toBeLessThan(Number(at));
      expect(Number(at)).toBeLessThan(Number(latest));
      await sink(14, 0);
      expect((await foreseen())[0]?.recoveredAt).toBe(null);
      await sink(40, 0);
      expect((await foreseen())[0]?.recoveredAt).toBeInstanceOf(Date);
    });
  });
}
