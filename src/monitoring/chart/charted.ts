import { aboutOf } from '../../systems/prometheus/columns.ts';
import type { Prometheus } from '../../systems/prometheus/read.ts';
import { askedOf, type Metric, saysOf, seriesName } from '../metric.ts';
import type { Chart } from './chart.ts';

interface Wanted {
  metric: Metric;
  subject: string;
  /** What keeps the series apart from others of its subject; '' where there are none. */
  part: string;
  /** PromQL that answers for this subject, maybe among others: `queryOfOne`, or where that is not understood `queryOf`. */
  query: string;
  unusual: Chart['unusual'];
  /** What was usual at a time; NaN where it is not known. */
  usualAt(at: Date): { mean: number; deviation: number };
  timezone: string;
  now: Date;
  /** From when until `now`, and how far apart; the last three hours minute by minute unless it says. */
  span?: { from: Date; stepSeconds: number };
}

const hours = 3;

/** Reads one series until now for a chart. Throws when it cannot be read. */
export async function readChart(prometheus: Prometheus, wanted: Wanted): Promise<Chart> {
  const { metric, subject, part, query, unusual, usualAt, timezone, now } = wanted;
  const { from, stepSeconds } = wanted.span ?? {
    from: new Date(now.getTime() - hours * 3_600_000),
    stepSeconds: 60,
  };
  const series = await prometheus.queryRange(query, from, now, stepSeconds);
  const asked = askedOf(metric, stepSeconds * 1_000);
  const isIt = ({ labels }: { labels: Record<string, string> }) => {
    const about = aboutOf(asked, labels);
    return about?.subject === subject && about.part === part;
  };
  const values = series.find(isIt)?.values ?? [];
  const points = values.map(([at, value]) => ({ at, value, ...usualAt(new Date(at * 1_000)) }));
  const { unit } = metric;
  const says = saysOf([metric], seriesName(metric.name, part));
  return { says, subject, unit, points: withGaps(points, stepSeconds), unusual, timezone };
}

/** Where nothing was measured for some steps, the line is broken. */
function withGaps(points: Chart['points'], stepSeconds: number): Chart['points'] {
  return points.flatMap((point, place) => {
    const before = points[place - 1];
    const gap = before && point.at - before.at > 3 * stepSeconds;
    return gap ? [{ ...before, at: before.at + stepSeconds, value: Number.NaN }, point] : [point];
  });
}
