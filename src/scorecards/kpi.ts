import { z } from 'zod';
import type { Inventory } from '../inventory/inventory.ts';
import type { Facts } from './facts.ts';
import type { Reporting } from './reporting.ts';

/** The six sides of a worker's performance, each looked at at a cadence of its own. */
export const dimensions = {
  goals: 'Goal achievement',
  quality: 'Output quality',
  collaboration: 'Collaboration',
  autonomy: 'Autonomy utilisation',
  knowledge: 'Knowledge growth',
  governance: 'Governance compliance',
} as const;
export type Dimension = keyof typeof dimensions;

export type Unit = 'minutes' | 'share' | 'count' | 'money' | 'hours' | 'stars' | 'user minutes' | 'posts';

/** One figure: what it is, how it is reckoned and from which rows, and from how many on it says something. */
export interface Kpi {
  /** Never changes its meaning. */
  id: string;
  says: string;
  dimension: Dimension;
  cadence: 'continuous' | 'weekly' | 'monthly' | 'quarterly';
  unit: Unit;
  /** Which way is good; undefined where neither is. */
  better?: 'more' | 'less';
  /** What is to be reached where a charter says nothing else. */
  target?: number;
  /** The key of `minimum` in reporting.yaml; undefined: a sum or a count, which says something from the first row on. */
  minimum?: keyof Reporting['minimum'];
  formula: string;
  /** The tables it is read from. */
  rows: string;
  source: string;
  measure(facts: Facts, given: Given): Measured;
}

/** What is not a row and figures are reckoned with all the same. */
export interface Given {
  reporting: Reporting;
  inventory: Inventory;
}

/** A value and the rows that it was reckoned from; not finite where they say nothing. */
export interface Measured {
  value: number;
  /** How many rows hold it up. */
  of: number;
  /** How many would count and say nothing of it. */
  silent?: number;
  /** Ids of the rows, such as inc-7; of a share those that count. */
  rows: string[];
}

/** A figure as it is told and kept. */
export interface Figure {
  kpi: string;
  /** Null: not enough data. */
  value: number | null;
  of: number;
  silent: number;
  /** From how many rows on it is told. */
  least: number;
  target: number | null;
  rows: string[];
}

/** A figure as it is stored. */
export const figureShape: z.ZodType<Figure> = z.object({
  ...{ kpi: z.string(), value: z.number().nullable(), of: z.number(), silent: z.number() },
  ...{ least: z.number(), target: z.number().nullable(), rows: z.array(z.string()) },
});

/** One figure of these facts; not told below its least sample. `target` is what a charter wants. Pure. */
export function figureOf(kpi: Kpi, facts: Facts, given: Given, target?: number): Figure {
  const { value, of, rows, silent = 0 } = kpi.measure(facts, given);
  const least = kpi.minimum ? given.reporting.minimum[kpi.minimum] : 0;
  const enough = of >= least && Number.isFinite(value);
  const wanted = target ?? kpi.target ?? null;
  return { kpi: kpi.id, value: enough ? value : null, of, silent, least, target: wanted, rows };
}

/** Whether a figure reaches its target; undefined where it has none, or there is too little to say. Pure. */
export function reaches({ better }: Pick<Kpi, 'better'>, { value, target }: Figure): boolean | undefined {
  if (value === null || target === null || !better) return undefined;
  return better === 'more' ? value >= target : value <= target;
}

/** The part of `all` for which `counts` holds. */
export function share<T extends { id: string }>(all: T[], counts: (one: T) => boolean): Measured {
  const hits = all.filter(counts);
  return { value: hits.length / all.length, of: all.length, rows: hits.map(({ id }) => id) };
}

/** How many. */
export function count(all: { id: string }[]): Measured {
  return { value: all.length, of: all.length, rows: all.map(({ id }) => id) };
}

/** The mean of what each says; who says nothing is left out. */
export function mean<T extends { id: string }>(all: T[], of: (one: T) => number | null): Measured {
  const known = told(all, of);
  const sum = known.reduce((total, [, value]) => total + value, 0);
  return { value: sum / known.length, of: known.length, rows: known.map(([id]) => id) };
}

/** The middle of what each says, of an even number the mean of both in the middle; who says nothing is left out. */
export function median<T extends { id: string }>(all: T[], of: (one: T) => number | null): Measured {
  const known = told(all, of).toSorted(([, a], [, b]) => a - b);
  const middle = (known.length - 1) / 2;
  const [low, high] = [known[Math.floor(middle)]?.[1], known[Math.ceil(middle)]?.[1]];
  const value = low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
  return { value, of: known.length, rows: known.map(([id]) => id) };
}

/** The sum of what each says; not finite where there are some and none of them says anything. */
export function sum<T extends { id: string }>(all: T[], of: (one: T) => number | null): Measured {
  const known = told(all, of);
  const total = known.reduce((before, [, one]) => before + one, 0);
  const value = all.length > 0 && known.length === 0 ? Number.NaN : total;
  return { value, of: known.length, silent: all.length - known.length, rows: known.map(([id]) => id) };
}

function told<T extends { id: string }>(
  all: T[],
  of: (one: T) => number | null,
): [id: string, value: number][] {
  return all.flatMap((one): [string, number][] => {
    const value = of(one);
    return value === null ? [] : [[one.id, value]];
  });
}

/** Minutes from one time to another; null where either is not known. */
export function minutesBetween(from: Date | null, to: Date | null): number | null {
  return from && to ? (to.getTime() - from.getTime()) / 60_000 : null;
}
