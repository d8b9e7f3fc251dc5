// What every bench needs: a line for each metric, percentiles, and what machine it ran on.
// Not a bench itself.
import { availableParallelism, totalmem } from 'node:os';

/** One line on standard output. */
export interface Metric {
  bench: string;
  metric: string;
  value: number;
  unit: string;
  /** What the value is held against, such as `bar 150 ms`; null when nothing is. */
  against: string | null;
  /** value ÷ what it is held against. */
  ratio: number | null;
  /** Of a share: what was counted, and of how many. */
  hits?: number;
  of?: number;
  machine: string;
}

export interface Options {
  /** Where data sets lie, for the benches that read one. */
  data: string | undefined;
  /** Whole number from which everything random follows; undefined: the bench's own. */
  seed: number | undefined;
  /** Progress, for people. */
  say(line: string): void;
  /** Has something undone after the bench, the latest first, also when it fails or is stopped. */
  afterwards(undo: () => unknown): void;
}

export type Bench = (options: Options) => Promise<Omit<Metric, 'bench' | 'machine'>[]>;

/** Such as `2 cores, 24 GB, node 24.21`. */
export function machine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores, ${gigabytes} GB, node ${process.versions.node.split('.', 2).join('.')}`;
}

/** The value that `share` of all values do not exceed (nearest rank); NaN of none. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** A 95th percentile in milliseconds beside its bar, and the median for comparison. */
export function latency(
  metric: string,
  values: number[],
  barMs?: number,
): Omit<Metric, 'bench' | 'machine'>[] {
  const p95 = percentile(values, 0.95);
  const held = barMs === undefined ? {} : { against: `bar ${barMs} ms`, ratio: p95 / barMs };
  const free = { unit: 'ms', against: null, ratio: null };
  return [
    { metric: `${metric}_p95`, value: p95, ...free, ...held },
    { metric: `${metric}_p50`, value: percentile(values, 0.5), ...free },
  ];
}
