import type { Columns } from '../systems/prometheus/columns.ts';
import type { Verdicts } from './detector/detector.ts';

/** What was read, and what the detector said of it. */
export interface Glanced {
  read: Columns;
  verdicts: Verdicts;
}

/**
 * Of what was read now the series that are wanted and were read in the cycle before as well; `into` are their places
 * there. `isWanted` is asked by number.
 */
export function pick(
  { series, values }: Columns,
  before: Columns,
  isWanted: (number: number) => boolean,
): { picked: Columns; into: Int32Array } {
  const places = new Map<number, number>();
  before.series.forEach((number, place) => {
    if (isWanted(number)) places.set(number, place);
  });
  const at: number[] = [];
  series.forEach((number, nth) => {
    if (places.has(number)) at.push(nth);
  });
  const picked = {
    series: Int32Array.from(at, (nth) => series[nth] as number),
    values: Float64Array.from(at, (nth) => values[nth] as number),
  };
  return { picked, into: picked.series.map((number) => places.get(number) as number) };
}

/** Puts what is newer over what was seen in a cycle, at these places. */
export function overwrite({ read, verdicts }: Glanced, newer: Glanced, into: Int32Array): void {
  into.forEach((place, nth) => {
    read.values[place] = newer.read.values[nth] as number;
    for (const field of Object.keys(verdicts) as (keyof Verdicts)[])
      verdicts[field][place] = newer.verdicts[field][nth] as number;
  });
}
