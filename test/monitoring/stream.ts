import { type Calendar, calendarSchema } from '../../src/monitoring/calendar.ts';
import { type Detector, openDetector, type SeriesSettings } from '../../src/monitoring/detector/detector.ts';

export const monday = Date.UTC(2026, 10, 2) / 1_000;
export const hour = 3_600;
export const day = 24 * hour;
export const step = 300;

/** What one sample was judged as. */
export interface Judged {
  at: number;
  z: number;
  mean: number;
  deviation: number;
  band: number;
  raised: boolean;
  held: boolean;
  open: boolean;
  learning: boolean;
}

/** One series fed to a detector, a sample every five minutes unless said otherwise. */
export class Stream {
  readonly detector: Detector;
  at = monday;
  private readonly slots: Int32Array;
  private readonly values = new Float64Array(1);

  constructor(settings: Partial<SeriesSettings> = {}, calendar: Partial<Calendar> = {}) {
    this.detector = openDetector(calendarSchema.parse(calendar), 1);
    const slot = this.detector.slotOf('one', { metric: 'cpu', subject: 'web-1', bad: 'either', ...settings });
    this.slots = Int32Array.of(slot);
  }

  see(value: number): Judged {
    this.values[0] = value;
    const said = this.detector.observe(this.at, this.slots, this.values);
    const at = this.at;
    this.at += step;
    const number = (of: { [place: number]: number }) => of[0] as number;
    const yes = (of: Uint8Array) => of[0] === 1;
    return {
      at,
      z: number(said.z),
      mean: number(said.mean),
      deviation: number(said.deviation),
      band: number(said.band),
      raised: yes(said.raised),
      held: yes(said.held),
      open: yes(said.open),
      learning: yes(said.learning),
    };
  }

  /** Sees `valueAt` until `end` (unix seconds), and gives all that was judged. */
  until(end: number, valueAt: (at: number) => number): Judged[] {
    const said: Judged[] = [];
    while (this.at < end) said.push(this.see(valueAt(this.at)));
    return said;
  }
}

/** Noise between −1 and 1 that looks the same every time (mulberry32, two of them summed for a rounder shape). */
export function noise(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => uniform() + uniform() - 1;
}
