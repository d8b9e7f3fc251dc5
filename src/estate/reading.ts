import { bell, drift, share } from './noise.ts';
import type { Series } from './series.ts';
import { type Breakage, faultOf, type World } from './world.ts';

/** A bend of one breakage, its times in unix milliseconds and spans of them. */
export interface Pull {
  by: number;
  start: number;
  over: number;
  mended: number;
  recovery: number;
}

const day = 86_400_000;
const week = 7 * day;
/** Busiest at 19:00 UTC, and on Saturdays. */
const busyHour = (19 / 24) * day;
const busyDay = 2 * day + busyHour;
/** When all counters began. */
export const began = Date.UTC(2020, 0, 1);

/**
 * Reads one series at any time (unix milliseconds). What it says follows from the series, the time and the stored
 * breakages alone: there are no stored samples, so any history can be asked for and a restart changes nothing.
 */
export function reader(series: Series, world: World): (at: number) => number {
  const pulls = pullsOn(series, world);
  return series.kind === 'gauge' ? gauge(series, pulls) : counter(series, pulls, world.speed);
}

function gauge(series: Series, pulls: Pull[]): (at: number) => number {
  const { level, seed, noise, joint } = series;
  const load = joint && loadOf(joint.seed);
  return (at) => {
    let value =
      1 + series.day * Math.cos(turn(at, day, busyHour)) + series.week * Math.cos(turn(at, week, busyDay));
    if (load && joint) value += joint.by * load.now(at);
    value += noise * bell(seed, Math.round(at));
    for (const pull of pulls) value += pull.by * pulled(pull, at);
    const read = level * Math.max(value, 0.004);
    // Nobody has half a byte.
    return level > 1_000_000 ? Math.round(read) : read;
  };
}

/** The integral of the rate, so that the rate over any window is what it should be, faults and all. */
function counter(series: Series, pulls: Pull[], speed: number): (at: number) => number {
  const { level, seed, joint } = series;
  const load = joint && loadOf(joint.seed);
  const swing = (at: number) =>
    at +
    (load && joint ? joint.by * load.gathered(at) : 0) +
    series.day * (day / (2 * Math.PI)) * Math.sin(turn(at, day, busyHour)) +
    series.week * (week / (2 * Math.PI)) * Math.sin(turn(at, week, busyDay));
  const zero = swing(began) - day;
  // Not a divisor of any usual step, so that the samples of a history fall anywhere between two knots.
  const knot = 3_700 / speed;
  const wobble = (series.noise * 15_000) / speed / Math.SQRT2;
  return (at) => {
    let value = swing(at) - zero + wobble * drift(seed, at / knot);
    for (const pull of pulls) value += pull.by * gathered(pull, at);
    return (level * value) / 1000;
  };
}

/** What all metrics of one server follow together, mean 0 and deviation 1: three waves of 6 to 60 minutes. And its integral. */
function loadOf(seed: number): { now(at: number): number; gathered(at: number): number } {
  const size = Math.sqrt(2 / 3);
  const waves = [0, 1, 2].map((nth) => {
    const period = (6 + 54 * share(seed, 2 * nth)) * 60_000;
    return { period, phase: period * share(seed, 2 * nth + 1) };
  });
  const sum = (of: (wave: { period: number; phase: number }) => number) =>
    size * waves.reduce((all, wave) => all + of(wave), 0);
  return {
    now: (at) => sum(({ period, phase }) => Math.cos(turn(at, period, phase))),
    gathered: (at) =>
      sum(({ period, phase }) => (period / (2 * Math.PI)) * Math.sin(turn(at, period, phase))),
  };
}

function pullsOn({ labels }: Series, world: World): Pull[] {
  return world.breakages.flatMap((breakage) => pullsOf(breakage, labels, world));
}

/** What one breakage does to the series of these labels. */
export function pullsOf(breakage: Breakage, labels: Record<string, string>, world: World): Pull[] {
  const fault = faultOf(world, breakage);
  const pace = 1000 / world.speed;
  const mended = breakage.mendedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return fault
    .bends(breakage.target, world.inventory)
    .filter(
      (bend) =>
        bend.metric === labels.__name__ &&
        Object.entries(bend.labels).every(([name, value]) => labels[name] === value),
    )
    .map(({ by, after, over }) => {
      const start = breakage.startedAt.getTime() + after * pace;
      const size = breakage.target.magnitude ?? 1;
      return { by: by * size, start, over: over * pace, mended, recovery: fault.recovery * pace };
    });
}

/** How much of a bend is there at a unix millisecond: from 0 up to 1 while it builds, and down to 0 again after the mend. */
export function pulled(pull: Pull, at: number): number {
  const built = clamp((Math.min(at, pull.mended) - pull.start) / pull.over);
  return built * (1 - clamp((at - pull.mended) / pull.recovery));
}

/** The integral of `pulled` from the fault's start to `at`, in milliseconds. */
function gathered(pull: Pull, at: number): number {
  const building = Math.min(at, pull.mended) - pull.start;
  if (building <= 0) return 0;
  const { over, recovery } = pull;
  const risen = building < over ? building ** 2 / (2 * over) : building - over / 2;
  const healing = Math.min(Math.max(at - pull.mended, 0), recovery);
  return risen + clamp(building / over) * (healing - healing ** 2 / (2 * recovery));
}

function clamp(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

function turn(at: number, period: number, peak: number): number {
  return (2 * Math.PI * (at - peak)) / period;
}
