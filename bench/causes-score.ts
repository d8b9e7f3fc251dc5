// How rankings of root causes are counted, and what they are held against: the largest z.
// Labels come in here and nowhere else.
import { mean, standardDeviation } from 'simple-statistics';
import { type Ranking, rank } from '../src/incidents/diagnose/rank.ts';
import type { Telemetry } from '../src/incidents/diagnose/telemetry.ts';
import { latency, type Metric } from './measure.ts';

export type Line = Omit<Metric, 'bench' | 'machine'>;

/** Nodes with what they were given, in any order. */
export type Scored = { node: string; score: number }[];

/** One failure, and for the scorer alone where it came from. */
export interface Case {
  known: Telemetry;
  cause: string;
}

/** Where the cause stands: 1 is the first, ties take the worst rank, and what was not named is nowhere. Each name counts once. */
export function placeOf(cause: string, scored: Scored, nameOf = (node: string) => node): number {
  const best = new Map<string, number>();
  for (const { node, score } of scored) {
    const name = nameOf(node);
    best.set(name, Math.max(score, best.get(name) ?? Number.NEGATIVE_INFINITY));
  }
  const mine = best.get(cause);
  if (mine === undefined) return Number.POSITIVE_INFINITY;
  return [...best.values()].filter((score) => score >= mine).length;
}

/** Of every case: where the product's ranking has the cause, where the largest z has it, and how long the product took. */
export function judged(cases: Case[], nameOf?: (node: string) => string) {
  const took: number[] = [];
  const ours: number[] = [];
  const dumb: number[] = [];
  for (const { known, cause } of cases) {
    const began = performance.now();
    const ranking = rank(known);
    took.push(performance.now() - began);
    ours.push(placeOf(cause, suspectsOf(ranking), nameOf));
    dumb.push(placeOf(cause, byLargestZ(known), nameOf));
  }
  return { ours, dumb, took };
}

function suspectsOf(ranking: Ranking): Scored {
  return ranking.kind === 'found' ? ranking.suspects : [];
}

/** Every node by the largest (value − mean) ÷ σ of its series after the onset: what the simplest method says. */
export function byLargestZ({ series, onset }: Telemetry): Scored {
  return series.flatMap(({ node, values }) => {
    const before = [...values.subarray(0, onset)].filter(Number.isFinite);
    const after = [...values.subarray(onset)].filter(Number.isFinite);
    const spread = before.length > 1 ? standardDeviation(before) : 0;
    if (spread === 0 || after.length === 0) return [];
    return [{ node, score: (after.reduce((most, one) => Math.max(most, one)) - mean(before)) / spread }];
  });
}

/** The share of `places` within the first `k`, beside a bar of so many hits of the open cases when there is one. */
export function within(metric: string, places: number[], k: number, bar?: number, barOf?: number): Line {
  return share(metric, places.filter((place) => place <= k).length, places.length, bar, barOf);
}

export function share(metric: string, hits: number, of: number, bar?: number, barOf?: number): Line {
  const line = { metric, value: hits / of, unit: 'share', hits, of };
  if (bar === undefined) return { ...line, against: null, ratio: null };
  const held = barOf === undefined ? bar : bar / barOf;
  const against = barOf === undefined ? `bar ${bar}` : `bar ${bar} of ${barOf}`;
  return { ...line, against, ratio: hits / of / held };
}

/** How long one diagnosis took. */
export function time(took: number[]): Line[] {
  return latency('diagnose_ms', took);
}
