import { aboutOf } from '../systems/prometheus/columns.ts';
import type { Prometheus, Series } from '../systems/prometheus/read.ts';
import { askedOf, type Metric, queryOf } from './metric.ts';
import type { Learnt, Sight } from './sight.ts';

const days = 21;
const stepSeconds = 300;

interface Learning {
  cycleMs: number;
  sight: Sight;
  now: Date;
  /** How far it is known already, in unix seconds; undefined when nothing is. */
  since: number | undefined;
  /** Is told of every sample. */
  learnt?: Learnt | undefined;
}

/**
 * Lets a sight learn every metric from where it is known, at most three weeks. The last hour is left out: it may be
 * the incident's. Returns how far it is known then, in unix seconds. Throws what the source said when the history
 * cannot be read.
 */
export async function learn(
  prometheus: Pick<Prometheus, 'queryRange'>,
  metrics: Metric[],
  { cycleMs, sight, now, since, learnt }: Learning,
): Promise<number> {
  const to = new Date(now.getTime() - 3_600_000);
  const from = new Date(Math.max(to.getTime() - days * 86_400_000, ((since ?? 0) + stepSeconds) * 1_000));
  if (from >= to) return since ?? 0;
  for (const metric of metrics) {
    const history = await prometheus.queryRange(queryOf(metric, cycleMs), from, to, stepSeconds);
    for (const { subject, part, values } of bySeries(metric, cycleMs, history))
      sight.learn({ metric: metric.name, subject, part }, values, learnt);
  }
  return to.getTime() / 1_000;
}

export interface Past {
  subject: string;
  part: string;
  /** Unix seconds and value. */
  values: [number, number][];
}

/** Of several series that are not kept apart the worst at each time stands for all, as in a cycle. */
export function bySeries(metric: Metric, cycleMs: number, history: Series[]): Past[] {
  const asked = askedOf(metric, cycleMs);
  const found = new Map<string, Past>();
  for (const { labels, values } of history) {
    const about = aboutOf(asked, labels);
    if (!about) continue;
    const key = `${about.subject}\n${about.part}`;
    const before = found.get(key)?.values;
    found.set(key, { ...about, values: before ? worst(before, values, asked.worst) : values });
  }
  return [...found.values()];
}

function worst(a: [number, number][], b: [number, number][], which: 'most' | 'least'): [number, number][] {
  const at = new Map(a);
  const pick = which === 'most' ? Math.max : Math.min;
  for (const [time, value] of b) at.set(time, pick(at.get(time) ?? value, value));
  return [...at].sort(([one], [other]) => one - other);
}
