// What the source of metrics says of an incident once it is over: how its worst metric went, and how many requests failed.
import { altOf, type Chart } from '../../monitoring/chart/chart.ts';
import { readChart } from '../../monitoring/chart/charted.ts';
import type { Mark } from '../../monitoring/chart/marks.ts';
import type { Drawing } from '../../monitoring/chart/picture.ts';
import { within } from '../../monitoring/enrich/within.ts';
import { called, type Metric } from '../../monitoring/metric.ts';
import type { Monitor } from '../../monitoring/monitor.ts';
import { isUsual } from '../../monitoring/reading.ts';
import type { Signal } from '../../monitoring/signal.ts';
import { seriesOf } from '../../monitoring/silences/silence.ts';
import type { Prometheus } from '../../systems/prometheus/read.ts';
import { broken } from '../foretold.ts';
import type { Share } from './impact.ts';
import type { Seen } from './recorded.ts';

export interface Looking {
  prometheus: Prometheus;
  monitor: Pick<Monitor, 'metrics' | 'usualAt' | 'cycleMs'>;
  drawing: Pick<Drawing, 'draw'>;
  /** PromQL for the series of one subject, maybe among others. */
  queryFor(metric: Metric, subject: string): string;
  patienceMs: number;
  timezone: string;
}

export interface Over {
  service: string;
  signals: Signal[];
  opened: Date;
  /** Undefined where its end is not known. */
  mended: Date | undefined;
  marks: Mark[];
  now: Date;
}

export type Charted =
  | { kind: 'drawn'; chart: Chart; png: Uint8Array; alt: string }
  | { kind: 'missing'; because: string };

/** Reads and draws it. Never throws: whatever cannot be had is said. */
export async function lookBack(looking: Looking, over: Over): Promise<{ charted: Charted; seen: Seen }> {
  const [worst, failing] = await Promise.all([worstSeries(looking, over), failingShare(looking, over)]);
  const charted = worst.kind === 'missing' ? worst : await drawn(looking, worst.told);
  const unusualSince = worst.kind === 'told' ? worst.told.unusual.from : null;
  return { charted, seen: { failing, unusualSince } };
}

async function drawn({ drawing }: Looking, chart: Chart): Promise<Charted> {
  if (chart.points.length < 2) return { kind: 'missing', because: 'There are no values to draw.' };
  const png = await drawing.draw(chart).catch((error: Error) => error);
  if (png instanceof Error) return { kind: 'missing', because: png.message };
  return { kind: 'drawn', chart, png, alt: altOf(chart) };
}

/** So many cycles before the first signal are shown, or half as long as it lasted where that is longer. */
const leadCycles = 24;
const mostPoints = 400;

type Read = { kind: 'told'; told: Chart } | { kind: 'missing'; because: string };

/** The metric that was furthest off, from before the first signal until now. */
async function worstSeries(looking: Looking, over: Over): Promise<Read> {
  const { monitor, prometheus, patienceMs, timezone, queryFor } = looking;
  const found = worstOf(over.signals, monitor.metrics);
  if (!found) return { kind: 'missing', because: 'It is about nothing that is measured here.' };
  const { metric, part, subject } = found;
  const first = firstOf(over);
  const lead = Math.max(leadCycles * monitor.cycleMs, (over.now.getTime() - first.getTime()) / 2);
  const from = new Date(first.getTime() - lead);
  const whole = { from: first, to: over.mended ?? over.now };
  const read = await within(patienceMs, 'Prometheus', () =>
    readChart(prometheus, {
      ...{ metric, subject, part, timezone, now: over.now, unusual: whole },
      query: queryFor(metric, subject),
      usualAt: (at) => monitor.usualAt(metric.name, subject, at, part),
      span: { from, stepSeconds: stepFor(monitor.cycleMs, from, over.now) },
    }),
  );
  if (read.kind === 'missing') return read;
  const unusual = { from: offSince(read.told, metric, first), to: whole.to };
  return { kind: 'told', told: { ...read.told, unusual, marks: over.marks } };
}

function worstOf(signals: Signal[], metrics: Metric[]) {
  for (const signal of broken(signals).toSorted((a, b) => b.z - a.z)) {
    const [series] = seriesOf(signal);
    const found = series && called(metrics, series.metric);
    if (series && found) return { ...found, subject: series.subject };
  }
  return undefined;
}

/** When the first signal was raised, or the incident opened. */
function firstOf({ signals, opened }: Over): Date {
  return new Date(Math.min(opened.getTime(), ...broken(signals).map(({ raisedAt }) => raisedAt.getTime())));
}

function stepFor(cycleMs: number, from: Date, to: Date): number {
  const least = (to.getTime() - from.getTime()) / 1_000 / mostPoints;
  return Math.max(cycleMs / 1_000, Math.ceil(least));
}

/** Back from the first signal to where it left what is usual; the signal's own time where that is not known. */
function offSince({ points }: Chart, { bad }: Metric, signal: Date): Date {
  const before = points.filter(({ at }) => at * 1_000 <= signal.getTime());
  const off = ({ value, mean, deviation }: Chart['points'][number]) => {
    const z = (value - mean) / deviation;
    return !isUsual({ z: bad === 'up' ? z : bad === 'down' ? -z : Math.abs(z) });
  };
  const usual = before.findLastIndex((one) => !(Number.isFinite(one.value + one.mean) && off(one)));
  const first = before[usual + 1];
  return first ? new Date(first.at * 1_000) : signal;
}

/** Which part of the service's requests failed from its opening until it was mended. */
async function failingShare(looking: Looking, over: Over): Promise<Share> {
  const { monitor, patienceMs } = looking;
  const failing = monitor.metrics.find(({ about, out_of }) => about === 'service' && out_of !== undefined);
  if (!failing?.out_of)
    return missing('no metric in manifests/metrics.yaml says with out_of which requests fail of how many');
  if (!over.mended) return missing('its end is not known');
  const all: Metric = { ...failing, query: failing.out_of };
  const read = await within(patienceMs, 'Prometheus', () =>
    Promise.all([pointsOf(looking, failing, over), pointsOf(looking, all, over)]),
  );
  if (read.kind === 'missing') return missing(read.because.replace(/\.$/, ''));
  const [failed, total] = read.told;
  const requests = total.filter(([at]) => failed.some(([each]) => each === at));
  const sum = (values: [number, number][]) => values.reduce((before, [, value]) => before + value, 0);
  if (sum(requests) <= 0) return missing(`no requests of ${over.service} were counted in that time`);
  const errors = failed.filter(([at]) => requests.some(([each]) => each === at));
  return { kind: 'measured', share: Math.min(1, sum(errors) / sum(requests)) };
}

async function pointsOf(
  { prometheus, queryFor, monitor, timezone }: Looking,
  metric: Metric,
  { service, opened, mended, now }: Over,
): Promise<[number, number][]> {
  const until = mended ?? now;
  const { points } = await readChart(prometheus, {
    ...{ metric, subject: service, part: '', query: queryFor(metric, service), timezone, now: until },
    unusual: { from: opened, to: until },
    usualAt: () => ({ mean: Number.NaN, deviation: Number.NaN }),
    span: { from: opened, stepSeconds: stepFor(monitor.cycleMs, opened, until) },
  });
  return points.filter(({ value }) => Number.isFinite(value)).map(({ at, value }) => [at, value]);
}

function missing(because: string): Share {
  return { kind: 'missing', because };
}
