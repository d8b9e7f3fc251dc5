// Judging a cycle that is in memory already: detector, fusion, and the claims of what is open.
import { openFresh } from '../conformance/database.ts';
import { calendarSchema } from '../src/monitoring/calendar.ts';
import { openSight, type Sight } from '../src/monitoring/sight.ts';
import { openRedis } from '../src/redis/ioredis.ts';
import type { Claims } from '../src/redis/redis.ts';
import { openTableClaims } from '../src/redis/table.ts';
import type { Columns, Numbered } from '../src/systems/prometheus/columns.ts';
import type { Options } from './measure.ts';
import { type Fleet, openFleet } from './scrape-fleet.ts';

/** A fleet and what has learnt of it; series are numbered as the fleet's places. */
export interface Watched {
  fleet: Fleet;
  sight: Sight;
  series: readonly Numbered[];
}

const hours = 14 * 24;
/** Cycles that are not counted, and those that are. */
export const warmUp = 3;
export const cycles = 20;
const heldMs = 210_000;

export function openWatched(servers: number): Watched {
  const fleet = openFleet(servers);
  const { metrics, inventory, length } = fleet;
  const sight = openSight({ metrics, inventory, calendar: calendarSchema.parse({}) });
  return { fleet, sight, series: Array.from({ length }, (_, place) => fleet.series(place)) };
}

/** Two weeks of healthy hours up to a minute: every hour of the week is known, and no baseline is young. */
export function learnTwoWeeks(watched: Watched, minute: number): void {
  const { sight, series, fleet } = watched;
  for (let hour = hours; hour > 0; hour -= 1) {
    const at = minute - hour * 60;
    sight.see(
      at * 60,
      columnsAt(fleet, (place) => fleet.healthy(place, at)),
      series,
    );
  }
  // They are kept at the start, before anything is watched.
  sight.detector.book.touched.clear();
}

export interface Scored {
  /** Milliseconds of each cycle: by the clock, and of one core. */
  wall: number[];
  cpu: number[];
  /** The same values in a pass that does nothing else. */
  bare: number[];
  /** Resident megabytes after each. */
  rss: number[];
  series: number;
  /** What was open, and claimed, in the last cycle. */
  open: number;
}

/** Twenty cycles after three, from a minute on. */
export async function scoreCycles(watched: Watched, claims: Claims, minute: number): Promise<Scored> {
  const { sight, series, fleet } = watched;
  const scored: Scored = { wall: [], cpu: [], bare: [], rss: [], series: series.length, open: 0 };
  const bare = openBare(series.length);
  for (let nth = 0; nth < warmUp + cycles; nth += 1) {
    const at = minute + nth;
    const read = columnsAt(fleet, (place) => fleet.value(place, at));
    const [began, used] = [performance.now(), process.cpuUsage()];
    const { open } = sight.see(at * 60, read, series);
    const wanted = open.map(({ key, band }) => ({ key: `${key}:${band}`, holder: `sig-${key}` }));
    await claims.claimAll(wanted, heldMs);
    const { user, system } = process.cpuUsage(used);
    const took = performance.now() - began;
    const again = performance.now();
    bare(read.values);
    if (nth < warmUp) continue;
    scored.bare.push(performance.now() - again);
    scored.wall.push(took);
    scored.cpu.push((user + system) / 1_000);
    scored.rss.push(process.memoryUsage.rss() / 2 ** 20);
    scored.open = open.length;
  }
  return scored;
}

/** The Redis of TEST_REDIS_URL or at the usual port; where none answers the table that stands in for it, in memory. */
export async function openBenchClaims({
  say,
  afterwards,
}: Pick<Options, 'say' | 'afterwards'>): Promise<Claims> {
  const url = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
  const redis = await openRedis(url, `roster-bench-${process.pid}:`).catch(() => undefined);
  if (redis) {
    afterwards(redis.close);
    return redis;
  }
  say('scrape: no Redis answers, so that a table holds the claims.');
  const database = await openFresh();
  afterwards(database.close);
  return openTableClaims(database.db);
}

/** A cycle as a source reads it. */
function columnsAt({ length }: Fleet, valueAt: (place: number) => number): Columns {
  const read = { series: new Int32Array(length), values: new Float64Array(length) };
  for (let place = 0; place < length; place += 1) {
    read.series[place] = place;
    read.values[place] = valueAt(place);
  }
  return read;
}

/** The least there is to do: one baseline a series, a z-score beside it, and both learnt. */
function openBare(series: number): (values: Float64Array) => number {
  const [mean, deviation] = [new Float64Array(series), new Float64Array(series).fill(1)];
  const z = new Float32Array(series);
  return (values) => {
    let critical = 0;
    for (let nth = 0; nth < series; nth += 1) {
      const off = (values[nth] as number) - (mean[nth] as number);
      const sigmas = off / (deviation[nth] as number);
      z[nth] = sigmas;
      if (sigmas >= 4) critical += 1;
      mean[nth] = (mean[nth] as number) + off / 100;
      deviation[nth] = (deviation[nth] as number) + (Math.abs(off) - (deviation[nth] as number)) / 100;
    }
    return critical;
  };
}
