// The issues of PetShop, a folder of one traffic scenario: its call graph, a fault-free stretch and the issues.
// Labels stand apart from what is measured, and `metadata` is never read.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Call, Series, Telemetry } from '../src/incidents/diagnose/telemetry.ts';
import type { Case } from './causes-score.ts';

export interface Issue extends Case {
  name: string;
  symptom: Symptom;
}

export interface Shop {
  issues: Issue[];
  /** How many rows the fault-free stretch has. */
  rows: number;
  /** That stretch cut at row `from`; the rows from there to `to`, exclusive, are looked at as if an issue were there. */
  calm(symptom: Symptom, from: number, to: number): Telemetry;
}

export type Symptom = z.infer<typeof targetSchema>['target'];

const targetSchema = z.object({
  target: z.object({ node: z.string(), metric: z.string(), agg: z.string() }),
  root_cause: z.object({ node: z.string() }),
});

/** Where to get the data, when it is not there. */
export const fromWhere =
  'PetShop is not there: get dataset/low_traffic from https://github.com/amazon-science/petshop-root-cause-analysis and give the folder with graph.csv with --data DIR.';

export function hasPetshop(dir: string): boolean {
  return existsSync(join(dir, 'graph.csv'));
}

/** Everything in the folder, issues by name. Throws when a file is not as it should be. */
export function readPetshop(dir: string): Shop {
  const calls = readCalls(readFileSync(join(dir, 'graph.csv'), 'utf8'));
  const calm = readTable(readFileSync(join(dir, 'noissue', 'metrics.csv'), 'utf8'));
  const folders = globSync('{train,test}/*/target.json', { cwd: dir })
    .map((file) => file.replaceAll('\\', '/').replace('/target.json', ''))
    .sort();
  const issues = folders.map((name) => {
    const label = targetSchema.parse(JSON.parse(readFileSync(join(dir, name, 'target.json'), 'utf8')));
    const sick = readTable(readFileSync(join(dir, name, 'metrics.csv'), 'utf8'));
    const known = telemetryOf(calm, sick, calls, label.target);
    return { name, symptom: label.target, known, cause: label.root_cause.node };
  });
  return {
    issues,
    calm: (symptom, from, to) => telemetryOf(cut(calm, 0, from), cut(calm, from, to), calls, symptom),
    rows: calm.times.length,
  };
}

interface Table {
  times: number[];
  /** By node, metric and statistic. */
  columns: Map<string, { node: string; metric: string; statistic: string; values: number[] }>;
}

function readTable(text: string): Table {
  const [nodes = [], metrics = [], statistics = [], , ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  const columns = nodes.slice(1).map((node, nth) => {
    const at = nth + 1;
    const values = rows.map((row) => (row[at]?.trim() ? Number(row[at]) : Number.NaN));
    return { node, metric: metrics[at] ?? '', statistic: statistics[at] ?? '', values };
  });
  return {
    times: rows.map(([time]) => Number(time)),
    columns: new Map(columns.map((one) => [`${one.node} ${one.metric} ${one.statistic}`, one])),
  };
}

function cut({ times, columns }: Table, from: number, to: number): Table {
  const parts = [...columns].map(
    ([key, one]) => [key, { ...one, values: one.values.slice(from, to) }] as const,
  );
  return { times: times.slice(from, to), columns: new Map(parts) };
}

/** What each metric is, as a metrics manifest would say it; availability is a share of calls that succeed. */
const manifest: Record<string, Pick<Series, 'kind' | 'bad'>> = {
  latency: { kind: 'latency', bad: 'up' },
  availability: { kind: 'errors', bad: 'down' },
  requests: { kind: 'traffic', bad: 'either' },
};

/** One quantile of a latency, not five: the statistic in which the symptom was noticed; requests are a sum. */
function telemetryOf(calm: Table, sick: Table, calls: Call[], { node, metric, agg }: Symptom): Telemetry {
  const gap = (table: Table) => table.times.map(() => Number.NaN);
  const keys = [...new Set([...calm.columns.keys(), ...sick.columns.keys()])];
  const series = keys.flatMap((key): Series[] => {
    const [before, after] = [calm.columns.get(key), sick.columns.get(key)];
    const one = before ?? after;
    const kind = one && manifest[one.metric];
    if (!kind || (one.statistic !== agg && one.metric !== 'requests')) return [];
    const values = [...(before?.values ?? gap(calm)), ...(after?.values ?? gap(sick))];
    return [{ node: one.node, metric: one.metric, ...kind, values: Float64Array.from(values) }];
  });
  const times = Float64Array.from([...calm.times, ...sick.times]);
  return { times, onset: calm.times.length, series, calls, symptom: { node, metric } };
}

function readCalls(text: string): Call[] {
  const [head = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return rows.flatMap(([caller = '', ...cells]) =>
    cells.flatMap((cell, nth) => (Number(cell) > 0 ? [{ caller, callee: head[nth + 1] ?? '' }] : [])),
  );
}
