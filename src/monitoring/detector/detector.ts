import { type Cycle, newScratch, slicesOf } from '../baseline/cycle.ts';
import { expect } from '../baseline/expect.ts';
import { learn } from '../baseline/learn.ts';
import { type Path, pathOf } from '../baseline/segments.ts';
import { type Book, enter, openBook, reserve } from '../baseline/series.ts';
import { type Calendar, covers, type Expected, openAlmanac } from '../calendar.ts';
import { atOnce } from '../steps.ts';
import { judge } from './episode.ts';
import { surprise } from './surprise.ts';
import { shipped, type Tuning } from './tuning.ts';

export interface SeriesSettings {
  /** Metric and server or service, as the calendar names them. */
  metric: string;
  subject?: string | undefined;
  /** Which direction hurts. */
  bad: 'up' | 'down' | 'either';
  /** The least standard deviation assumed, as a share of the mean; 0 when left out: then only the data says. */
  least_deviation?: number | undefined;
  /** The same in the metric's unit. */
  floor?: number | undefined;
  /** What is a watch or critical value whatever is usual, while the baseline is young. Direction as `bad`, `either` as up. */
  static?: { watch?: number | undefined; critical?: number | undefined } | undefined;
}

/** One place a sample, in the order of the call. */
export interface Verdicts {
  /** Standard deviations from usual in the bad direction (either: absolute), at most 1,000; NaN where nothing was read. */
  z: Float32Array;
  mean: Float64Array;
  deviation: Float64Array;
  /** How surprising beside this series' own bar: above 1 it is rarer than what it was raised for of late. */
  surprise: Float32Array;
  /** 0 usual, 1 watch (≥ 2.8 σ), 2 critical (≥ 4 σ). */
  band: Uint8Array;
  /** 1 only in the cycle in which an episode is raised or raised anew. */
  raised: Uint8Array;
  /** 1 where the calendar expects something: nothing is raised, whatever the band. */
  held: Uint8Array;
  /** 1 from the raise until it is as usual again. */
  open: Uint8Array;
  /** 1 while the baseline is young. */
  learning: Uint8Array;
  /** 1 where being critical is rare for this series: fewer than one sample in a hundred of late. */
  seldom: Uint8Array;
}

export interface Detector {
  /** The slot of a series, made when it is new. A short-lived container takes the key of its workload. */
  slotOf(key: string, settings: SeriesSettings): number;
  /** Makes room for so many series at once: less memory than growing to it. */
  reserve(series: number): void;
  /**
   * One cycle at unix seconds `at`: values[i] belongs to slots[i], a slot may come several times, NaN = missing.
   * All are judged against the baselines of before the cycle. The arrays in the answer are reused by the next call; what
   * is beyond the first slots.length places is left over.
   */
  observe(at: number, slots: Int32Array, values: Float64Array): Verdicts;
  /** The same in steps of some milliseconds each; into arrays of its own when `apart`, so that those of the cycle before last. */
  observing(at: number, slots: Int32Array, values: Float64Array, apart?: boolean): Generator<void, Verdicts>;
  /** How values stand against what is usual, without learning from them: mean, deviation and z alone are written. */
  weigh(at: number, slots: Int32Array, values: Float64Array): Verdicts;
  /**
   * One sample of history, oldest first: learnt as a cycle would, judged by nobody. Returns how many standard deviations
   * it was above what was usual until then, below it when negative.
   */
  learn(at: number, slot: number, value: number): number;
  /** What is known of every series, for who stores it. */
  book: Book;
}

/** A detector by this calendar, with room for `series` of them at first. */
export function openDetector(calendar: Calendar, series = 64, tuning: Tuning = shipped): Detector {
  const almanac = openAlmanac(calendar);
  const book = openBook(series);
  const one = { slots: new Int32Array(1), values: new Float64Array(1), ...newScratch(1) };
  let scratch = newScratch(series);

  function path(at: number): Path {
    const hour = almanac.hourOfWeek(at);
    book.touched.add(hour);
    return pathOf(book.cells, hour);
  }

  const steps = [
    (cycle: Cycle) => expect(book.state, cycle, tuning),
    (cycle: Cycle) => hold(book, almanac.expected(cycle.at), cycle),
    (cycle: Cycle) => surprise(book.state, cycle, tuning),
    (cycle: Cycle) => judge(book.state, cycle, tuning),
    (cycle: Cycle) => learn(book.state, cycle, tuning),
  ];

  function* observing(
    at: number,
    slots: Int32Array,
    values: Float64Array,
    apart = false,
  ): Generator<void, Verdicts> {
    if (!apart && slots.length > scratch.residual.length) scratch = newScratch(slots.length);
    const into = apart ? newScratch(slots.length) : scratch;
    const slices = slicesOf({ at, path: path(at), slots, values, ...into });
    for (const step of steps)
      for (const slice of slices) {
        step(slice);
        yield;
      }
    return into.verdicts;
  }

  return {
    book,
    slotOf: (key, settings) => enter(book, key, settings),
    reserve: (series) => reserve(book, series),
    observe: (at, slots, values) => atOnce(observing(at, slots, values)),
    observing,
    weigh(at, slots, values) {
      const apart = newScratch(slots.length);
      const path = pathOf(book.cells, almanac.hourOfWeek(at));
      expect(book.state, { at, path, slots, values, ...apart }, tuning);
      return apart.verdicts;
    },
    learn(at, slot, value) {
      one.slots[0] = slot;
      one.values[0] = value;
      const cycle = { at, path: path(at), ...one };
      for (const step of steps) step(cycle);
      return (one.residual[0] as number) / (one.verdicts.deviation[0] as number);
    },
  };
}

/** Marks what the calendar expects now. */
function hold({ settings }: Book, expected: Expected[], { slots, verdicts: { held } }: Cycle): void {
  held.fill(0, 0, slots.length);
  if (expected.length === 0) return;
  for (let i = 0; i < slots.length; i += 1) {
    const { metric, subject } = settings[slots[i] as number] as SeriesSettings;
    if (expected.some((one) => covers(one, metric, subject))) held[i] = 1;
  }
}
