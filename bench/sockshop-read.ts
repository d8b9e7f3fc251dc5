// Runs of a shop with one fault each, laid out as RCAEval and RCD have them: a folder SERVICE_FAULT or SERVICE-FAULT, a
// folder for each run, and in it normal.csv and anomalous.csv, or data.csv (or simple_data.csv) and inject_time.txt.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Series, Telemetry } from '../src/incidents/diagnose/telemetry.ts';

/** One run, and for the scorer alone which service the fault was in. */
export interface Run {
  name: string;
  fault: string;
  cause: string;
  /** What was known when the fault was noticed so many seconds late: rows since then are of the failure, all before usual. */
  noticed(lateSeconds: number): Telemetry;
}

/** Where to get the data, when it is not there. */
export const fromWhere =
  'Get a data set of RCAEval (https://github.com/phamquiluan/RCAEval, sock-shop-1.zip or sock-shop-2.zip of https://zenodo.org/records/13305663; as published also https://github.com/azamikram/rcd, sock-shop-data) and give the folder that holds carts_cpu/1 or carts-cpu/1 with --data DIR.';

/** Every run below the folder, by path; none when there is no such folder. Throws when a file is no such CSV. */
export function readRuns(dir: string): Run[] {
  const marks = globSync('**/{anomalous.csv,inject_time.txt}', { cwd: dir });
  const folders = [...new Set(marks.map((file) => dirname(file.replaceAll('\\', '/'))))].sort();
  return folders.flatMap((folder) => {
    const rows = rowsOf(join(dir, folder));
    const [, cause, fault] = /^(.+)[-_]([^-_]+)$/.exec(basename(dirname(folder))) ?? [];
    return rows && cause && fault ? [runOf(folder, cause, fault, rows)] : [];
  });
}

function runOf(name: string, cause: string, fault: string, { times, series, injected }: Rows): Run {
  const began = times[injected] as number;
  return {
    ...{ name, fault, cause },
    noticed: (lateSeconds) => {
      const onset = times.findIndex((time, row) => row >= injected && time >= began + lateSeconds);
      return { times, onset: onset < 0 ? times.length : onset, series };
    },
  };
}

interface Rows {
  times: Float64Array;
  series: Series[];
  /** The first row with the fault. */
  injected: number;
}

function rowsOf(folder: string): Rows | undefined {
  const read = (file: string) => readTable(readFileSync(join(folder, file), 'utf8'));
  const has = (file: string) => existsSync(join(folder, file));
  if (has('anomalous.csv') && has('normal.csv')) {
    const [before, after] = [read('normal.csv'), read('anomalous.csv')];
    return together(before, after, before.times.length);
  }
  const data = ['data.csv', 'simple_data.csv'].find(has);
  if (!data || !has('inject_time.txt')) return undefined;
  const at = Number.parseFloat(readFileSync(join(folder, 'inject_time.txt'), 'utf8'));
  const all = read(data);
  const injected = all.times.findIndex((time) => time >= at);
  return injected < 0 ? undefined : together(all, { times: [], columns: new Map() }, injected);
}

interface Table {
  /** Unix seconds. */
  times: number[];
  columns: Map<string, number[]>;
}

function readTable(text: string): Table {
  const [head = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const clock = head.findIndex((name) => /^(time|timestamp)$/i.test(name));
  const times = rows.map((row, nth) => (clock < 0 ? nth : secondsOf(row[clock] ?? '')));
  const columns = head.flatMap((name, at): [string, number[]][] =>
    // Telling time twice, or numbering rows, is no metric.
    isClock(name) ? [] : [[name, rows.map((row) => (row[at] ? Number(row[at]) : Number.NaN))]],
  );
  return { times, columns: new Map(columns) };
}

function isClock(name: string): boolean {
  return name === '' || /^(time|timestamp)(\.\d+)?$/i.test(name);
}

function secondsOf(cell: string): number {
  const number = Number(cell);
  if (Number.isNaN(number)) return Date.parse(cell) / 1_000;
  // Some tell milliseconds.
  return number > 1e11 ? number / 1_000 : number;
}

function together(before: Table, after: Table, injected: number): Rows {
  const times = Float64Array.from([...before.times, ...after.times]);
  const gap = (table: Table) => table.times.map(() => Number.NaN);
  const names = [...new Set([...before.columns.keys(), ...after.columns.keys()])];
  const series = declared(names).map((one) => {
    const values = [
      ...(before.columns.get(one.name) ?? gap(before)),
      ...(after.columns.get(one.name) ?? gap(after)),
    ];
    return { ...one.is, values: Float64Array.from(values) };
  });
  return { times, series, injected };
}

interface Declared {
  name: string;
  is: Omit<Series, 'values'>;
}

/** What each column is, as a metrics manifest would say it: SERVICE_METRIC, and one quantile of a latency, not three. */
function declared(names: string[]): Declared[] {
  const all = names.flatMap((name): Declared[] => {
    const cut = name.indexOf('_');
    if (cut < 1) return [];
    const metric = name.slice(cut + 1);
    return [{ name, is: { node: name.slice(0, cut), metric, ...kindOf(metric) } }];
  });
  const quantiles = Map.groupBy(
    all.filter(({ is }) => is.kind === 'latency'),
    ({ is }) => is.node,
  );
  return all.filter(({ name, is }) => {
    if (is.kind !== 'latency') return true;
    const best = quantiles
      .get(is.node)
      ?.toSorted((a, b) => preference(a.is.metric) - preference(b.is.metric))[0];
    return best?.name === name;
  });
}

function preference(metric: string): number {
  const quantile = /(\d+)$/.exec(metric)?.[1];
  const place = ['90', '95', '99', '50'].indexOf(quantile ?? '90');
  return place < 0 ? 4 : place;
}

function kindOf(metric: string): Pick<Series, 'kind' | 'bad'> {
  if (/lat|duration|response/i.test(metric)) return { kind: 'latency', bad: 'up' };
  if (/err|fail|5xx/i.test(metric)) return { kind: 'errors', bad: 'up' };
  if (/lod|load|request|rps|qps/i.test(metric)) return { kind: 'traffic', bad: 'either' };
  if (/cpu|mem|disk|io|fs|socket/i.test(metric)) return { kind: 'resource', bad: 'up' };
  return { kind: 'unknown', bad: 'up' };
}
