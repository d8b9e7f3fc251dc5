// How the metrics of one server or service move together, and when they no longer do although each is in bounds.
// Not which service that concerns beyond it: that is fusion's.
import type { Anomaly } from '../anomaly.ts';
import {
  addRow,
  completed,
  distance,
  emptySums,
  fade,
  type Model,
  modelOf,
  type RelationSettings,
  type Sums,
  shares,
  sigmaOf,
  squaredOf,
} from './relation.ts';

export interface TogetherSettings extends RelationSettings {
  /** Rows for each metric, and rows at all, before anything is said. */
  rowsPerMetric: number;
  rows: number;
  /** Each metric is in bounds below this |z|; beyond it, it is an anomaly of its own. */
  bounds: number;
  /** From this many σ on the relation is broken, when it is so for `hold` cycles running. */
  broken: number;
  hold: number;
  /** What a row that breaks the relation counts for when it is learnt from: a new way of moving is learnt, slowly. */
  broke: number;
  /** Seconds between refits, and what share of the old rows counts on after each. */
  refitSeconds: number;
  keep: number;
}

export const togetherSettings: TogetherSettings = {
  ...{ pullIn: 3.5, shrink: 0.05, thinnest: 0.05 },
  ...{ rowsPerMetric: 20, rows: 240, bounds: 4, broken: 4.5, hold: 2, broke: 0.2 },
  ...{ refitSeconds: 86_400, keep: 13 / 14 },
};

/** One subject's model and what it is made from: plain numbers, to be stored as they are. */
export interface Together {
  metrics: string[];
  sums: Sums;
  model: Model | null;
  /** Unix seconds of the last fit. */
  fittedAt: number;
  /** The squared distance that one healthy row in a hundred exceeds, as seen: tails heavier than normal are allowed for. */
  tail: number;
  /** Rows the tail is made from. */
  tried: number;
  /** For how many cycles running the relation has been broken. */
  held: number;
}

export type Moved =
  | { kind: 'learning'; because: string }
  | { kind: 'usual'; sigma: number }
  | { kind: 'broken'; sigma: number; metrics: string[]; because: string };

/** A subject of which nothing is known yet. */
export function emptyTogether(metrics: string[]): Together {
  const empty = { sums: emptySums(metrics.length), model: null, fittedAt: 0, tried: 0, held: 0 };
  return { metrics, ...empty, tail: squaredOf(oneInAHundred, metrics.length) };
}

/** What is kept of a subject's model over a restart: the model follows from the sums. */
export type Kept = Pick<Together, 'metrics' | 'sums' | 'tail' | 'tried'>;

/** What was kept, with its model made anew; without one where it has seen too little. */
export function recallTogether(kept: Kept, at: number, settings = togetherSettings): Together {
  const enough = kept.sums.weight >= leastRows(kept.metrics, settings);
  const model = enough ? modelOf(kept.sums, settings) : null;
  return { ...emptyTogether(kept.metrics), ...structuredClone(kept), model, fittedAt: at };
}

/** σ that one normal number in a hundred exceeds. */
const oneInAHundred = 2.326;

/**
 * Learns from a history of rows of signed z = (value − mean) ÷ deviation, metric by metric in the subject's order,
 * NaN = missing, `at` the unix seconds it ends. Fits, leaves out the rows that do not belong, fits again. With too
 * few rows it stays without a model. Returns a new state.
 */
export function fitTogether(
  metrics: string[],
  rows: readonly (readonly number[])[],
  at: number,
  settings = togetherSettings,
): Together {
  const state = emptyTogether(metrics);
  const all = sumsOf(rows, metrics.length, settings);
  if (all.weight < leastRows(metrics, settings)) return { ...state, sums: all };
  const first = modelOf(all, settings);
  const whole = rows.map((row) => completed(first, row));
  const far = whole.map((row) => distance(first, row));
  const limit = quantile(far, 0.99);
  const kept = whole.filter((_, nth) => (far[nth] as number) <= limit);
  const sums = sumsOf(kept, metrics.length, settings);
  const model = modelOf(sums, settings);
  const seen = kept.map((row) => distance(model, row));
  const tail = Math.max(state.tail, quantile(seen, 0.99));
  return { ...state, sums, model, fittedAt: at, tail, tried: seen.length };
}

