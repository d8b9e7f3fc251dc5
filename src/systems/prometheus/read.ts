// Prometheus, read: instant and range queries over its HTTP API.
// Not a query builder and not a baseline: what to ask and what it means is monitoring's.
import { z } from 'zod';
import { type Access, ask } from '../http.ts';
import { explain, goNumber } from './wording.ts';

export interface Sample {
  labels: Record<string, string>;
  value: number;
  at: Date;
}

export interface Series {
  labels: Record<string, string>;
  /** Unix seconds and value, oldest first. */
  values: [number, number][];
}

export interface Prometheus {
  /** The value of every series of `promql` at `at`. */
  query(promql: string, at: Date): Promise<Sample[]>;
  /** The values of every series of `promql` from `from` to `to`, both included, every `stepSeconds`. */
  queryRange(promql: string, from: Date, to: Date, stepSeconds: number): Promise<Series[]>;
}

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const vector = z.object({
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: labels, value: point })),
  }),
});
const matrix = z.object({
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: labels, values: z.array(point) })),
  }),
});

const mostPoints = 11_000;
const longestSeconds = 7 * 24 * 3600;

/** A client of the Prometheus at `access`. Its methods throw `SystemFailed` with Prometheus' own words. */
export function openPrometheus(access: Access): Prometheus {
  const read = <T>(path: string, query: Record<string, string | number>, shape: z.ZodType<T>) =>
    ask('Prometheus', access, { path, query, explain }, shape);
  return {
    async query(promql, at) {
      const { data } = await read('/api/v1/query', { query: promql, time: seconds(at) }, vector);
      return data.result.map(({ metric, value: [time, value] }) => {
        return { labels: metric, value: goNumber(value), at: new Date(Math.round(time * 1000)) };
      });
    },
    async queryRange(promql, from, to, stepSeconds) {
      const joined = new Map<string, Series>();
      for (const page of pages(seconds(from), seconds(to), stepSeconds)) {
        const { data } = await read(
          '/api/v1/query_range',
          { query: promql, ...page, step: stepSeconds },
          matrix,
        );
        for (const { metric, values } of data.result) append(joined, metric, values);
      }
      return [...joined.values()];
    },
  };
}

/** Prometheus refuses more than 11,000 points a series, so a long range is asked for in windows of at most a week. */
function* pages(start: number, end: number, step: number): Generator<{ start: number; end: number }> {
  const steps = Math.max(1, Math.min(Math.floor(longestSeconds / step), mostPoints));
  const count = Math.floor((end - start) / step + 1e-6);
  for (let first = 0; first <= count; first += steps) {
    const last = Math.min(first + steps - 1, count);
    yield { start: rounded(start + first * step), end: rounded(start + last * step) };
  }
}

function append(
  joined: Map<string, Series>,
  metric: Record<string, string>,
  values: [number, string][],
): void {
  const key = JSON.stringify(Object.entries(metric).sort());
  const series = joined.get(key) ?? { labels: metric, values: [] };
  for (const [time, value] of values) series.values.push([time, goNumber(value)]);
  joined.set(key, series);
}

function seconds(at: Date): number {
  return at.getTime() / 1000;
}

function rounded(time: number): number {
  return Math.round(time * 1000) / 1000;
}
