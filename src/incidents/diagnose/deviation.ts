import { quantileSorted, sampleCorrelation } from 'simple-statistics';
import { leastRows, type Series } from './telemetry.ts';

/** How a series left what is usual. */
export interface Deviation {
  /** (value − median) ÷ spread by row from the first of the failure on, positive when worse; NaN when missing. */
  by: Float64Array;
  /** How far it went; 0 when it never got worse, NaN when nothing is known. */
  peak: number;
}

/**
 * How far one series left its median from row `first` on, in spreads of the rows before: the robust score of BARO
 * (Pham et al., FSE 2024), (x − median) ÷ interquartile range, signed by which way is worse. Scaling or shifting the
 * series changes nothing. Pure.
 */
export function deviationOf({ values, bad }: Series, first: number): Deviation {
  const before = [...values.subarray(0, first)].filter(Number.isFinite).sort((a, b) => a - b);
  const after = values.subarray(first).map((value) => (Number.isFinite(value) ? value : Number.NaN));
  if (before.length < leastRows) return { by: after.fill(Number.NaN), peak: Number.NaN };
  const median = quantileSorted(before, 0.5);
  const away = after.map((value) => {
    const up = value - median;
    return bad === 'either' ? Math.abs(up) : bad === 'up' ? up : -up;
  });
  const spread = spreadOf(before, median, away);
  const by = away.map((one) => (spread > 0 ? one / spread : 0 * one));
  return { by, peak: peakOf(by) };
}

/** The second largest, for a single row may be an outlier; of two rows or fewer the largest; never below 0. */
function peakOf(by: Float64Array): number {
  const known = by.filter(Number.isFinite).sort();
  const peak = known.at(known.length >= leastRows ? -2 : -1);
  return peak === undefined ? Number.NaN : Math.max(0, peak);
}

/** An interquartile range of normally distributed values, and the range of their middle eight tenths, in σ. */
const [quartiles, eightTenths] = [1.35, 2.56];

/**
 * The interquartile range, or what the middle eight tenths would make it, where they are wider. Where both are
 * constant: what the deviation about the median would make it, as if what is seen now had happened once before.
 */
function spreadOf(sorted: number[], median: number, away: Float64Array): number {
  const between = (low: number, high: number) => quantileSorted(sorted, high) - quantileSorted(sorted, low);
  const middle = Math.max(between(0.25, 0.75), (between(0.1, 0.9) * quartiles) / eightTenths);
  const largest = Math.max(Math.abs(sorted[0] as number), Math.abs(sorted.at(-1) as number));
  if (middle > roundingError * largest) return middle;
  const now = away.reduce((most, one) => (Math.abs(one) > most ? Math.abs(one) : most), 0);
  const squares = sorted.reduce((sum, value) => sum + (value - median) ** 2, now ** 2);
  return quartiles * Math.sqrt(squares / (sorted.length + 1));
}

/** Values that differ by less than this share of the largest are the same. */
const roundingError = 1e-9;

/**
 * The share of one's course that the other's has, too: the square of Pearson's correlation over the rows both know,
 * 0 when they move against each other; NaN when they share too few rows. Pure.
 */
export function alike(one: Deviation, other: Deviation): number {
  const rows = [...one.by.keys()].filter((row) =>
    Number.isFinite((one.by[row] as number) + (other.by[row] as number)),
  );
  if (rows.length < leastRows) return Number.NaN;
  const correlation = sampleCorrelation(
    rows.map((row) => one.by[row] as number),
    rows.map((row) => other.by[row] as number),
  );
  // A series that does not move at all goes with nothing.
  return Number.isNaN(correlation) ? 0 : Math.max(0, correlation) ** 2;
}

/** The time of the first row that is at least half as far off as the peak; NaN when it never left what is usual. */
export function onsetOf({ by, peak }: Deviation, times: Float64Array, first: number): number {
  const row = peak > 0 ? by.findIndex((one) => one >= peak / 2) : -1;
  return row < 0 ? Number.NaN : (times[first + row] as number);
}
