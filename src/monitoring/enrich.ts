import type { By } from '../audit/entry.ts';
import { keepPicture } from '../chat/pictures.ts';
import type { SignalId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import type { Prometheus } from '../systems/prometheus/read.ts';
import { altOf } from './chart/chart.ts';
import { readChart } from './chart/charted.ts';
import type { Drawing } from './chart/picture.ts';
import { contextOf, keepContext } from './context.ts';
import { type Around, around, type Sources } from './enrich/around.ts';
import { within } from './enrich/within.ts';
import { called, type Metric } from './metric.ts';
import type { Monitor } from './monitor.ts';
import type { Signal } from './signal.ts';
import { seriesOf } from './silences/silence.ts';
import { load, lock } from './store.ts';

export interface Enriching extends Sources {
  store: Store;
  by: By;
  prometheus: Prometheus;
  monitor: Pick<Monitor, 'metrics' | 'usualAt'>;
  drawing: Drawing;
  /** Whose clocks the chart's hours are. */
  timezone: string;
  /** PromQL for the series of one subject, maybe among others. */
  queryFor(metric: Metric, subject: string): string;
  now(): Date;
}

/**
 * Finds out what else happened around a signal, draws its chart, keeps both and makes its card due to be shown again.
 * Whatever cannot be had is noted and the rest is kept. Safe to call twice: what was found first stays.
 */
export async function enrich(enriching: Enriching, id: SignalId): Promise<void> {
  const { db } = enriching.store;
  const signal = await load(db, id);
  if (!signal || (await contextOf(db, id)).enriched) return;
  const now = enriching.now();
  const [found, chart] = await Promise.all([around(enriching, signal, now), chartOf(enriching, signal, now)]);
  await keep(enriching, signal, found, chart);
}

type Charted =
  | { kind: 'drawn'; png: Uint8Array; alt: string }
  | { kind: 'missing'; because: string }
  /** It is about nothing that is measured here. */
  | { kind: 'none' };

async function chartOf(enriching: Enriching, signal: Signal, now: Date): Promise<Charted> {
  const { monitor, prometheus, drawing, patienceMs, cycleMs, timezone, queryFor } = enriching;
  const [worst] = seriesOf(signal);
  const found = worst && called(monitor.metrics, worst.metric);
  if (!found) return { kind: 'none' };
  const { metric, part } = found;
  const { subject } = worst;
  // Critical for two cycles before it was raised.
  const from = new Date(signal.raisedAt.getTime() - 2 * cycleMs);
  const read = await within(patienceMs, 'Prometheus', () =>
    readChart(prometheus, {
      metric,
      subject,
      part,
      query: queryFor(metric, subject),
      unusual: { from, to: signal.recoveredAt ?? now },
      usualAt: (at) => monitor.usualAt(metric.name, subject, at, part),
      timezone,
      now,
    }),
  );
  if (read.kind === 'missing') return read;
  const { told: chart } = read;
  if (chart.points.length < 2) return { kind: 'missing', because: 'there are no values to draw.' };
  const drawn = await drawing.draw(chart).catch((error: Error) => error);
  if (drawn instanceof Error) return { kind: 'missing', because: drawn.message };
  return { kind: 'drawn', png: drawn, alt: altOf(chart) };
}

function keep({ store, by }: Enriching, signal: Signal, found: Around, chart: Charted): Promise<void> {
  const { id, service, server } = signal;
  const { missing, notes, ...rest } = found;
  const noted = [
    ...notes,
    ...(chart.kind === 'missing' ? [`Missing here, the chart: ${chart.because}`] : []),
  ];
  return save(store, async (tx) => {
    await lock(tx, id);
    const before = await contextOf(tx, id);
    // What held it back may be over by now.
    const held = (await load(tx, id))?.held ?? null;
    if (before.enriched) return { result: undefined, entries: [], jobs: [] };
    const drawn = chart.kind === 'drawn' && {
      picture: { id: await keepPicture(tx, chart.png), alt: chart.alt },
    };
    await keepContext(tx, id, {
      ...before,
      ...rest,
      ...drawn,
      notes: [...before.notes, ...noted],
      enriched: true,
    });
    const facts = {
      ...{ logs: rest.logs.length, traces: rest.traces.length, changes: rest.changes.length },
      ...{ chart: chart.kind, missing },
    };
    const about = { signal: id, service, ...(server && { server }) };
    return {
      result: undefined,
      entries: [{ kind: 'signal.enriched', by, about, facts }],
      // What is held back is told to nobody, and known all the same.
      jobs: held === null ? [{ name: 'show', subject: `signal:${id}` }] : [],
    };
  });
}
