import { askedOf, type Metric, queryOf } from '../../monitoring/metric.ts';
import { aboutOf } from '../../systems/prometheus/columns.ts';
import type { Prometheus, Series } from '../../systems/prometheus/read.ts';
import { type About, collected, type Found } from './gathered.ts';

/** The recent values of one series, every cycle. */
export interface Past {
  metric: Metric;
  subject: string;
  /** What keeps it apart from others of its subject, such as the service called; '' where there are none. */
  part: string;
  /** Unix seconds and value, oldest first. */
  values: [number, number][];
}

/** How many cycles before the onset are looked at as what was usual. */
const backCycles = 120;
const most = 4_000;

/**
 * What every metric of these services and servers was from 120 cycles before the onset on, one value a cycle. A metric
 * that cannot be read is named; of more than 4,000 series the rest is left out and said.
 */
export function past(
  prometheus: Prometheus,
  metrics: Metric[],
  subjects: string[],
  about: About,
): Promise<Found<Past>> {
  const { onset, now: to, cycleMs } = about;
  const from = new Date(onset.getTime() - backCycles * cycleMs);
  const query = `all metrics of ${subjects.join(', ')}, every ${cycleMs / 1_000} s`;
  return collected({ ...about, source: 'Where it begins', query, range: { from, to } }, async () => {
    const wanted = new Set(subjects);
    const read = await Promise.allSettled(
      metrics.map(async (metric) => {
        const series = await prometheus.queryRange(queryOf(metric, cycleMs), from, to, cycleMs / 1_000);
        return pastOf(metric, series, cycleMs).filter(({ subject }) => wanted.has(subject));
      }),
    );
    const all = read.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const lost = metrics.filter((_, nth) => read[nth]?.status === 'rejected').map(({ says }) => says);
    if (lost.length === metrics.length) throw reasonOf(read);
    const items = all.slice(0, most);
    const minutes = Math.round((to.getTime() - from.getTime()) / 60_000);
    const left = all.length > most ? `, of ${all.length}` : '';
    const missing = lost.length > 0 ? ` (not read: ${lost.join(', ')})` : '';
    const found = `${items.length} series${left} over ${minutes} min${missing}`;
    return { items, found, nothing: lost.length === 0 };
  });
}

function pastOf(metric: Metric, series: Series[], cycleMs: number): Past[] {
  const asked = askedOf(metric, cycleMs);
  return series.flatMap(({ labels, values }) => {
    const about = aboutOf(asked, labels);
    return about ? [{ metric, ...about, values }] : [];
  });
}

function reasonOf(read: PromiseSettledResult<unknown>[]): unknown {
  return read.find((one) => one.status === 'rejected')?.reason ?? new Error('there are no metrics.');
}
