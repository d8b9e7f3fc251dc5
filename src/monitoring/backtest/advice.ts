import { median, quantile } from 'simple-statistics';
import type { Posted } from './posted.ts';
import { outwards } from './thresholds.ts';

/** One series that led signals which no known incident explains, and what to do about it. */
export interface Noisy {
  metric: string;
  subject: string;
  /** How many signals it led, and how many of them were critical. */
  signals: number;
  critical: number;
  advice: Advice;
}

export type Advice =
  /** It is no more noise than anything is. */
  | { kind: 'leave'; because: string }
  | { kind: 'calendar'; hour: number; because: string }
  /** Settings of its metric in metrics.yaml. */
  | { kind: 'least_deviation' | 'floor'; value: number; because: string }
  | { kind: 'look'; because: string };

/** What the advice rests on besides the signals. */
interface Ground {
  /** The hour of the day by the site's clocks. */
  hourOf(at: number): number;
  /** What is usual of a metric's series, the middle one. */
  typicalOf(metric: string): number;
  days: number;
}

/** z from here on is written down. */
const watchAt = 2.8;
const most = 10;
/** A least deviation beyond this share of the mean would hide what is no noise. */
const mostShare = 0.15;

/** The noisiest ten series, of signals that are told and coincide with no known incident. Pure. */
export function noisiest(posted: Posted[], ground: Ground): Noisy[] {
  const led = posted.filter(({ kind, lead }) => kind === 'anomaly' && lead !== undefined);
  const groups = [...Map.groupBy(led, ({ lead }) => `${lead?.metric}\n${lead?.subject}`)];
  return groups
    .map(([key, signals]): Noisy => {
      const [metric = '', subject = ''] = key.split('\n');
      const critical = signals.filter(({ band }) => band === 'critical').length;
      return {
        metric,
        subject,
        signals: signals.length,
        critical,
        advice: adviceOf(metric, signals, ground),
      };
    })
    .sort(
      (a, b) =>
        b.signals - a.signals ||
        b.critical - a.critical ||
        (a.metric + a.subject < b.metric + b.subject ? -1 : 1),
    )
    .slice(0, most);
}

/** What to do about one series that led these signals. Pure. */
export function adviceOf(metric: string, signals: Posted[], ground: Ground): Advice {
  const count = signals.length;
  if (count === 1) return { kind: 'leave', because: `once in ${Math.round(ground.days)} days: leave it` };
  const hour = commonHour(signals.map(({ at }) => ground.hourOf(at)));
  if (hour !== undefined)
    return {
      kind: 'calendar',
      hour,
      because: `it comes at about ${String(hour).padStart(2, '0')}:00: if it is a job, put it under batch_jobs of calendar.yaml`,
    };
  return narrow(metric, signals, ground);
}

/** The least deviation with which three in four of the signals would have been no more than usual. */
function narrow(metric: string, signals: Posted[], { typicalOf }: Ground): Advice {
  const offs = signals.map(({ lead }) => Math.abs((lead?.value ?? 0) - (lead?.mean ?? 0)));
  const mean = Math.abs(median(signals.map(({ lead }) => lead?.mean ?? 0)));
  const needed = quantile(offs, 0.75) / watchAt;
  const spared = `${offs.filter((off) => off <= needed * watchAt).length} of ${offs.length} were within 2.8 σ of it`;
  const share = needed / mean;
  if (share <= mostShare) {
    const value = outwards(share, 'up');
    return {
      kind: 'least_deviation',
      value,
      because: `it moves by less than a person would mind: least_deviation: ${value} (${spared})`,
    };
  }
  if (mean < needed && needed <= typicalOf(metric)) {
    const value = outwards(needed, 'up');
    return { kind: 'floor', value, because: `it is usually next to nothing: floor: ${value} (${spared})` };
  }
  const times = mean > 0 ? `${(median(offs) / mean).toFixed(1)} times what is usual` : 'far';
  return {
    kind: 'look',
    because: `it really moved, by ${times}: look what happens there, and press Expected when it is meant to`,
  };
}

/** The hour of the day at which two in three of at least three signals come, give or take one. */
function commonHour(hours: number[]): number | undefined {
  const near = (hour: number) => hours.filter((one) => (one - hour + 25) % 24 <= 2).length;
  const best = hours.toSorted((a, b) => near(b) - near(a))[0];
  return best !== undefined && near(best) >= 3 && near(best) >= (2 / 3) * hours.length ? best : undefined;
}
