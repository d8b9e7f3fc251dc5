import type { Prometheus } from '../systems/prometheus/read.ts';
import { type Baselines, learn } from './learn.ts';
import { type Metric, queryOf } from './metric.ts';
import { type Reading, score } from './reading.ts';

export interface Scraped {
  readings: Reading[];
  /** Metrics that could not be read, each a sentence: missing data is said, never read as healthy. */
  missing: string[];
}

export interface Monitor {
  metrics: Metric[];
  cycleMs: number;
  /** Reads and scores every metric as it is at `now`. */
  scrape(now: Date): Promise<Scraped>;
}

/** Learns what is usual and gives a monitor that scores against it. Throws when the history cannot be read. */
export async function openMonitor(
  prometheus: Prometheus,
  metrics: Metric[],
  cycleMs: number,
  now: Date,
): Promise<Monitor> {
  const baselines = await learn(prometheus, metrics, cycleMs, now);
  return { metrics, cycleMs, scrape: (at) => scrape(prometheus, metrics, baselines, cycleMs, at) };
}

async function scrape(
  prometheus: Prometheus,
  metrics: Metric[],
  baselines: Baselines,
  cycleMs: number,
  at: Date,
): Promise<Scraped> {
  const asked = metrics.map((metric) => prometheus.query(queryOf(metric, cycleMs), at));
  const answers = await Promise.allSettled(asked);
  const readings: Reading[] = [];
  const missing: string[] = [];
  answers.forEach((answer, place) => {
    const metric = metrics[place] as Metric;
    if (answer.status === 'rejected')
      missing.push(`${metric.name} could not be read: ${String(answer.reason?.message ?? answer.reason)}`);
    else readings.push(...score(metric, answer.value, baselines.get(metric.name) ?? new Map()));
  });
  return { readings, missing };
}
