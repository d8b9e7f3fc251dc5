// The benches of root causes read and count as they say they do, on fault sets made here.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { byLargestZ, placeOf, within } from '../../bench/causes-score.ts';
import type { Bench } from '../../bench/measure.ts';
import type { Day } from '../../bench/nezha.ts';
import { casesOf, nezha } from '../../bench/nezha-causes.ts';
import { petshop } from '../../bench/petshop.ts';
import { readPetshop } from '../../bench/petshop-read.ts';
import { sockshop } from '../../bench/sockshop.ts';
import { readRuns } from '../../bench/sockshop-read.ts';
import type { Series } from '../../src/incidents/diagnose/telemetry.ts';
import { type Made, seeded, writeRun } from './made-shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'causes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const run = async (bench: Bench, data: string, say = (_: string) => {}) => {
  const lines = await bench({ data, say, seed: undefined, afterwards: () => {} });
  return Object.fromEntries(lines.map(({ metric, value, hits, of }) => [metric, { value, hits, of }]));
};

describe('the score', () => {
  const scored = [
    { node: 'cart', score: 3 },
    { node: 'pay', score: 2 },
    { node: 'user-db', score: 2 },
    { node: 'user', score: 1 },
  ];
  const folded = (node: string) => node.replace(/-db$/, '');
  const rows: [story: string, cause: string, fold: boolean, place: number][] = [
    ['the first', 'cart', false, 1],
    ['ties take the worst', 'pay', false, 3],
    ['what comes after a tie', 'user', false, 4],
    ['a service and its database as one, at the better of the two', 'user', true, 3],
    ['what was not named', 'mail', false, Number.POSITIVE_INFINITY],
  ];
  test.each(rows)('%s', (_, cause, fold, place) => {
    expect(fold ? placeOf(cause, scored, folded) : placeOf(cause, scored)).toBe(place);
  });

  test('a share stands beside its bar', () => {
    expect(within('as1', [1, 2, 1, Number.POSITIVE_INFINITY], 1, 1, 4)).toEqual({
      ...{ metric: 'as1', value: 0.5, unit: 'share', hits: 2, of: 4, against: 'bar 1 of 4', ratio: 2 },
    });
  });

  test('the simplest method takes the largest z of any series, upwards', () => {
    const series = (node: string, last: number): Series => {
      const values = Float64Array.of(1, 3, 1, 3, last, Number.NaN);
      return { node, metric: 'cpu', kind: 'resource', bad: 'up', values };
    };
    const known = { times: Float64Array.from({ length: 6 }, (_, row) => row), onset: 4 };
    expect(byLargestZ({ ...known, series: [series('a', 7), series('b', -9)] })).toEqual([
      { node: 'a', score: 5 },
      { node: 'b', score: -11 },
    ]);
  });
});

describe('a shop as RCAEval and RCD lay it out', () => {
  const made: Made[] = [
    { service: 'carts', fault: 'cpu' },
    { service: 'front-end', fault: 'mem' },
    { service: 'user', fault: 'delay' },
  ];
  const random = seeded(11);
  const dir = join(folder, 'shop');
  made.forEach((one, nth) => {
    const [sign, layout] = nth === 0 ? (['-', 'split'] as const) : (['_', 'whole'] as const);
    writeRun(join(dir, `${one.service}${sign}${one.fault}`, '1'), one, layout, random);
  });
  const runs = readRuns(dir);

  test('service and fault are what stands before and after the last sign', () => {
    expect(runs.map(({ name, cause, fault }) => [name, cause, fault])).toEqual([
      ['carts-cpu/1', 'carts', 'cpu'],
      ['front-end_mem/1', 'front-end', 'mem'],
      ['user_delay/1', 'user', 'delay'],
    ]);
  });

  test('each column is a metric of its service, and of a latency one quantile is', () => {
    for (const { noticed } of runs) {
      const of = (node: string) =>
        noticed(0)
          .series.filter((one) => one.node === node)
          .map(({ metric, kind }) => `${metric} ${kind}`);
      expect(of('front-end')).toEqual([
        ...['cpu resource', 'mem resource', 'lat_90 latency', 'lod traffic', 'err errors'],
      ]);
      expect(of('carts-db')).toEqual(['cpu resource', 'mem resource']);
    }
  });

  test('so many rows after the fault are held to be usual as it is noticed late', () => {
    for (const { noticed } of runs)
      expect([0, 60].map((late) => [noticed(late).onset, noticed(late).times.length])).toEqual([
        [300, 600],
        [360, 600],
      ]);
  });

  test('other names: latency in milliseconds of Istio, a time stamp told twice, empty and endless cells', () => {
    const there = join(folder, 'istio', 'ts-auth-service_delay', '7');
    mkdirSync(there, { recursive: true });
    const head = 'time,ts-auth-service_latency-50,ts-auth-service_latency-90,ts-auth-service_diskio,time.1';
    const rows = ['1690000000000,1,2,,1', '1690000001000,inf,nan,3,2', '1690000002000,5,6,7,3'];
    writeFileSync(join(there, 'simple_data.csv'), [head, ...rows].join('\n'));
    writeFileSync(join(there, 'inject_time.txt'), '1690000002');
    const [one] = readRuns(join(folder, 'istio'));
    const { times, onset, series } = one?.noticed(0) ?? { times: [], onset: 0, series: [] };
    expect([...times, onset]).toEqual([1_690_000_000, 1_690_000_001, 1_690_000_002, 2]);
    expect(series.map(({ metric, values }) => [metric, ...values])).toEqual([
      ['latency-90', 2, Number.NaN, 6],
      ['diskio', Number.NaN, 3, 7],
    ]);
  });

  test('the bench names them all, at once and a minute late', async () => {
    const shown = await run(sockshop, dir);
    expect(shown).toMatchObject({
      avg5_lag0: { value: 1, hits: 15, of: 15 },
      avg5_lag60: { value: 1, hits: 15, of: 15 },
      avg5_lag60_delay: { value: 1, hits: 5, of: 5 },
    });
    expect(Object.keys(shown)).toEqual(expect.arrayContaining(['dumb_avg5_lag0', 'diagnose_ms_p95']));
  });
});

