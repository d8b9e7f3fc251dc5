import type { Outcome } from '../knowledge/calibration/calibrate.ts';

/** How sure was said beside how often it was right, of one class of cause. */
export interface Reliability {
  class: string;
  of: number;
  /** Ten bins of equal width, those that have something. */
  bins: { from: number; to: number; of: number; said: number; right: number }[];
  /** Expected calibration error: the mean of |said − right| over the bins, by how many lie in each (Naeini et al. 2015). */
  ece: number;
  /** The mean of (said − right)² (Brier 1950). */
  brier: number;
}

const width = 0.1;

/** Reliability of one class, of confidences as they were said (0–1) and whether they were right; needs one at least. Pure. */
export function reliabilityOf(name: string, said: Outcome[]): Reliability {
  const groups = Map.groupBy(said, ({ raw }) => Math.min(9, Math.floor(raw / width)));
  const bins = [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([bin, all]) => ({
      from: bin * width,
      to: (bin + 1) * width,
      of: all.length,
      said: mean(all.map(({ raw }) => raw)),
      right: mean(all.map(({ right }) => Number(right))),
    }));
  const ece = bins.reduce((sum, bin) => sum + (bin.of / said.length) * Math.abs(bin.said - bin.right), 0);
  const brier = mean(said.map(({ raw, right }) => (raw - Number(right)) ** 2));
  return { class: name, of: said.length, bins, ece, brier };
}

function mean(all: number[]): number {
  return all.reduce((sum, one) => sum + one, 0) / all.length;
}
