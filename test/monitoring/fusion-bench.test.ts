// The fusion bench counts as it says it does, on a fault set made here.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { historiesOf, streamed } from '../../bench/fusion.ts';
import { count, type Minute, sum } from '../../bench/fusion-score.ts';
import { type Day, readDays, readFaults } from '../../bench/nezha.ts';

describe('the score', () => {
  const faults = [{ at: 6_000, service: 'cart' }];
  const open = (minute: number, ...named: string[]): Minute => ({ minute, named, opened: [] });
  const quiet = Array.from({ length: 30 }, (_, nth) => open(95 + nth));
  const rows: [
    story: string,
    minute: number,
    named: string[],
    right: number,
    any: number,
    alarmed: number,
  ][] = [
    ['the minute before, which is neither clear nor in time', 99, ['cart'], 0, 0, 0],
    ['the minute the fault falls in', 100, ['cart'], 1, 1, 0],
    ['the last minute that overlaps t + 300 s', 105, ['cart'], 1, 1, 0],
    ['the first that does not', 106, ['cart'], 0, 0, 0],
    ['another service', 102, ['db'], 0, 1, 0],
    ['two at once, one of them right', 102, ['db', 'cart'], 1, 1, 0],
    ['the last minute that is near it', 108, ['cart'], 0, 0, 0],
    ['the first clear one', 109, ['cart'], 0, 0, 1],
    ['a clear one before', 98, ['cart'], 0, 0, 1],
  ];
  test.each(rows)('%s', (_, minute, named, right, any, alarmed) => {
    const minutes = quiet.map((one) => (one.minute === minute ? open(minute, ...named) : one));
    expect(count(minutes, faults)).toMatchObject({ faults: 1, right, any, alarmed });
  });

  test('clear minutes begin more than a minute before a fault or more than eight after', () => {
    expect(count(quiet, faults).clear).toBe(30 - (108 - 99 + 1));
    expect(count(quiet, [])).toMatchObject({ clear: 30, faults: 0, right: 0 });
  });

  test('days are added up', () => {
    const one = count(quiet, faults);
    expect(sum([one, one])).toMatchObject({ faults: 2, clear: 2 * one.clear });
  });
});

describe('a fault set from its files to what is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const first = Date.UTC(2026, 0, 5) / 1_000;
  for (const nth of [0, 1]) writeDay(folder, first + nth * 86_400);
  const days = readDays(folder) as Day[];

  test('the clock is the column Time, the service is the pod without its last two parts, node metrics are not watched', () => {
    expect(days.map(({ name, minutes }) => [name, minutes.length, (minutes[0] ?? 0) * 60])).toEqual([
      ['2026-01-05', 360, first],
      ['2026-01-06', 360, first + 86_400],
    ]);
    expect(readFaults(folder, days[0] as Day)).toEqual([{ at: first + 3_600, service: 'my-cart' }]);
  });

  test('the history is the other day after its last fault, and the fault is named and nothing else', () => {
    const [one] = days as [Day];
    const histories = historiesOf(folder, one, days);
    expect(histories.get('my-cart  cpuusage(m)')?.length).toBe(360 - 60 - 10 - 1);
    const minutes = streamed(one, histories);
    expect(count(minutes, readFaults(folder, one))).toMatchObject({
      right: 1,
      any: 1,
      alarmed: 0,
      opened: 1,
      openedRight: 1,
    });
  });

  test('without data it says where to get it', () => {
    expect(readDays(join(folder, 'nothing'))).toMatch(/nothing there are no two days .* --data DIR\.$/);
  });
});

/** Six hours of two services by the minute; after one hour the first one's CPU is high for five minutes. */
function writeDay(folder: string, from: number): void {
  const name = new Date(from * 1_000).toISOString().slice(0, 10);
  const metric = join(folder, name, 'metric');
  mkdirSync(metric, { recursive: true });
  const clock = (nth: number) =>
    `${new Date((from + nth * 60) * 1_000).toISOString().slice(0, 19).replace('T', ' ')}.123 +0000 UTC m=+0.1,17`;
  const lines = (head: string, row: (nth: number) => string) =>
    [head, ...Array.from({ length: 360 }, (_, nth) => `${clock(nth)},${row(nth)}`), ''].join('\n');
  const wave = (nth: number) => 10 + Math.sin(nth * 1.7);
  const bad = (nth: number) => nth >= 61 && nth < 66;
  for (const service of ['my-cart', 'shop']) {
    const pod = `${service}-6cfdd55578-gfj6q`;
    const row = (nth: number) => {
      const much = service === 'my-cart' && bad(nth) ? 40 : 0;
      return `${pod},${wave(nth) + much},${wave(nth + 1) + much},999`;
    };
    const head = 'Time,TimeStamp,PodName,CpuUsage(m),PodServerLatencyP95(s),NodeCpuUsageRate(%)';
    writeFileSync(join(metric, `${pod}_metric.csv`), lines(head, row));
  }
  writeFileSync(
    join(metric, 'source_50.csv'),
    lines('time,timestamp,shop_my-cart', (nth) => (nth === 5 ? '' : String(wave(nth) + (bad(nth) ? 40 : 0)))),
  );
  const fault = {
    inject_time: clock(60).slice(0, 19),
    inject_timestamp: '1',
    inject_pod: 'my-cart-6cfdd55578-gfj6q',
    inject_type: 'cpu',
  };
  writeFileSync(join(folder, name, `${name}-fault_list.json`), JSON.stringify({ '01': [fault] }));
}
