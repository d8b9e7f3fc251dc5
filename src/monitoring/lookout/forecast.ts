import { linearRegression, mean } from 'simple-statistics';

/** When something will be full, with an interval of about 95 %. Times in unix seconds. */
export interface Forecast {
  at: number;
  earliest: number;
  /** Undefined when it might also never be. */
  latest: number | undefined;
  /** How fast it goes beside what is usual, in the metric's unit an hour. */
  perHour: number;
  /** How long the trend has been looked at, in minutes. */
  over: number;
}

export type Foreseen = { kind: 'forecast'; forecast: Forecast } | { kind: 'none'; because: string };

/** A trend is believed over four times as long as it has been seen. */
const reach = 4;
/** The windows that are looked at, in minutes: a leak of an hour, of a morning, of days. */
const windows = [30, 120, 1_440, 7 * 1_440];
const fewest = 20;
/** How many standard errors the slope must be away from none. */
const clearly = 8;

interface Trend {
  /** At `origin`, and a second later by how much more. */
  start: number;
  slope: number;
  slopeError: number;
  spread: number;
  origin: number;
}

/**
 * Foresees when a series reaches its limit: a straight line through what it is beside what is usual for the hour
 * (ordinary least squares), over several windows, of which the earliest end counts. `points` are unix seconds and
 * values, oldest first, the last one now; `usual` gives what is usual at a time; `limit` is where it is full.
 */
export function foresee(points: [number, number][], usual: (at: number) => number, limit: number): Foreseen {
  const now = points.at(-1)?.[0];
  if (now === undefined) return { kind: 'none', because: 'Nothing was measured.' };
  const found: Forecast[] = [];
  for (const minutes of windows) {
    const seen = points.filter(([at, value]) => at > now - minutes * 60 && Number.isFinite(value));
    const span = now - (seen[0]?.[0] ?? now);
    if (seen.length < fewest || span < minutes * 60 * 0.8) continue;
    const trend = trendOf(seen.map(([at, value]) => [at, value - usual(at)]));
    if (!trend || Math.sign(trend.slope) !== Math.sign(limit - (points.at(-1)?.[1] ?? 0))) continue;
    const forecast = crossing(trend, usual, { now, limit, minutes });
    if (forecast) found.push(forecast);
  }
  const [first] = found.sort((a, b) => a.at - b.at);
  return first
    ? { kind: 'forecast', forecast: first }
    : { kind: 'none', because: 'No trend leads to the limit in the time it can be believed.' };
}

/** A line that is clearly no noise, and goes the same way in both halves: a step is no trend. */
function trendOf(points: [number, number][]): Trend | undefined {
  const origin = points[0]?.[0] ?? 0;
  const moved = points.map(([at, value]): [number, number] => [at - origin, value]);
  const { m: slope, b: start } = linearRegression(moved);
  const times = moved.map(([at]) => at);
  const middle = mean(times);
  const sumOfSquares = times.reduce((sum, at) => sum + (at - middle) ** 2, 0);
  const errors = moved.reduce((sum, [at, value]) => sum + (value - start - slope * at) ** 2, 0);
  const spread = Math.sqrt(errors / Math.max(1, moved.length - 2));
  const slopeError = spread / Math.sqrt(sumOfSquares);
  if (Math.abs(slope) < clearly * slopeError) return undefined;
  const half = Math.floor(moved.length / 2);
  const halves = [moved.slice(0, half), moved.slice(half)].map((part) => linearRegression(part).m / slope);
  return halves.every((share) => share > 0.4) ? { start, slope, slopeError, spread, origin } : undefined;
}

interface Ahead {
  now: number;
  limit: number;
  minutes: number;
}

function crossing(trend: Trend, usual: (at: number) => number, ahead: Ahead): Forecast | undefined {
  const { slope, slopeError, spread } = trend;
  const away = Math.sign(slope);
  const at = reachedAt(trend, usual, ahead);
  if (at === undefined) return undefined;
  const faster = { ...trend, slope: slope + away * 2 * slopeError, start: trend.start + away * 2 * spread };
  const slower = { ...trend, slope: slope - away * 2 * slopeError, start: trend.start - away * 2 * spread };
  return {
    at,
    earliest: reachedAt(faster, usual, ahead) ?? at,
    latest: reachedAt(slower, usual, { ...ahead, minutes: 2 * ahead.minutes }),
    perHour: slope * 3_600,
    over: ahead.minutes,
  };
}

/** The first of 500 moments ahead at which usual and trend together reach the limit. */
function reachedAt(
  { start, slope, origin }: Trend,
  usual: (at: number) => number,
  { now, limit, minutes }: Ahead,
): number | undefined {
  const step = (reach * minutes * 60) / 500;
  for (let nth = 0; nth <= 500; nth++) {
    const at = now + nth * step;
    const value = usual(at) + start + slope * (at - origin);
    if (slope > 0 ? value >= limit : value <= limit) return at;
  }
  return undefined;
}
