import { mean, standardDeviation } from 'simple-statistics';
import type { Metric } from './metric.ts';

const hoursOfWeek = 168;

/** Mean and standard deviation of one series for each hour of the week (UTC, 0 = Monday 00:00). */
export interface Baseline {
  mean: Float64Array;
  deviation: Float64Array;
}

/** The hour of the week of a time, 0–167, Monday 00:00 UTC first. */
export function hourOfWeek(at: Date): number {
  return ((at.getUTCDay() + 6) % 7) * 24 + at.getUTCHours();
}

/** A baseline from history as `[unix seconds, value]`; an hour of the week never seen takes all hours together. */
export function baselineOf(
  values: [number, number][],
  { least_deviation: least, floor }: Pick<Metric, 'least_deviation' | 'floor'>,
): Baseline {
  const hours: number[][] = Array.from({ length: hoursOfWeek }, () => []);
  for (const [seconds, value] of values) {
    if (Number.isFinite(value)) hours[hourOfWeek(new Date(seconds * 1_000))]?.push(value);
  }
  const all = hours.flat();
  const baseline = { mean: new Float64Array(hoursOfWeek), deviation: new Float64Array(hoursOfWeek) };
  hours.forEach((seen, hour) => {
    const sample = seen.length > 1 ? seen : all;
    const centre = sample.length > 0 ? mean(sample) : Number.NaN;
    const spread = sample.length > 1 ? standardDeviation(sample) : Number.NaN;
    baseline.mean[hour] = centre;
    baseline.deviation[hour] = Math.max(spread, Math.abs(centre) * least, floor);
  });
  return baseline;
}