describe('a shop as PetShop lays it out', () => {
  const dir = join(folder, 'pets');
  const nodes = ['site', 'search', 'table'];
  const wave = (nth: number, row: number) => 10 + Math.sin(12.9898 * (nth + 1) + 78.233 * row * (nth + 2));
  const write = (name: string, rows: number, cell: (nth: number, row: number) => string) => {
    mkdirSync(join(dir, name), { recursive: true });
    const columns = nodes.flatMap((node) => [
      [node, 'latency', 'Average'],
      [node, 'latency', 'p99'],
      [node, 'requests', 'Sum'],
    ]);
    const head = ['microservice', 'metric', 'statistic'].map((one, nth) =>
      [one, ...columns.map((column) => column[nth])].join(','),
    );
    const lines = Array.from({ length: rows }, (_, row) =>
      [1_700_000_000 + 300 * row, ...columns.map((_, nth) => cell(nth, row))].join(','),
    );
    const clock = `unix_timestamp${','.repeat(columns.length)}`;
    writeFileSync(join(dir, name, 'metrics.csv'), [...head, clock, ...lines, ''].join('\n'));
  };
  write('noissue', 100, (nth, row) => (row === 7 ? '' : String(wave(nth, row))));
  const sick = [0, 0, 30, 50, 40];
  write('train/issue_0', 5, (nth, row) => String(wave(nth, row) + (nth === 8 ? 0 : (sick[row] ?? 0))));
  const target = { node: 'site', metric: 'latency', agg: 'Average', timestamp: 1 };
  const label = { target, root_cause: { node: 'table', metric: null }, metadata: { not: 'read' } };
  writeFileSync(join(dir, 'train/issue_0/target.json'), JSON.stringify(label));
  const graph = [',site,search,table', 'site,0.0,1.0,0.0', 'search,0.0,0.0,1.0', 'table,0.0,0.0,0.0'];
  writeFileSync(join(dir, 'graph.csv'), graph.join('\n'));

  test('rows without an issue are usual, the five of the issue are not; calls go from the row to the column', () => {
    const [issue] = readPetshop(dir).issues;
    expect(issue?.cause).toBe('table');
    expect(issue?.known).toMatchObject({
      onset: 100,
      symptom: { node: 'site', metric: 'latency' },
      calls: [
        { caller: 'site', callee: 'search' },
        { caller: 'search', callee: 'table' },
      ],
    });
    expect(issue?.known.series.map(({ node, metric }) => `${node} ${metric}`)).toEqual(
      nodes.flatMap((node) => [`${node} latency`, `${node} requests`]),
    );
    expect(issue?.known.series[0]?.values).toHaveLength(105);
    expect(issue?.known.series[0]?.values[7]).toBeNaN();
  });

  test('the bench names the deepest, and says that nothing is wrong where nothing is', async () => {
    expect(await run(petshop, dir)).toMatchObject({
      top1: { value: 1, hits: 1, of: 1 },
      // Rows 50, 60, … 90 to the end; and five rows each from 50, 55, … 95.
      latency_specificity: { value: 1, hits: 5, of: 5 },
      specificity_5rows: { value: 1, hits: 10, of: 10 },
    });
  });
});

test('of a day as Nezha lays it out a case has the rows before the fault and 240 s of it, by the second of each row', () => {
  const from = Date.UTC(2026, 0, 5, 3) / 60_000;
  const minutes = Array.from({ length: 30 }, (_, nth) => from + nth);
  const day: Day = {
    name: '2026-01-05',
    columns: [
      { service: 'shop', callee: 'cart', name: 'caller_latency', values: new Map([[from, 5]]) },
      { service: 'cart', name: 'cpuusage(m)', values: new Map() },
      { service: 'cart', name: 'nodecpuusagerate(%)', values: new Map() },
    ],
    minutes,
    clock: new Map(minutes.map((minute) => [minute, minute * 60 + 20])),
  };
  const fault = {
    inject_time: '2026-01-05 03:10:20',
    inject_pod: 'cart-6cfdd55578-gfj6q',
    inject_timestamp: '1',
  };
  mkdirSync(join(folder, day.name));
  writeFileSync(join(folder, day.name, `${day.name}-fault_list.json`), JSON.stringify({ '03': [fault] }));
  const [one] = casesOf(folder, day);
  expect(one?.cause).toBe('cart');
  const { times, onset, series } = one?.known ?? { times: [], onset: -1, series: [] };
  expect([times.length, onset, times.at(-1)]).toEqual([15, 10, (from + 14) * 60 + 20]);
  expect(series.map(({ node, caller, metric, kind }) => [node, caller, metric, kind])).toEqual([
    ['cart', 'shop', 'latency', 'latency'],
    ['cart', undefined, 'cpu_used', 'resource'],
  ]);
});

test('without data each says in one line where to get it, and prints nothing', async () => {
  for (const bench of [petshop, sockshop, nezha]) {
    const say = vi.fn();
    expect(await run(bench, join(folder, 'nothing'), say)).toEqual({});
    expect(say.mock.calls).toEqual([[expect.stringMatching(/^\w+: .*github\.com.*--data DIR\.$/)]]);
  }
});
