import type { Tuning } from '../detector/tuning.ts';
import type { Cycle } from './cycle.ts';
import { grains } from './segments.ts';
import type { SeriesState } from './series.ts';

/** Standard deviation ÷ mean absolute deviation of a normal distribution. */
const sigmas = Math.sqrt(Math.PI / 2);
/** No segment varies less than this share of the whole: a quiet hour seen twice knows little of itself. */
const leastShare = 0.05;
/** No z is beyond this: what has never varied at all would otherwise be infinitely far off. */
const most = 1_000;

/**
 * What is usual for each sample, before it is learnt: mean and deviation of its hour of the week, shrunk towards hour ×
 * weekend, hour, and all hours, each with weight n ÷ (n + `shrink`) for n hours seen (a James-Stein estimate, level by
 * level), plus the series' level. Writes mean, deviation, z and learning; z of what was not read is NaN.
 */
export function expect(state: SeriesState, cycle: Cycle, { shrink, longestStep }: Tuning): void {
  const { slots, values, path, residual, spread, elapsed, at } = cycle;
  const { mean, deviation, z, learning } = cycle.verdicts;
  const { anchor, level, count, step, bad, leastDeviation, floor } = state;
  const [all, ...finer] = path;
  for (let i = 0; i < slots.length; i += 1) {
    const slot = slots[i] as number;
    const value = values[i] as number;
    const read = Number.isFinite(value);
    if (read && count[slot] === 0) anchor[slot] = value;
    let centre = all.mean[slot] as number;
    const whole = all.deviation[slot] as number;
    let off = whole;
    for (let grain = 0; grain < 3; grain += 1) {
      const cell = finer[grain] as typeof all;
      const seen = (cell.weight[slot] as number) * (grains[grain + 1] as { unit: number }).unit;
      const share = seen / (seen + shrink);
      centre += share * ((cell.mean[slot] as number) - centre);
      off += share * ((cell.deviation[slot] as number) - off);
    }
    // From the anchor, so that a large offset costs no digits.
    const from = centre + (level[slot] as number);
    const usual = from + (anchor[slot] as number);
    const least = Math.max(off, leastShare * whole);
    const sigma = Math.max(
      sigmas * least,
      Math.abs(usual) * (leastDeviation[slot] as number),
      floor[slot] as number,
    );
    const gone = at - (state.at[slot] as number);
    const e = read ? value - (anchor[slot] as number) - from : 0;
    const side = bad[slot] === 0 ? Math.abs(e) : e * (bad[slot] as number);
    residual[i] = e;
    spread[i] = least;
    elapsed[i] = count[slot] === 0 ? longestStep : gone > 0 ? gone : (step[slot] as number);
    mean[i] = usual;
    deviation[i] = sigma;
    z[i] = read ? zOf(side, sigma) : Number.NaN;
    learning[i] = (all.weight[slot] as number) < grains[0].most ? 1 : 0;
  }
}

function zOf(off: number, sigma: number): number {
  return off === 0 ? 0 : Math.max(-most, Math.min(most, off / sigma));
}
