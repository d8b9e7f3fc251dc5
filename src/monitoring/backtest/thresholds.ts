import { median } from 'simple-statistics';
import { amounts } from '../amount.ts';
import type { Metric } from '../metric.ts';

import type { Sight } from '../sight.ts';

/** Static thresholds that would hold while baselines are young, in the metric's unit. */
export interface Threshold {
  metric: string;
  unit: string;
  watchAt: number | null;
  criticalAt: number | null;
  /** What the files say now. */
  now: { watchAt: number | null; criticalAt: number | null };
  /** What is usual of its series: the middle one, the lowest and the highest. */
  typical: number;
  least: number;
  most: number;
  /** Whose worst hour sets them and whom they do not fit, or why there are none. */
  because: string;
}

/** So many deviations beyond the worst hour of the week: static thresholds know no hours, so they must lie beyond all. */
const far = { watch: 4, critical: 6 };
/** A series of fewer samples than this is not asked. */
const warm = 45;
const hours = 168;

/**
 * Thresholds from what a sight has learnt: per metric, what its worst series reaches at its worst hour of the week, and so
 * many deviations more; rounded outwards to two digits. `until` is unix seconds.
 */
export function thresholdsOf(sight: Sight, metrics: Metric[], until: number): Threshold[] {
  const usual = usualOf(sight, until);
  return metrics.flatMap((metric) => {
    const own = usual.filter((one) => one.metric === metric.name);
    return own.length === 0 ? [] : [thresholdOf(metric, own)];
  });
}

/** One series over the hours of a week: where it reaches at `watch` and `critical`, highest and lowest. */
interface Usual {
  metric: string;
  subject: string;
  mean: number;
  least: number;
  high: { watch: number; critical: number };
  low: { watch: number; critical: number };
}

function usualOf({ detector }: Sight, until: number): Usual[] {
  const { settings, state } = detector.book;
  const slots = Int32Array.from(settings.keys()).filter((slot) => (state.count[slot] as number) >= warm);
  const nothing = new Float64Array(slots.length).fill(Number.NaN);
  const usual = Array.from(slots, (slot): Usual => {
    const { metric = '', subject = '' } = settings[slot] ?? {};
    const [most, least] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const none = {
      mean: 0,
      least,
      high: { watch: most, critical: most },
      low: { watch: least, critical: least },
    };
    return { metric, subject, ...none };
  });
  for (let back = 0; back < hours; back += 1) {
    const { mean, deviation } = detector.weigh(until - back * 3_600, slots, nothing);
    for (const [nth, one] of usual.entries()) widen(one, mean[nth] as number, deviation[nth] as number);
  }
  return usual;
}

function widen(one: Usual, mean: number, deviation: number): void {
  one.mean += mean / hours;
  one.least = Math.min(one.least, mean);
  for (const band of ['watch', 'critical'] as const) {
    one.high[band] = Math.max(one.high[band], mean + far[band] * deviation);
    one.low[band] = Math.min(one.low[band], mean - far[band] * deviation);
  }
}

function thresholdOf({ name, unit, bad, watch_at, critical_at }: Metric, own: Usual[]): Threshold {
  const means = own.map(({ mean }) => mean);
  const facts = {
    ...{ metric: name, unit, now: { watchAt: watch_at ?? null, criticalAt: critical_at ?? null } },
    ...{ typical: median(means), least: Math.min(...means), most: Math.max(...means) },
  };
  const none = (because: string) => ({ ...facts, watchAt: null, criticalAt: null, because });
  if (bad === 'either') return none('a threshold needs a bad direction, up or down');
  const { subject, watch, critical } = nearest(own, bad);
  const positive = own.every(({ least }) => least >= 0);
  // What is never negative never falls below nothing either.
  const limit = (value: number) => (bad === 'down' && positive && value <= 0 ? null : outwards(value, bad));
  if (limit(watch) === null) return none(`${subject} varies so far that nothing above zero is unusual`);
  const because = `set by ${subject}${unlike(facts)}`;
  return { ...facts, watchAt: limit(watch), criticalAt: limit(critical), because };
}

/** The series that comes nearest to any threshold. */
function nearest(own: Usual[], bad: 'up' | 'down') {
  const sides = own.map(({ subject, high, low }) => ({ subject, ...(bad === 'up' ? high : low) }));
  return sides.reduce((worst, one) =>
    (bad === 'up' ? one.watch > worst.watch : one.watch < worst.watch) ? one : worst,
  );
}

/** Of series that are of very different size one threshold fits only few. */
function unlike({ unit, least, most }: Pick<Threshold, 'unit' | 'least' | 'most'>): string {
  if (least <= 0 || most < 3 * least) return '';
  const shares = unit === 'bytes' ? '; a query for shares of the whole would fit all' : '';
  return `, and fits few: what is usual goes from ${amounts(least, most, unit)}${shares}`;
}

/** Two digits, away from what is usual. */
export function outwards(value: number, bad: 'up' | 'down'): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  const steps = value / unit;
  const rounded = (bad === 'up' ? Math.ceil(steps - 1e-9) : Math.floor(steps + 1e-9)) * unit;
  return Number(rounded.toPrecision(3));
}
