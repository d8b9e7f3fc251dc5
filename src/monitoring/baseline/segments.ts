// Baselines: what is usual for each series at each hour of each weekday, learnt sample by sample.
// Not what to make of a deviation: that is the detector's.

/** Cells a series has: all hours, 24 hours of the day, the same × weekend, 168 hours of the week. */
const cellCount = 1 + 24 + 48 + 168;

/** One segment of time for every series. */
export interface Cell {
  /** Mean, less the series' anchor and level. */
  mean: Float32Array;
  /** Mean absolute residual: what the forecast was off by in this segment. */
  deviation: Float32Array;
  /** How much has been seen, in the unit of its grain. */
  weight: Float32Array | Uint16Array;
}

/** Coarse to fine. `most` hours seen are remembered: 14 days of all, 24 days of one hour, 8 weeks of one weekday. */
export const grains = [
  { most: 14 * 24, unit: 1 },
  { most: 24, unit: 24 / 65_535 },
  { most: 16, unit: 16 / 65_535 },
  { most: 8, unit: 8 / 65_535 },
] as const;

/** The four cells an hour of the week belongs to (0 = Monday 00:00), coarse to fine. */
export type Path = [all: Cell, hour: Cell, hourOfWeekend: Cell, hourOfWeek: Cell];

/** Which cells an hour of the week belongs to, coarse to fine. */
export function cellsOf(hour: number): [number, number, number, number] {
  const ofDay = hour % 24;
  const weekend = hour >= 5 * 24 ? 24 : 0;
  return [0, 1 + ofDay, 25 + weekend + ofDay, 73 + hour];
}

/** The cells of an hour of the week themselves. */
export function pathOf(all: Cell[], hour: number): Path {
  return cellsOf(hour).map((cell) => all[cell]) as Path;
}

/**
 * Empty cells for `capacity` series, 10 bytes each. A cell's arrays run over the series, so that a cycle, which is of
 * one hour, reads memory in order.
 */
export function newCells(capacity: number): Cell[] {
  return Array.from({ length: cellCount }, (_, cell) => ({
    mean: new Float32Array(capacity),
    deviation: new Float32Array(capacity),
    weight: cell === 0 ? new Float32Array(capacity) : new Uint16Array(capacity),
  }));
}

/** Makes room for more series and keeps what is learnt; one array at a time, so that the peak is low. */
export function widenCells(all: Cell[], capacity: number): void {
  for (const cell of all) {
    cell.mean = wider(cell.mean, capacity);
    cell.deviation = wider(cell.deviation, capacity);
    cell.weight = wider(cell.weight, capacity);
  }
}

/** The same values in an array of `capacity`. */
export function wider<T extends Float64Array | Float32Array | Uint16Array | Uint8Array | Int8Array>(
  old: T,
  capacity: number,
): T {
  const made = new (old.constructor as new (length: number) => T)(capacity);
  made.set(old);
  return made;
}
