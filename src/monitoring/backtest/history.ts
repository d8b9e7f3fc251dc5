// A backtest: what would have been posted over days that are past, on the site's own metrics.
// Not the product at work: nothing is written, claimed or told to anybody.
import { type Columns, type Numbered, openCollector } from '../../systems/prometheus/columns.ts';
import type { Prometheus, Series } from '../../systems/prometheus/read.ts';
import { learn } from '../learn.ts';
import { askedOf, type Metric, queryOf } from '../metric.ts';
import type { Learnt, Sight } from '../sight.ts';

export interface Reading {
  prometheus: Pick<Prometheus, 'queryRange'>;
  metrics: Metric[];
  /** The site's cycle, which says over how long its queries take a rate. */
  cycleMs: number;
}

/** Unix seconds. */
export interface Span {
  from: number;
  to: number;
}

/** All series of a cycle as it would have been read at unix seconds `at`. */
export interface PastCycle {
  at: number;
  read: Columns;
  series: readonly Numbered[];
}

const hour = 3_600;
const day = 24 * hour;
/** Values held at once, over all series: some 40 MB, and as much again while one metric's answer is parsed. */
const mostValues = 5_000_000;
/** The step in which the product learns history. */
const learnStep = 300;

/** How far back any metric answers within a span (unix seconds, to the hour; undefined when none does), and how many series there are. */
export async function reachOf(
  reading: Reading,
  { from, to }: Span,
): Promise<{ since: number | undefined; series: number }> {
  const daily = await firstOf(reading, { from, to }, day);
  if (daily.first === undefined || daily.first <= from) return { since: daily.first, series: daily.series };
  const before = { from: Math.max(from, daily.first - day), to: daily.first };
  const hourly = await firstOf(reading, before, hour);
  return { since: hourly.first ?? daily.first, series: daily.series };
}

async function firstOf({ prometheus, metrics, cycleMs }: Reading, { from, to }: Span, step: number) {
  let first: number | undefined;
  let series = 0;
  for (const metric of metrics) {
    const found = await prometheus.queryRange(queryOf(metric, cycleMs), dateOf(from), dateOf(to), step);
    series += found.length;
    for (const { values } of found) {
      const at = values.find(([, value]) => Number.isFinite(value))?.[0];
      if (at !== undefined && at < (first ?? Number.POSITIVE_INFINITY)) first = at;
    }
  }
  return { first, series };
}

/**
 * What is learnt and what is tested of a history since `since`: three weeks before the tested days. Where there is
 * less, at least a week, but never more than half of it, is learnt, and fewer days are tested.
 */
export function spansOf(
  since: number,
  to: number,
  days: number,
  step: number,
): { learnt: Span; tested: Span } {
  const all = Math.min(to - since, (21 + days) * day);
  const learnt = Math.min(21 * day, Math.max(all - days * day, Math.min(7 * day, all / 2)));
  const from = to - Math.floor((all - learnt) / step) * step;
  return { learnt: { from: to - all, to: from }, tested: { from, to } };
}

/** Lets a sight learn a span as it would at its first start, window by window, oldest first. */
export async function learnSpan(
  { prometheus, metrics, cycleMs }: Reading,
  sight: Sight,
  { from, to }: Span,
  series: number,
  learnt?: Learnt,
): Promise<void> {
  const window = stepsAtOnce(series, 7 * day, learnStep) * learnStep;
  let since: number | undefined = from - learnStep;
  for (let at = from; at < to; at += window) {
    // The product leaves the last hour out, which may be an incident's: here it is as past as the rest.
    const now = dateOf(Math.min(at + window, to) + hour);
    since = await learn(prometheus, metrics, { cycleMs, sight, now, since, learnt });
  }
}

/**
 * The cycles of a span, every `step` seconds, both ends included. Read window by window, all metrics of one at a time,
 * as fusion wants every series at once: as long as memory allows, a day at most.
 */
export async function* cyclesOf(
  reading: Reading,
  { from, to }: Span,
  step: number,
  series: number,
): AsyncGenerator<PastCycle> {
  const { metrics, cycleMs } = reading;
  const collector = openCollector(metrics.map((metric) => askedOf(metric, cycleMs)));
  const numbered: Numbered[] = [];
  const most = stepsAtOnce(series, day, step);
  for (let first = from; first <= to; first += most * step) {
    const steps = Math.min(most, Math.floor((to - first) / step) + 1);
    const rows = await rowsOf(reading, collector.numberOf, first, step, steps);
    const {
      metrics: places,
      subjects,
      parts,
    } = collector.fresh() ?? { metrics: [], subjects: [], parts: [] };
    subjects.forEach((subject, nth) => {
      const { name = '' } = metrics[places[nth] as number] ?? {};
      numbered.push({ metric: name, subject, part: parts[nth] ?? '' });
    });
    for (let nth = 0; nth < steps; nth += 1) {
      for (const { number, values } of rows) collector.put(number, values[nth] as number);
      yield { at: first + nth * step, read: collector.take(), series: numbered };
    }
  }
}

/** How many steps of all series are held at once: within an hour's and the longest window. */
function stepsAtOnce(series: number, longest: number, step: number): number {
  const fits = Math.floor(mostValues / Math.max(1, series));
  return Math.max(1, Math.min(Math.max(fits, 10), Math.floor(longest / step)));
}

/** One series in one window; NaN where it has no value. */
interface Row {
  number: number;
  values: Float64Array;
}

async function rowsOf(
  { prometheus, metrics, cycleMs }: Reading,
  numberOf: (place: number, labels: Series['labels']) => number,
  first: number,
  step: number,
  steps: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  const end = dateOf(first + (steps - 1) * step);
  for (const [place, metric] of metrics.entries()) {
    const found = await prometheus.queryRange(queryOf(metric, cycleMs), dateOf(first), end, step);
    for (const { labels, values } of found) {
      const number = numberOf(place, labels);
      if (number >= 0) rows.push({ number, values: column(values, first, step, steps) });
    }
  }
  return rows;
}

function column(values: [number, number][], first: number, step: number, steps: number): Float64Array {
  const filled = new Float64Array(steps).fill(Number.NaN);
  for (const [at, value] of values) {
    const nth = Math.round((at - first) / step);
    if (nth >= 0 && nth < steps) filled[nth] = value;
  }
  return filled;
}

function dateOf(seconds: number): Date {
  return new Date(seconds * 1_000);
}
