// The company over many simulated days: what is measured each minute, what breaks when, and from when on it shows.
// Not the product: what the product makes of it is the benches'.
import { fernwood } from '../src/estate/company.ts';
import { faults } from '../src/estate/faults/all.ts';
import { creeping } from '../src/estate/faults/creeping.ts';
import type { Fault, Target } from '../src/estate/faults/fault.ts';
import { seeded } from '../src/estate/noise.ts';
import { answersTo } from '../src/estate/prometheus.ts';
import { parseQuery } from '../src/estate/promql.ts';
import { targetsOf } from '../src/estate/targets.ts';
import type { Breakage, World } from '../src/estate/world.ts';
import { type Metric, queryOf } from '../src/monitoring/metric.ts';

export const minute = 60_000;
export const day = 1_440 * minute;

/** One series that is watched, and its value at any unix millisecond. */
export interface Watched {
  metric: Metric;
  subject: string;
  value(at: number): number;
  /** The same without any fault. */
  healthy(at: number): number;
  /** How far it varies without any fault around what is usual for the hour of the week. */
  noise: number;
}

/** One time that something broke. Times in unix milliseconds. */
export interface Truth {
  fault: string;
  target: Target;
  start: number;
  /** When it fails, of what creeps first. */
  fails: number;
  /** The first cycle in which a metric lies 4 deviations of its noise from what it were without the fault. */
  visible: number | undefined;
  cleared: number;
}

export interface Scene {
  series: Watched[];
  truths: Truth[];
  from: number;
  to: number;
}

export interface Plan {
  seed: number;
  metrics: Metric[];
  from: number;
  days: number;
  /** Ways to break besides the company's own. */
  besides?: Fault[];
  /** What breaks, in turn, and for how long it creeps, in minutes from and to. */
  kinds: { fault: string; lead?: [number, number] }[];
  perDay: number;
}

/** Lays out what breaks and gives every series of the company with and without it. */
export function openScene({ seed, metrics, from, days, besides = [], kinds, perDay }: Plan): Scene {
  const random = seeded(seed);
  const empty: World = {
    inventory: fernwood,
    faults: [...faults, ...creeping, ...besides],
    seed,
    speed: 1,
    breakages: [],
    jobs: [],
    targets: targetsOf(fernwood, []),
  };
  const breakages = planned(empty, { from, days, kinds, perDay }, random);
  const broken = { ...empty, breakages };
  const to = from + days * day;
  const series = metrics.flatMap((metric) => watched(metric, broken, empty, from));
  return { series, truths: breakages.map((one) => truthOf(one, broken, series)), from, to };
}

function watched(metric: Metric, broken: World, empty: World, from: number): Watched[] {
  const query = parseQuery(queryOf(metric, minute));
  if (query.kind === 'refused') throw new Error(query.because);
  const healthy = answersTo(query, empty);
  return answersTo(query, broken).map(({ metric: labels, value }, nth) => {
    const twin = healthy[nth]?.value ?? value;
    return { metric, subject: labels[metric.label] ?? '', value, healthy: twin, noise: noiseOf(twin, from) };
  });
}

/** The deviation around the mean of each hour of the week, over two healthy weeks. */
function noiseOf(value: (at: number) => number, from: number): number {
  const hours = new Map<number, number[]>();
  for (let at = from - 14 * day; at < from; at += 5 * minute) {
    const hour = Math.floor(at / (60 * minute)) % 168;
    hours.set(hour, [...(hours.get(hour) ?? []), value(at)]);
  }
  const squares = [...hours.values()].flatMap((values) => {
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    return values.map((one) => (one - mean) ** 2);
  });
  return Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length);
}

type Laid = Pick<Plan, 'from' | 'days' | 'kinds' | 'perDay'>;

/** The days are cut into as many parts as faults: each begins somewhere in the first half of its part. */
function planned(world: World, { from, days, kinds, perDay }: Laid, random: () => number): Breakage[] {
  const part = day / perDay;
  return Array.from({ length: Math.floor(days * perDay) }, (_, nth) => {
    const kind = kinds[nth % kinds.length];
    const fault = world.faults.find(({ name }) => name === kind?.fault);
    if (!kind || !fault) throw new Error(`There is no fault called ${kind?.fault}.`);
    const places = fault.places({ inventory: world.inventory, versions: () => ({ now: '1', next: '2' }) });
    const place = places[Math.floor(random() * places.length)];
    if (!place) throw new Error(`Nothing could have a ${fault.name}.`);
    const [least, most] = kind.lead ?? [0, 0];
    const leadMinutes = Math.round(least + random() * (most - least));
    const startedAt = from + Math.floor((nth * part + (random() * part) / 2) / minute) * minute + 7_000;
    const lasts = (leadMinutes + 20 + random() * 40) * minute;
    const target = kind.lead ? { ...place, leadMinutes } : place;
    const [id, first] = [nth + 1, false];
    return {
      ...{ id, name: fault.name, target, first },
      startedAt: new Date(startedAt),
      mendedAt: new Date(startedAt + lasts),
    };
  });
}

function truthOf(breakage: Breakage, { faults: known }: World, series: Watched[]): Truth {
  const start = breakage.startedAt.getTime();
  const fault = known.find(({ name }) => name === breakage.name);
  const cleared = (breakage.mendedAt?.getTime() ?? start) + (fault?.recovery ?? 0) * 1_000;
  let visible: number | undefined;
  for (let at = cycleFrom(start); at <= cleared && visible === undefined; at += minute) {
    if (series.some(({ value, healthy, noise }) => Math.abs(value(at) - healthy(at)) >= 4 * noise))
      visible = at;
  }
  const { name, target } = breakage;
  return { fault: name, target, start, fails: start + (target.leadMinutes ?? 0) * minute, visible, cleared };
}

/** The first cycle at or after a time: they are on the full minutes. */
export function cycleFrom(at: number): number {
  return Math.ceil(at / minute) * minute;
}
