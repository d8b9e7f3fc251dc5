import type { Learnt } from '../sight.ts';

/** What the history showed at the same moments of every series, to see how they move together: a row every 20 minutes of its last week. */
export interface Sample {
  put: Learnt;
  /** One row a moment: the mean over the series of each metric, by their slots; NaN = none was measured. */
  rowsOf(slots: readonly (readonly number[])[]): number[][];
  /** Lets go of what is held: half a kilobyte a series. */
  drop(): void;
}

const steps = 4;
const stepSeconds = 300;
const moments = 504;
/** A σ in so many parts, as a byte: ±10.5 σ are kept apart. */
const parts = 12;
const missing = -128;

export function openSample(): Sample {
  const held = new Map<number, Int8Array>();
  return {
    put: (slot, at, z) => {
      const nth = Math.round(at / stepSeconds);
      if (nth % steps !== 0 || !Number.isFinite(z)) return;
      const row = held.get(slot) ?? new Int8Array(moments).fill(missing);
      held.set(slot, row);
      row[(nth / steps) % moments] = Math.max(-127, Math.min(127, Math.round(z * parts)));
    },
    rowsOf: (slots) => {
      const columns = slots.map((of) => of.map((slot) => held.get(slot)).filter((one) => one !== undefined));
      const rows = Array.from({ length: moments }, (_, nth) => columns.map((of) => meanAt(of, nth)));
      return rows.filter((row) => row.some(Number.isFinite));
    },
    drop: () => held.clear(),
  };
}

function meanAt(columns: Int8Array[], nth: number): number {
  const seen = columns.map((column) => column[nth] as number).filter((one) => one !== missing);
  return seen.reduce((sum, one) => sum + one, 0) / parts / seen.length;
}
