import type { Prometheus, Series } from '../systems/prometheus/read.ts';
import { type Baseline, baselineOf } from './baseline.ts';
import { type Metric, queryOf } from './metric.ts';

/** By metric name, then by subject. */
export type Baselines = Map<string, Map<string, Baseline>>;

const days = 21;
const stepSeconds = 300;

/** Reads three weeks of every metric and says what is usual. The last hour is left out: it may be the incident's. */
export async function learn(
  prometheus: Prometheus,
  metrics: Metric[],
  cycleMs: number,
  now: Date,
): Promise<Baselines> {
  const to = new Date(now.getTime() - 3_600_000);
  const from = new Date(to.getTime() - days * 86_400_000);
  const learnt: Baselines = new Map();
  for (const metric of metrics) {
    const history = await prometheus.queryRange(queryOf(metric, cycleMs), from, to, stepSeconds);
    learnt.set(metric.name, bySubject(metric, history));
  }
  return learnt;
}

function bySubject(metric: Metric, history: Series[]): Map<string, Baseline> {
  const found = new Map<string, Baseline>();
  for (const { labels, values } of history) {
    const subject = labels[metric.label];
    if (subject !== undefined) found.set(subject, baselineOf(values, metric));
  }
  return found;
}
