// Reads a fault set laid out as Nezha's: a folder for each day, with a fault list, metrics for each pod and latencies
// for each call. Labels stand apart from what is measured.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One injected fault, for the scorer alone. */
export interface Fault {
  /** Unix seconds. */
  at: number;
  service: string;
}

/** One column of one pod's service, or of one call, by minute. */
export interface Column {
  /** The service, or for a call its caller. */
  service: string;
  callee?: string;
  name: string;
  /** Minute (unix seconds ÷ 60) → value. */
  values: Map<number, number>;
}

export interface Day {
  name: string;
  columns: Column[];
  /** The minutes in which anything was measured, first to last. */
  minutes: number[];
  /** Minute → the unix seconds at which the last of it was measured. */
  clock: Map<number, number>;
}

/** The days of a folder, in order; a sentence when there are not two at least. */
export function readDays(folder: string): Day[] | string {
  const names = existsSync(folder)
    ? readdirSync(folder).filter((one) => existsSync(join(folder, one, 'metric')))
    : [];
  if (names.length < 2)
    return `In ${folder} there are no two days of faults: it wants the folders of github.com/IntelligentDDS/Nezha (rca_data/<date> with its metric folder and fault list); say where with --data DIR.`;
  return names.sort().map((name) => readDay(folder, name));
}

/** The faults of a day, by time. */
export function readFaults(folder: string, { name }: Day): Fault[] {
  const text = readFileSync(join(folder, name, `${name}-fault_list.json`), 'utf8');
  const hours = JSON.parse(text) as Record<string, { inject_time: string; inject_pod: string }[]>;
  return Object.values(hours)
    .flat()
    .map((one) => ({ at: secondsOf(one.inject_time), service: serviceOf(one.inject_pod) }))
    .sort((a, b) => a.at - b.at);
}

function readDay(folder: string, name: string): Day {
  const metric = join(folder, name, 'metric');
  const pods = readdirSync(metric).filter((file) => file.endsWith('_metric.csv'));
  const tables = pods.sort().map((file) => table(readFileSync(join(metric, file), 'utf8')));
  const calls = table(readFileSync(join(metric, 'source_50.csv'), 'utf8'));
  const columns = [...tables.flatMap(podColumns), ...callColumns(calls, 'caller_latency')];
  const minutes = [...new Set(columns.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b);
  return { name, columns, minutes, clock: clockOf([...tables, calls]) };
}

function clockOf(tables: Table[]): Map<number, number> {
  const clock = new Map<number, number>();
  for (const { rows } of tables)
    for (const { minute, second } of rows) clock.set(minute, Math.max(second, clock.get(minute) ?? 0));
  return clock;
}

function podColumns({ head, rows }: Table): Column[] {
  const pod = head.indexOf('podname');
  const service = serviceOf(rows[0]?.cells[pod] ?? '');
  return head.flatMap((name, nth) =>
    nth === pod || isClock(name) ? [] : [{ service, name, values: valuesOf(rows, nth) }],
  );
}

function callColumns({ head, rows }: Table, name: string): Column[] {
  return head.flatMap((call, nth) => {
    const [service, callee] = call.split('_');
    if (isClock(call) || !service || !callee) return [];
    return [{ service, callee, name, values: valuesOf(rows, nth) }];
  });
}

interface Table {
  head: string[];
  rows: Row[];
}

interface Row {
  minute: number;
  /** Unix seconds. */
  second: number;
  cells: string[];
}

function table(text: string): Table {
  const [first = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const head = first.split(',').map((cell) => cell.trim().toLowerCase());
  const clock = head.indexOf('time');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    const second = secondsOf(cells[clock] ?? '');
    return { minute: Math.floor(second / 60), second, cells };
  });
  return { head, rows: rows.filter(({ minute }) => Number.isFinite(minute)) };
}

function valuesOf(rows: Row[], nth: number): Map<number, number> {
  const read = rows.map(({ minute, cells }): [number, number] => {
    const cell = cells[nth]?.trim() ?? '';
    return [minute, cell === '' ? Number.NaN : Number(cell)];
  });
  return new Map(read.filter(([, value]) => Number.isFinite(value)));
}

function isClock(name: string): boolean {
  return name === 'time' || name === 'timestamp';
}

/** Unix seconds of the first 19 characters, as UTC. */
function secondsOf(text: string): number {
  return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`) / 1_000;
}

function serviceOf(pod: string): string {
  return pod.split('-').slice(0, -2).join('-');
}
