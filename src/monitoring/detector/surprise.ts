import { probit } from 'simple-statistics';
import type { Cycle } from '../baseline/cycle.ts';
import type { SeriesState } from '../baseline/series.ts';
import type { Tuning } from './tuning.ts';

/**
 * How surprising each sample is beside what this series has surprised with of late. Two features: how far the value is
 * from what was expected (a spike, a step), and how far a fast level is from the slow one (a shift or a ramp too small
 * for any single sample). Each is divided by its own running mean, and must pass its own bar: the bar is lifted by every
 * surprise above it and sinks with a half-life, so that a series is raised only for what is rarer than what it did
 * lately, as often as that allows, however heavy its tail is. This is a conformal test by records (Vovk, Gammerman and
 * Shafer 2005; Laxhammar and Falkman 2014) with a forgetting maximum in place of a window, and plays the part of the
 * likelihood over a score's own past in Lavin and Ahmad 2015. Only ratios enter, so scale, offset and sign do not matter.
 *
 * Writes `surprise`: feature ÷ (bar × margin), the larger of the two. What the calendar expects (`held`) moves no bar.
 */
export function surprise(state: SeriesState, cycle: Cycle, tuning: Tuning): void {
  const { slots, values, path, residual, spread, elapsed } = cycle;
  const { surprise: out, held } = cycle.verdicts;
  const { level, fast, count } = state;
  const whole = path[0].deviation;
  const bars: Bars = { seconds: Number.NaN, sunk: 1, least: 0 };
  for (let i = 0; i < slots.length; i += 1) {
    const slot = slots[i] as number;
    out[i] = 0;
    if (!Number.isFinite(values[i] as number)) continue;
    const samples = (count[slot] as number) + 1;
    const seconds = Math.min(elapsed[i] as number, tuning.longestStep);
    if (seconds !== bars.seconds) barsAfter(seconds, tuning, bars);
    const slow = level[slot] as number;
    const e = residual[i] as number;
    const quick = fast[slot] as number;
    fast[slot] = quick + (e + slow - quick) / Math.min(samples, tuning.fast);
    if (held[i] === 1) continue;
    // Half-way between absolute and relative to this hour: how much an hour varies is itself only estimated.
    const all = whole[slot] as number;
    const weight = all > 0 ? Math.sqrt(all / (spread[i] as number)) : 1;
    const shifted = (fast[slot] as number) - slow;
    const spike = feature(state, 0, slot, e * weight, samples, bars, tuning);
    const shift = feature(state, 1, slot, shifted * weight, samples, bars, tuning);
    out[i] = Math.max(spike, shift);
  }
}

/** How bars stand after some seconds. */
interface Bars {
  seconds: number;
  /** What is left of a bar. */
  sunk: number;
  /** The height none is below. */
  least: number;
}

function feature(
  state: SeriesState,
  which: 0 | 1,
  slot: number,
  off: number,
  samples: number,
  { seconds, sunk, least }: Bars,
  { typical: memory, warm, margin, lift, lifted, mostSurprise }: Tuning,
): number {
  const typical = state.typical[which];
  const bars = state.bar[which];
  const usual = typical[slot] as number;
  const size = sided(off, state.bad[slot] as number);
  typical[slot] = usual + (Math.abs(off) - usual) * Math.max(1 / samples, seconds / memory);
  if (samples < warm) {
    bars[slot] = least;
    return 0;
  }
  const times = size > 0 ? size / (usual + size / mostSurprise) : 0;
  const bar = Math.max(least, (bars[slot] as number) * sunk);
  const raises = times > bar * margin && state.episode[slot] === 0;
  bars[slot] = times > bar ? bar * (times / bar) ** (raises ? lifted : lift) : bar;
  return times / (bar * margin);
}

/**
 * A bar sinks by half-life, but never below what normal noise, sampled every so many seconds, would be raised for once in
 * `noiseEvery` (in mean absolute deviations). It begins there: what is no more than noise is raised as seldom at a cycle
 * of 10 s as at one of 5 min.
 */
function barsAfter(seconds: number, { barHalfLife, noiseEvery, margin }: Tuning, bars: Bars): void {
  bars.seconds = seconds;
  bars.sunk = 2 ** (-seconds / barHalfLife);
  bars.least = (Math.sqrt(Math.PI / 2) * probit(1 - seconds / noiseEvery / 2)) / margin;
}

function sided(value: number, bad: number): number {
  return bad === 0 ? Math.abs(value) : Math.max(0, value * bad);
}