function sumsOf(rows: readonly (readonly number[])[], size: number, { pullIn }: TogetherSettings): Sums {
  const sums = emptySums(size);
  for (const row of rows) addRow(sums, row, 1, pullIn);
  return sums;
}

/**
 * One cycle of one subject: judges the row by what was known before it, then learns from it and refits when that
 * is due. *broken* only while every metric is within `bounds`. Writes `state`; O(metrics²), a refit O(metrics³).
 */
export function observeTogether(
  state: Together,
  at: number,
  seen: readonly number[],
  settings = togetherSettings,
): Moved {
  const row = state.model ? completed(state.model, seen) : seen;
  const inBounds = seen.every((z) => !(Math.abs(z) >= settings.bounds));
  const squared = state.model ? distance(state.model, row) : 0;
  const sigma = scaled(squared, state);
  const breaks = state.model !== null && inBounds && sigma >= settings.broken;
  state.held = breaks ? state.held + 1 : 0;
  if (inBounds) learn(state, row, squared, breaks, settings);
  const moved = judge(state, row, sigma, settings);
  if (at - state.fittedAt >= settings.refitSeconds) refit(state, at, settings);
  return moved;
}

/** A broken relation as an anomaly of its subject: its value is in σ, of which 0 ± 1 are usual. Pure. */
export function relationAnomaly(
  { about, subject }: Pick<Anomaly, 'about' | 'subject'>,
  { sigma, metrics }: Extract<Moved, { kind: 'broken' }>,
): Anomaly {
  const seen = { value: sigma, mean: 0, deviation: 1, z: sigma };
  return {
    metric: `relation of ${metrics.join(', ')}`,
    about,
    subject,
    ...seen,
    band: 'critical',
    learning: false,
  };
}

function judge(state: Together, row: readonly number[], sigma: number, settings: TogetherSettings): Moved {
  const { metrics, model, held, sums, tried } = state;
  const wanted = leastRows(metrics, settings);
  const of = `how its ${metrics.length} metrics move together`;
  if (!model) return learning(`${Math.floor(sums.weight)} of ${wanted} rows are seen of ${of}.`);
  if (!isTried(state, settings))
    return learning(`${tried} of ${settings.rows} rows have tried what is known of ${of}.`);
  if (held < settings.hold) return { kind: 'usual', sigma };
  const worst = shares(model, row)
    .map((share, nth) => ({ share, metric: metrics[nth] as string }))
    .sort((a, b) => b.share - a.share || (a.metric < b.metric ? -1 : 1))
    .slice(0, 3)
    .map(({ metric }) => metric);
  const because = `Each metric is in bounds, but they do not move together as they usually do (${sigma.toFixed(1)} σ): above all ${worst.join(', ')}.`;
  return { kind: 'broken', sigma, metrics: worst, because };
}

function learning(because: string): Moved {
  return { kind: 'learning', because };
}

/** Distances count for less where even healthy ones are further out than a normal distribution's. */
function scaled(squared: number, { tail, metrics }: Together): number {
  const normal = squaredOf(oneInAHundred, metrics.length);
  return sigmaOf(squared / Math.max(1, tail / normal), metrics.length);
}

/** The tail follows what is seen: up at each row beyond it, down by a hundredth of that at each other; ever more slowly at first. */
function learn(
  state: Together,
  row: readonly number[],
  squared: number,
  breaks: boolean,
  settings: TogetherSettings,
): void {
  addRow(state.sums, row, breaks ? settings.broke : 1, settings.pullIn);
  if (!state.model || (breaks && isTried(state, settings))) return;
  const step = Math.max(0.001, 5 / (50 + state.tried));
  state.tail *= Math.exp(step * ((squared > state.tail ? 1 : 0) - 0.01));
  state.tried += 1;
}

function isTried({ tried }: Together, { rows }: TogetherSettings): boolean {
  return tried >= rows;
}

function refit(state: Together, at: number, settings: TogetherSettings): void {
  if (state.sums.weight < leastRows(state.metrics, settings)) return;
  state.model = modelOf(state.sums, settings);
  state.fittedAt = at;
  fade(state.sums, settings.keep);
}

function leastRows(metrics: string[], { rows, rowsPerMetric }: TogetherSettings): number {
  return Math.max(rows, rowsPerMetric * metrics.length);
}

function quantile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(share * values.length))
  ] as number;
}
