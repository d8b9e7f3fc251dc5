import { alike, type Deviation, deviationOf } from './deviation.ts';
import type { Series, Telemetry } from './telemetry.ts';

/** One series beside what is usual, and how much it tells of the symptom. */
export interface Moved {
  series: Series;
  deviation: Deviation;
  /** The share of the symptom's course that it has, too; 1 where no symptom is known. */
  alike: number;
  /** ln(1 + spreads off) × alike: what it counts for. */
  weight: number;
}

/** Every series beside what is usual, and which of them is the symptom. */
export interface Moves {
  all: Moved[];
  symptom: Moved | undefined;
}

/** How every series moved from row `first` on. Where the symptom is not measured, it tells nothing of the rest. Pure. */
export function movesOf({ series, symptom }: Telemetry, first: number): Moves {
  const all = series.map((one): Moved => {
    const deviation = deviationOf(one, first);
    return { series: one, deviation, alike: 1, weight: strengthOf(deviation) };
  });
  const found = all.find(
    ({ series: one }) =>
      one.node === symptom?.node && one.metric === symptom.metric && one.caller === undefined,
  );
  if (!found || Number.isNaN(alike(found.deviation, found.deviation))) return { all, symptom: found };
  return { all: all.map((one) => beside(one, found)), symptom: found };
}

/** A series that shares too few rows with the symptom cannot be told to have to do with it. */
function beside(one: Moved, symptom: Moved): Moved {
  const shared = one === symptom ? 1 : alike(one.deviation, symptom.deviation) || 0;
  return { ...one, alike: shared, weight: strengthOf(one.deviation) * shared };
}

/** On a scale of ratios: twice as far is one step more, whatever the distance. */
function strengthOf({ peak }: Deviation): number {
  return Math.log1p(peak || 0);
}

/** The one that counts most, the first of equals; undefined of none, and when none counts. */
export function heaviest(moved: Moved[]): Moved | undefined {
  const most = moved.reduce<Moved | undefined>(
    (best, one) => (best && best.weight >= one.weight ? best : one),
    undefined,
  );
  return most && most.weight > 0 ? most : undefined;
}
