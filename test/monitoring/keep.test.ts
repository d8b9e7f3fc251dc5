import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepBaselines, recallBaselines } from '../../src/monitoring/baseline/keep.ts';
import { calendarSchema } from '../../src/monitoring/calendar.ts';
import { type Detector, openDetector } from '../../src/monitoring/detector/detector.ts';
import type { Database } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { day, hour, monday, noise, step } from './stream.ts';

const series = [
  ...Array.from({ length: 7 }, (_, nth) => ({ key: `cpu:web-${nth}`, metric: 'cpu' })),
  ...Array.from({ length: 5 }, (_, nth) => ({ key: `disk:db-${nth}`, metric: 'disk' })),
];

/** Values by time and key alone, so that two detectors can be shown the same. */
function valueAt(key: string, at: number): number {
  const rough = noise(at + [...key].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  return (
    50 + 10 * Math.sin((at / day) * 2 * Math.PI) + rough() + (Math.floor(at / step) % 701 === 0 ? 30 : 0)
  );
}

function shown(detector: Detector, order: typeof series, from: number, to: number) {
  const slots = Int32Array.from(order, ({ key, metric }) =>
    detector.slotOf(key, { metric, bad: metric === 'cpu' ? 'up' : 'either' }),
  );
  const said: Record<string, unknown>[] = [];
  for (let at = from; at < to; at += step) {
    const { z, mean, raised, learning } = detector.observe(
      at,
      slots,
      Float64Array.from(order, ({ key }) => valueAt(key, at)),
    );
    said.push(
      Object.fromEntries(
        order.map(({ key }, place) => [key, [z[place], mean[place], raised[place], learning[place]]]),
      ),
    );
  }
  return said;
}

const open = () => openDetector(calendarSchema.parse({}), 3);

describe.each(databases)('baselines kept in $name', ({ available, open: openDatabase }) => {
  let database: Database;
  beforeAll(async () => {
    if (available) database = await openDatabase();
  });
  afterAll(() => database?.close());

  test.skipIf(!available)('nothing kept is nothing recalled', async () => {
    expect(await recallBaselines(database.db, open().book)).toBeUndefined();
  });

  test.skipIf(!available)('after a restart everything is judged as if there had been none', async () => {
    const before = open();
    let at = monday;
    // Kept hour by hour, as they close, new series on the way.
    for (const count of [4, 12, 9, 12]) {
      for (let hours = 0; hours < 48; hours += 1, at += hour) {
        shown(before, series.slice(0, count), at, at + hour);
        await keepBaselines(database.db, before.book, at + hour);
      }
    }
    await keepBaselines(database.db, before.book, at);
    const after = open();
    expect(await recallBaselines(database.db, after.book)).toBe(at);
    const turned = series.toReversed();
    const wanted = shown(before, series, at, at + 3 * day);
    expect(shown(after, turned, at, at + 3 * day)).toEqual(wanted);
    expect(JSON.stringify(wanted)).toContain(',1,1]'); // something was raised among it
  });

  test.skipIf(!available)('an hour is a few rows a metric, and orders gone by are erased', async () => {
    const { rows } = await sql<{ cells: number; states: number; layouts: number }>`select
      (select count(*)::int from baseline_cell) as cells,
      (select count(*)::int from baseline_state) as states,
      (select count(*)::int from baseline_layout) as layouts`.execute(database.db);
    expect(rows[0]?.states).toBe(2);
    // Of cpu every hour of the week; of disk, which came on Wednesday and was seen until Monday, no Tuesday.
    expect(rows[0]?.cells).toBe(2 * 241 - 24);
    expect(rows[0]?.layouts).toBeLessThanOrEqual(4);
  });

  test.skipIf(!available)('the gap is learnt from history', async () => {
    const end = monday + 8 * day;
    const seen = open();
    await recallBaselines(database.db, seen.book);
    const fed = open();
    await recallBaselines(database.db, fed.book);
    shown(seen, series, end, end + 5 * hour);
    for (const { key, metric } of series) {
      const slot = fed.slotOf(key, { metric, bad: metric === 'cpu' ? 'up' : 'either' });
      for (let at = end; at < end + 5 * hour; at += step) fed.learn(at, slot, valueAt(key, at));
    }
    expect(shown(fed, series, end + 5 * hour, end + day)).toEqual(
      shown(seen, series, end + 5 * hour, end + day),
    );
  });

  test.skipIf(!available)('content of another shape is left out and learnt anew', async () => {
    await sql`update baseline_state set content = substr(content, 2) where metric = 'cpu'`.execute(
      database.db,
    );
    const detector = open();
    await recallBaselines(database.db, detector.book);
    const [cpu, disk] = ['cpu:web-0', 'disk:db-0'].map((key) => detector.book.slots.get(key) as number);
    expect(detector.book.state.count[cpu as number]).toBe(0);
    expect(detector.book.state.count[disk as number]).toBeGreaterThan(500);
  });
});
