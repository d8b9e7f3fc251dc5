import { wider } from '../baseline/segments.ts';

/** The last two hours of series by the minute, and their last week by the hour. */
export interface Recent {
  /** One value, in the order of time; of several in a minute the last counts. */
  put(place: number, at: number, value: number): void;
  /** Unix seconds and values, oldest first, gaps left out. */
  minutes(place: number): [number, number][];
  /** The same of whole hours, each the mean of its values, put at its middle; then the latest value. */
  hours(place: number): [number, number][];
  /** The latest value and those about 30 minutes, 2 hours, a day and a week before; NaN where there is none. */
  glance(place: number): number[];
}

const minutes = 120;
const hours = 168;

/** By place, from 0 on; 1.2 kB each. */
export function openRecent(): Recent {
  let byMinute = new Float32Array(0);
  let byHour = new Float32Array(0);
  let minute = new Float64Array(0);
  let count = new Uint16Array(0);

  function widen(place: number): void {
    if (place < minute.length) return;
    const [before, capacity] = [minute.length, Math.ceil((place + 1) * 1.25) + 16];
    byMinute = wider(byMinute, capacity * minutes).fill(Number.NaN, before * minutes);
    byHour = wider(byHour, capacity * hours).fill(Number.NaN, before * hours);
    minute = wider(minute, capacity);
    count = wider(count, capacity);
  }

  const minuteOf = (place: number, of: number) => byMinute[place * minutes + (of % minutes)] as number;
  const hourOf = (place: number, of: number) => byHour[place * hours + (of % hours)] as number;
  const latest = (place: number) => minuteOf(place, minute[place] as number);

  return {
    put: (place, at, value) => {
      widen(place);
      const [now, then] = [Math.floor(at / 60), minute[place] as number];
      const [hour, hourThen] = [Math.floor(now / 60), Math.floor(then / 60)];
      for (let nth = Math.max(then + 1, now - minutes); nth < now; nth += 1)
        byMinute[place * minutes + (nth % minutes)] = Number.NaN;
      for (let nth = Math.max(hourThen + 1, hour - hours); nth <= hour; nth += 1)
        byHour[place * hours + (nth % hours)] = Number.NaN;
      if (hour !== hourThen) count[place] = 0;
      byMinute[place * minutes + (now % minutes)] = value;
      minute[place] = now;
      const seen = (count[place] as number) + 1;
      const mean = seen === 1 ? 0 : hourOf(place, hour);
      byHour[place * hours + (hour % hours)] = mean + (value - mean) / seen;
      count[place] = seen;
    },
    minutes: (place) => {
      const now = minute[place] as number;
      return Array.from({ length: minutes }, (_, nth) => now - minutes + 1 + nth)
        .map((of): [number, number] => [of * 60, minuteOf(place, of)])
        .filter(([, value]) => Number.isFinite(value));
    },
    hours: (place) => {
      const now = minute[place] as number;
      const hour = Math.floor(now / 60);
      const whole = Array.from({ length: hours - 1 }, (_, nth) => hour - hours + 1 + nth)
        .map((of): [number, number] => [of * 3_600 + 1_800, hourOf(place, of)])
        .filter(([, value]) => Number.isFinite(value));
      return [...whole, [now * 60, latest(place)]];
    },
    glance: (place) => {
      const now = minute[place] as number;
      const hour = Math.floor(now / 60);
      const over = (from: number, length: number) =>
        meanOf(Array.from({ length }, (_, nth) => minuteOf(place, from + nth)));
      const [lately, half, two] = [over(now - 4, 5), over(now - 32, 5), over(now - 119, 5)];
      return [lately, half, two, hourOf(place, hour - 24), hourOf(place, hour - hours + 1)];
    },
  };
}

function meanOf(values: number[]): number {
  const seen = values.filter(Number.isFinite);
  return seen.reduce((sum, one) => sum + one, 0) / seen.length;
}
