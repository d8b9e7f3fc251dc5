import type { SeriesSettings } from '../detector/detector.ts';
import { type Cell, newCells, widenCells, wider } from './segments.ts';

/** What is kept of every series, an array a field, a place a series. */
export interface SeriesState {
  /** Its first value: everything is kept as a difference from it, so that small changes of large values survive. */
  anchor: Float64Array;
  /** Unix seconds of the latest sample, and the seconds between two. */
  at: Float64Array;
  step: Float32Array;
  /** Samples seen, up to 65,535. */
  count: Uint16Array;
  /** How far all hours have moved together from their cells: a level shift or a drift. */
  level: Float32Array;
  /** The same over a few samples. */
  fast: Float32Array;
  /** Share of late samples that were far off. */
  unusual: Float32Array;
  /** Share of samples that were critical, over two weeks. */
  critical: Float32Array;
  /** Of each feature: its typical size, and the bar (a logarithm) it must pass. */
  typical: [Float32Array, Float32Array];
  bar: [Float32Array, Float32Array];
  /** The open episode: 0 none, 1 watch, 2 critical. And cycles as usual since it was last seen. */
  episode: Uint8Array;
  calm: Uint8Array;
  /** +1 up is bad, -1 down, 0 either. */
  bad: Int8Array;
  leastDeviation: Float32Array;
  floor: Float64Array;
  watchAt: Float64Array;
  criticalAt: Float64Array;
}

export interface Book {
  /** Series by key. */
  slots: Map<string, number>;
  /** The key of each slot. */
  keys: string[];
  settings: SeriesSettings[];
  state: SeriesState;
  cells: Cell[];
  /** Hours of the week learnt from since they were last kept. */
  touched: Set<number>;
  capacity: number;
}

/** A book with room for `capacity` series; it grows. */
export function openBook(capacity: number): Book {
  return {
    slots: new Map(),
    keys: [],
    settings: [],
    state: newState(capacity),
    cells: newCells(capacity),
    touched: new Set(),
    capacity,
  };
}

/** The slot of `key`, a new one where there is none; the settings given last are in force. */
export function enter(book: Book, key: string, settings: SeriesSettings): number {
  const known = book.slots.get(key);
  const slot = known ?? book.slots.size;
  if (known === undefined) {
    if (slot >= book.capacity) grow(book, Math.ceil(slot * 1.25) + 16);
    book.slots.set(key, slot);
    book.keys[slot] = key;
  }
  if (book.settings[slot] !== settings) settle(book, slot, settings);
  return slot;
}

/** Makes room for so many series, no more. */
export function reserve(book: Book, capacity: number): void {
  if (capacity > book.capacity) grow(book, capacity);
}

function settle({ settings: all, state }: Book, slot: number, settings: SeriesSettings): void {
  all[slot] = settings;
  state.bad[slot] = settings.bad === 'up' ? 1 : settings.bad === 'down' ? -1 : 0;
  state.leastDeviation[slot] = settings.least_deviation ?? 0;
  state.floor[slot] = settings.floor ?? 0;
  state.watchAt[slot] = settings.static?.watch ?? Number.NaN;
  state.criticalAt[slot] = settings.static?.critical ?? Number.NaN;
}

function grow(book: Book, capacity: number): void {
  widenCells(book.cells, capacity);
  const fields = Object.entries(book.state).map(([name, field]) => [
    name,
    Array.isArray(field) ? field.map((one) => wider(one, capacity)) : wider(field, capacity),
  ]);
  book.state = Object.fromEntries(fields);
  book.capacity = capacity;
}

function newState(capacity: number): SeriesState {
  const single = () => new Float32Array(capacity);
  const double = () => new Float64Array(capacity);
  return {
    anchor: double(),
    at: double(),
    step: single(),
    count: new Uint16Array(capacity),
    level: single(),
    fast: single(),
    unusual: single(),
    critical: single(),
    typical: [single(), single()],
    bar: [single(), single()],
    episode: new Uint8Array(capacity),
    calm: new Uint8Array(capacity),
    bad: new Int8Array(capacity),
    leastDeviation: single(),
    floor: double(),
    watchAt: double(),
    criticalAt: double(),
  };
}
