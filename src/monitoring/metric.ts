// Monitoring: reads metrics, says what is unusual for this hour of this weekday, and raises it once.
// Not why it is so, nor what to do: that is the incident's.
import { z } from 'zod';
import type { Asked } from '../systems/prometheus/columns.ts';
import { alertLabelsSchema } from './alerts/alert.ts';

const metric = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]*$/),
    says: z.string().min(1),
    /** PromQL; `$__rate_interval` becomes four scrape cycles, as in Grafana. */
    query: z.string().min(1),
    unit: z.string(),
    /** The direction that hurts; *either* where leaving what is usual is enough, such as traffic. */
    bad: z.enum(['up', 'down', 'either']),
    /** What each of its series is about, and the label that names it. */
    about: z.enum(['service', 'server']),
    label: z.string().min(1),
    /** What it tells of its subject: *internal* its own resources, *outcome* what its callers see, *load* what is asked of it. */
    role: z.enum(['internal', 'outcome', 'load']).optional(),
    /** Where it is full, in its unit: when it will be is foreseen. */
    limit: z.number().optional(),
    /** The kind of cause it is when it is full, such as full-disk; the metric's name where nothing is said. */
    foretells: z.string().min(1).optional(),
    /** The label that names a container's pod or workload: a pod that lives minutes is judged by its workload. */
    workload: z.string().min(1).optional(),
    /** PromQL of all requests, where this metric counts those that failed: what part of users was hit is told from both. */
    out_of: z.string().min(1).optional(),
    /** More labels that keep series of one subject apart, such as mountpoint; of others the worst stands for all. */
    each: z.array(z.string().min(1)).optional(),
    /** The label that names the service called, where the metric is measured by its callers: each call is judged by itself. */
    calls: z.string().min(1).optional(),
    /** Static thresholds in the metric's unit, for as long as nobody knows what is usual. */
    watch_at: z.number().optional(),
    critical_at: z.number().optional(),
    /** The least standard deviation assumed, as a share of the mean; 0 for what has no natural zero. */
    least_deviation: z.number().nonnegative().default(0.02),
    /** The same in the metric's unit, for what is usually next to nothing: otherwise one error is a catastrophe. */
    floor: z.number().nonnegative().default(0),
  })
  .check(({ value: { bad, watch_at: watch, critical_at: critical, calls, about, ...more }, issues }) => {
    const wrong = (path: string, message: string) =>
      issues.push({ code: 'custom', message, path: [path], input: undefined });
    if (calls !== undefined && (about !== 'service' || (more.workload ?? more.each) !== undefined))
      wrong('calls', 'wants a metric about a service, with neither workload nor each');
    if (bad === 'either' && (watch ?? critical) !== undefined)
      wrong(
        watch === undefined ? 'critical_at' : 'watch_at',
        'a threshold needs a bad direction, up or down',
      );
    if (watch === undefined || critical === undefined || bad === 'either') return;
    if (bad === 'up' ? critical < watch : critical > watch)
      wrong('critical_at', 'wants to be as bad as watch_at or worse');
  });

/** A file of metrics under `manifests/metrics/`, such as the ready set for node_exporter. */
export const metricSetSchema = z.strictObject({ metrics: z.array(metric).min(1) });

export const metricsSchema = z.strictObject({
  metrics: z.array(metric).default([]),
  /** Files of more metrics, from this one's folder: `metrics/node-exporter.yaml`. */
  also: z
    .array(z.string().regex(/^[\w-]+(\/[\w-]+)*\.yaml$/, 'wants a file such as metrics/node-exporter.yaml'))
    .default([]),
  alerts: alertLabelsSchema.prefault({}),
});
export type Metric = z.infer<typeof metric>;

/** What a series is called beside others of its subject: `disk_available`, or with its part `disk_available /var`. */
export function seriesName(name: string, part: string): string {
  return part === '' ? name : `${name} ${part}`;
}

/** The metric of a series called so, and its part; undefined when there is no such metric. */
export function called(metrics: Metric[], series: string): { metric: Metric; part: string } | undefined {
  const [name, ...part] = series.split(' ');
  const metric = metrics.find((one) => one.name === name);
  return metric && { metric, part: part.join(' ') };
}

/** What a series called so is called for people, such as "free disk space (/var)"; what is no metric stays as it is. */
export function saysOf(metrics: Metric[], series: string): string {
  const { metric, part } = called(metrics, series) ?? {};
  if (!metric) return series;
  if (!part) return metric.says;
  return metric.calls === undefined ? `${metric.says} (${part})` : `${metric.says} to ${part}`;
}

/** The same for one subject alone, whatever the query is: its answer is joined with one made-up series of that subject. */
export function queryOfOne(metric: Metric, subject: string, cycleMs: number): string {
  const [label, value] = [JSON.stringify(metric.label), JSON.stringify(subject)];
  return `(${queryOf(metric, cycleMs)}) and on (${metric.label}) label_replace(vector(1), ${label}, ${value}, "", "")`;
}

/** What a source is asked for a metric each cycle. */
export function askedOf(metric: Metric, cycleMs: number): Asked {
  const { name, label, workload, calls, bad } = metric;
  const each = calls === undefined ? metric.each : [calls];
  return {
    name,
    promql: queryOf(metric, cycleMs),
    label,
    workload,
    each,
    worst: bad === 'down' ? 'least' : 'most',
  };
}

/** The metric's query with its rate interval: four cycles, at least one second. */
export function queryOf({ query }: Metric, cycleMs: number): string {
  const seconds = Math.max(1, Math.round((4 * cycleMs) / 1_000));
  return query.replaceAll('$__rate_interval', `${seconds}s`);
}
