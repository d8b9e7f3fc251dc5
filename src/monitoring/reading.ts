import type { Sample } from '../systems/prometheus/read.ts';
import { type Baseline, hourOfWeek } from './baseline.ts';
import type { Metric } from './metric.ts';

/** One series at one time beside what is usual for it then. */
export interface Reading {
  metric: string;
  says: string;
  unit: string;
  about: 'service' | 'server';
  /** The service's or server's id. */
  subject: string;
  value: number;
  mean: number;
  deviation: number;
  /** How many standard deviations in the bad direction; negative on the good side. */
  z: number;
}

/** z from here on is written down; nothing more. */
const watchAt = 2.8;
/** z from here on, in two cycles running, is a signal. */
export const signalAt = 4;

/** No z is beyond this: what has never varied at all would otherwise be infinitely far off. */
const most = 1_000;

/** Scores samples of one metric: z = (value − mean) / deviation, turned so that up is bad. Pure. */
export function score(metric: Metric, samples: Sample[], baselines: Map<string, Baseline>): Reading[] {
  return samples.flatMap((sample) => {
    const subject = sample.labels[metric.label];
    const baseline = subject === undefined ? undefined : baselines.get(subject);
    if (subject === undefined || !baseline) return [];
    const hour = hourOfWeek(sample.at);
    const mean = baseline.mean[hour] ?? Number.NaN;
    const deviation = baseline.deviation[hour] ?? Number.NaN;
    if (![sample.value, mean, deviation].every(Number.isFinite)) return [];
    const off = (sample.value - mean) * (metric.bad === 'up' ? 1 : -1);
    const z = off === 0 ? 0 : Math.max(-most, Math.min(most, off / deviation));
    const { name, says, unit, about } = metric;
    return [{ metric: name, says, unit, about, subject, value: sample.value, mean, deviation, z }];
  });
}

/** Whether a reading is within what is usual. */
export function isUsual({ z }: Reading): boolean {
  return z < watchAt;
}

/** A value for people, three digits and a suffix: 7.87, 412M. */
export function brief(value: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}
