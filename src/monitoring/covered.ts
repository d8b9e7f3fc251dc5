import { aboutOf } from '../systems/prometheus/columns.ts';
import type { Prometheus } from '../systems/prometheus/read.ts';
import { askedOf, type Metric, queryOf } from './metric.ts';

/** Which services and servers the metrics of the last hour are about, as the metrics call them. */
export interface Covered {
  services: string[];
  servers: string[];
  /** Metrics that could not be read, each a sentence. */
  unread: string[];
}

const backMs = 3_600_000;
const stepSeconds = 900;

/** Asks for every watched metric of the last hour, one after the other, and says what it is about. */
export async function covered(
  prometheus: Prometheus,
  metrics: Metric[],
  cycleMs: number,
  now: Date,
): Promise<Covered> {
  const found = { service: new Set<string>(), server: new Set<string>() };
  const unread: string[] = [];
  const from = new Date(now.getTime() - backMs);
  for (const metric of metrics) {
    try {
      const series = await prometheus.queryRange(queryOf(metric, cycleMs), from, now, stepSeconds);
      const asked = askedOf(metric, cycleMs);
      for (const { labels } of series) {
        const about = aboutOf(asked, labels);
        if (about) found[metric.about].add(about.subject);
        if (about?.part && metric.calls !== undefined) found.service.add(about.part);
      }
    } catch (error) {
      unread.push(`${metric.says}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { services: [...found.service].sort(), servers: [...found.server].sort(), unread };
}
