// What is usual for one series, for the fusion bench: stands in for the detector, behind one function.
import { median } from 'simple-statistics';

export interface Usual {
  mean: number;
  deviation: number;
}

export interface SeriesKind {
  /** The direction that is bad. */
  bad: 'up' | 'down' | 'either';
  /** The least standard deviation assumed, as a share of the mean. */
  least: number;
}

/** Says of each next value what was usual before it, and how far off it is in σ, in the bad direction; NaN when that is unknown. */
export type Scorer = (value: number) => Usual & { z: number };

/** How many of the latest values are the level. */
const latest = 60;

/**
 * A scorer from a history: the deviation is the history's, with what lies beyond three σ pulled in; the level is
 * the median of the last hour of minutes, so that a lasting shift is the new level after half of it.
 */
export function scorerOf(history: number[], { bad, least }: SeriesKind): Scorer {
  const { mean, deviation } = pulledIn(history);
  const wide = Math.max(deviation, least * Math.abs(mean));
  const recent = history.slice(-latest);
  return (value) => {
    const level = recent.length > 0 ? median(recent) : Number.NaN;
    if (!Number.isNaN(value)) recent.push(value);
    if (recent.length > latest) recent.shift();
    const off = value - level;
    const turned = bad === 'either' ? Math.abs(off) : bad === 'up' ? off : -off;
    return { mean: level, deviation: wide, z: turned === 0 ? 0 : turned / wide };
  };
}

function pulledIn(history: number[]): Usual {
  let { mean, deviation } = moments(history);
  for (let turn = 0; turn < 3; turn += 1) {
    const [low, high] = [mean - 3 * deviation, mean + 3 * deviation];
    ({ mean, deviation } = moments(history.map((value) => Math.max(low, Math.min(high, value)))));
  }
  return { mean, deviation };
}

function moments(values: number[]): Usual {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}
