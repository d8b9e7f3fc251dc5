import { describe, expect, test } from 'vitest';
import { baselineOf, hourOfWeek } from '../../src/monitoring/baseline.ts';
import { type Metric, metricsSchema, queryOf } from '../../src/monitoring/metric.ts';
import { isUsual, score } from '../../src/monitoring/reading.ts';

const [metric] = metricsSchema.parse({
  metrics: [
    {
      name: 'errors',
      says: 'errors',
      query: 'rate(errors[$__rate_interval])',
      unit: 'errors/s',
      bad: 'up',
      about: 'service',
      label: 'service',
    },
  ],
}).metrics as [Metric];
const down: Metric = { ...metric, bad: 'down' };
const monday = Date.UTC(2026, 10, 16) / 1_000;
const week = 7 * 86_400;

describe('the hour of the week is UTC, from Monday', () => {
  test.each([
    ['2026-11-16T00:00:00Z', 0],
    ['2026-11-16T00:59:59.999Z', 0],
    ['2026-11-16T01:00:00+01:00', 0],
    ['2026-11-20T10:17:00Z', 106],
    ['2026-11-22T23:59:00Z', 167],
    ['2026-11-22T23:59:00-02:00', 1],
  ])('%s is %i', (at, hour) => {
    expect(hourOfWeek(new Date(at))).toBe(hour);
  });
});

test('every hour of the week has its own mean and deviation', () => {
  const history = [0, 1, 2].flatMap((nth): [number, number][] => [
    [monday + nth * week, 10 + nth],
    [monday + nth * week + 1_800, 10 + nth],
    [monday + nth * week + 3_600, 50],
    [monday + nth * week + 7_199, 50],
  ]);
  const { mean, deviation } = baselineOf(history, metric);
  expect(mean[0]).toBe(11);
  expect(deviation[0]).toBeCloseTo(Math.sqrt(2 / 3));
  expect([mean[1], deviation[1]]).toEqual([50, 1]); // never varied: 2 % of the mean
});

test('an hour never seen, or seen once, takes all hours together', () => {
  const { mean, deviation } = baselineOf(
    [
      [monday, 10],
      [monday + 1, 20],
      [monday + 3_600, 60],
    ],
    metric,
  );
  expect([mean[0], mean[1], mean[99]]).toEqual([15, 30, 30]);
  expect(deviation[99]).toBe(deviation[1]);
});

test('what is no number in the history is passed over, and no history gives no baseline', () => {
  const history: [number, number][] = [Number.NaN, Number.POSITIVE_INFINITY, 4, 4].map((value, nth) => [
    monday + nth,
    value,
  ]);
  expect(baselineOf(history, metric).mean[0]).toBe(4);
  expect(baselineOf([], metric).mean[0]).toBeNaN();
  expect(baselineOf([[monday, 4]], metric).deviation[0]).toBeNaN();
});

describe('a score says how far off in the direction that hurts', () => {
  const at = new Date((monday + week) * 1_000);
  const flat = (value: number): [number, number][] => [-week, 0].map((back) => [monday + back, value]);
  const read = (of: Metric, history: [number, number][], value: number) =>
    score(of, [{ labels: { service: 'shop' }, value, at }], new Map([['shop', baselineOf(history, of)]])).map(
      ({ z }) => z,
    );
  const swinging: [number, number][] = [
    [monday, 8],
    [monday + 1, 12],
  ];
  const rows: [what: string, of: Metric, history: [number, number][], value: number, z: number[]][] = [
    ['above, where up is bad', metric, swinging, 18, [4]],
    ['below, where up is bad', metric, swinging, 2, [-4]],
    ['below, where down is bad', down, swinging, 2, [4]],
    ['above, where down is bad', down, swinging, 18, [-4]],
    ['as usual', metric, swinging, 10, [0]],
    ['off from what never varied', metric, flat(100), 110, [5]],
    ['off from what was always nothing', metric, flat(0), 0.01, [1_000]],
    ['still nothing, as always', metric, flat(0), 0, [0]],
    ['a little, against the floor', { ...metric, floor: 0.05 }, flat(0), 0.1, [2]],
    ['below zero', metric, flat(-50), -52, [-2]],
    ['no number', metric, swinging, Number.NaN, []],
    ['infinite', metric, swinging, Number.POSITIVE_INFINITY, []],
    ['with no history', metric, [], 10, []],
  ];
  test.each(rows)('%s', (_, of, history, value, z) => {
    expect(read(of, history, value)).toEqual(z);
  });

  test('a series without its label, or never seen before, has no score', () => {
    const baselines = new Map([['shop', baselineOf(swinging, metric)]]);
    const samples = [{}, { service: 'other' }].map((labels) => ({ labels, value: 1, at }));
    expect(score(metric, samples as never, baselines)).toEqual([]);
  });
});

test('from 2.8 on a reading is unusual; on the good side none is', () => {
  const reading = (z: number) => ({ z }) as Parameters<typeof isUsual>[0];
  expect([2.79, 2.8, 4, -9].map((z) => isUsual(reading(z)))).toEqual([true, false, false, true]);
});

test('a rate is taken over four cycles, at least a second', () => {
  expect(queryOf(metric, 5_000)).toBe('rate(errors[20s])');
  expect(queryOf(metric, 50)).toBe('rate(errors[1s])');
});
