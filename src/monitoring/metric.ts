// Monitoring: reads metrics, says what is unusual for this hour of this weekday, and raises it once.
// Not why it is so, nor what to do: that is the incident's.
import { z } from 'zod';

const metric = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  says: z.string().min(1),
  /** PromQL; `$__rate_interval` becomes four scrape cycles, as in Grafana. */
  query: z.string().min(1),
  unit: z.string(),
  bad: z.enum(['up', 'down']),
  /** What each of its series is about, and the label that names it. */
  about: z.enum(['service', 'server']),
  label: z.string().min(1),
  /** The least standard deviation assumed, as a share of the mean. */
  least_deviation: z.number().positive().default(0.02),
  /** The same in the metric's unit, for what is usually next to nothing: otherwise one error is a catastrophe. */
  floor: z.number().nonnegative().default(0),
});

export const metricsSchema = z.strictObject({ metrics: z.array(metric).min(1) });
export type Metric = z.infer<typeof metric>;

/** The metric's query with its rate interval: four cycles, at least one second. */
export function queryOf({ query }: Metric, cycleMs: number): string {
  const seconds = Math.max(1, Math.round((4 * cycleMs) / 1_000));
  return query.replaceAll('$__rate_interval', `${seconds}s`);
}
