const day = 86_400;

/**
 * Every constant of the detector. Each may be a third larger or smaller and the bench `nab` changes by at most four points;
 * `barHalfLife` is the one to turn.
 */
export interface Tuning {
  /** The knob: seconds in which a bar sinks to half its height. Longer is quieter: with twice as long, a third fewer are raised. */
  barHalfLife: number;
  /** How many times the bar a surprise must be to be raised. */
  margin: number;
  /** How much of the way to a surprise above it (in logarithms) the bar is lifted: by the one raised, and by each after it. */
  lifted: number;
  lift: number;
  /** Seconds in which normal noise would pass the bar once, margin included, at its first and least height. */
  noiseEvery: number;
  /** No surprise counts for more than so many times the typical one: what never varied cannot be infinitely surprising. */
  mostSurprise: number;
  /** Samples before a young baseline is believed. */
  warm: number;
  /** Samples of the fast level: long enough to average single spikes out, short enough for an answer in a few cycles. */
  fast: number;
  /** Seconds the level remembers. */
  level: number;
  /** Seconds the typical size of a surprise is taken over. */
  typical: number;
  /** Hours seen at which a segment counts as much as the coarser one. */
  shrink: number;
  /** A residual beyond so many mean absolute ones teaches as if it were no further off (Huber). */
  clip: number;
  /** Seconds that something unusual must last to be believed as the new usual; until then it teaches a tenth as fast. */
  sustained: number;
  /** Cycles as usual after which an episode is over. */
  calm: number;
  /** Seconds over which it is counted how often a series is critical. */
  often: number;
  /** A longer gap between samples counts as this many seconds: what was not seen teaches nothing and forgets nothing. */
  longestStep: number;
}

export const shipped: Tuning = {
  barHalfLife: 14 * day,
  margin: 1.25,
  lifted: 0.35,
  lift: 0.1,
  noiseEvery: 4 * day,
  mostSurprise: 100,
  warm: 45,
  fast: 12,
  level: day,
  typical: 4 * day,
  shrink: 1.5,
  clip: 4,
  sustained: day / 2,
  calm: 10,
  often: 14 * day,
  longestStep: 300,
};
