import type { Tuning } from '../detector/tuning.ts';
import type { Cycle } from './cycle.ts';
import { type Cell, grains } from './segments.ts';
import type { SeriesState } from './series.ts';

/** Samples before a spread is known well enough to clip by. */
const spreadKnown = 20;
/** A residual beyond so many mean absolute ones, four standard deviations, is far off. */
const farAt = 5;
/** What is far off teaches this much of what another sample does, until it proves to last. */
const leastPace = 0.1;
/** The share of late samples far off after `sustained` seconds of nothing else. */
const lasting = 1 - Math.exp(-1);
/** A shift that is believed is followed so many times as fast. */
const hurry = 8;

/**
 * Learns a cycle, O(1) a sample: each cell of its hour by a running mean with a memory, robustly (Huber 1964: a residual
 * counts as at most `clip` spreads; one far off counts a tenth). What stays far off for `sustained` is the new usual:
 * then the level takes it whole, and the cells, which hold what is left beside the level, need not be learnt anew.
 */
export function learn(state: SeriesState, cycle: Cycle, tuning: Tuning): void {
  const { slots, values, path, residual, spread, elapsed, at } = cycle;
  const { anchor, level, unusual, count, step } = state;
  const whole = path[0].deviation;
  for (let i = 0; i < slots.length; i += 1) {
    const slot = slots[i] as number;
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    const samples = (count[slot] as number) + 1;
    const seconds = Math.min(elapsed[i] as number, tuning.longestStep);
    const e = residual[i] as number;
    const wide = Math.max(spread[i] as number, whole[slot] as number);
    const far = samples > tuning.warm && Math.abs(e) > farAt * wide;
    const late = unusual[slot] as number;
    unusual[slot] = late + ((far ? 1 : 0) - late) * (seconds / tuning.sustained);
    const believed = late > lasting;
    const clip = believed || samples < spreadKnown ? Number.POSITIVE_INFINITY : tuning.clip * wide;
    const before = level[slot] as number;
    const memory = believed ? tuning.level / hurry : tuning.level;
    level[slot] = before + clamp(e, clip) * Math.max(1 / samples, seconds / memory);
    const rest = value - (anchor[slot] as number) - before;
    // Of several samples of a cycle only the first is time gone by.
    const again = state.at[slot] === at && count[slot] !== 0;
    const hours = Math.min(1, (elapsed[i] as number) / 3_600);
    const pace = far ? Math.max(leastPace, late) : 1;
    for (let grain = 0; grain < 4; grain += 1)
      learnCell(path[grain] as Cell, grain, slot, rest, e, clip, hours, pace, late, again);
    if ((elapsed[i] as number) > 0) step[slot] = elapsed[i] as number;
    state.at[slot] = at;
    if (samples < 65_535) count[slot] = samples;
  }
}

function learnCell(
  { mean, deviation, weight }: Cell,
  grain: number,
  slot: number,
  rest: number,
  residual: number,
  clip: number,
  hours: number,
  pace: number,
  late: number,
  again: boolean,
): void {
  const { most, unit } = grains[grain] as { most: number; unit: number };
  const seen = (weight[slot] as number) * unit;
  if (seen === 0) {
    mean[slot] = rest;
    deviation[slot] = Math.abs(residual);
  } else {
    // The more of late was far off, the less the past counts.
    const share = (pace * hours) / (seen * (1 - late) + hours);
    const centre = mean[slot] as number;
    const off = deviation[slot] as number;
    mean[slot] = centre + share * clamp(rest - centre, clip);
    deviation[slot] = off + share * (Math.min(Math.abs(residual), clip) - off);
  }
  if (!again)
    weight[slot] =
      Math.min(most, grain === 0 ? seen + hours : Math.ceil((seen + hours) / unit) * unit) / unit;
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
