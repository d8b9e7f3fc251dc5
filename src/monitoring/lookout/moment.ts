import type { Columns } from '../../systems/prometheus/columns.ts';
import { wider } from '../baseline/segments.ts';
import type { Book } from '../baseline/series.ts';
import type { Seen } from '../sight.ts';

/** One cycle by the detector's slots. The arrays are used again by the next one. */
export interface Moment {
  /** Unix seconds. */
  at: number;
  /** NaN where a series did not answer. */
  value: Float64Array;
  /** What it answered when it last did; NaN where it never did. */
  last: Float64Array;
  /** σ above what is usual, below it when negative; NaN where a series did not answer. */
  z: Float32Array;
  /** 1 while the baseline is young. */
  learning: Uint8Array;
  /** The slots that answered. */
  slots: Int32Array;
}

/** Lays out cycle after cycle by slot. */
export function openMoments(
  book: Book,
): (at: number, read: Columns, seen: Pick<Seen, 'slots' | 'verdicts'>) => Moment {
  let value = new Float64Array(0);
  let last = new Float64Array(0);
  let z = new Float32Array(0);
  let learning = new Uint8Array(0);
  return (at, read, { slots, verdicts }) => {
    if (value.length < book.keys.length) {
      const before = last.length;
      value = wider(value, book.capacity);
      last = wider(last, book.capacity).fill(Number.NaN, before);
      z = wider(z, book.capacity);
      learning = wider(learning, book.capacity);
    }
    value.fill(Number.NaN);
    z.fill(Number.NaN);
    for (let nth = 0; nth < slots.length; nth += 1) {
      const slot = slots[nth] as number;
      const now = read.values[nth] as number;
      const bad = book.state.bad[slot] as number;
      const side = bad !== 0 ? bad : now < (verdicts.mean[nth] as number) ? -1 : 1;
      value[slot] = now;
      last[slot] = now;
      z[slot] = side * (verdicts.z[nth] as number);
      learning[slot] = verdicts.learning[nth] as number;
    }
    return { at, value, last, z, learning, slots };
  };
}
