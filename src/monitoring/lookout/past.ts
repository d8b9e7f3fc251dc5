import type { Inventory } from '../../inventory/inventory.ts';
import type { Prometheus } from '../../systems/prometheus/read.ts';
import { bySeries } from '../learn.ts';
import type { Metric } from '../metric.ts';
import { type LeadIn, learnSignatures, type Signatures } from './precursor.ts';
import { counted, openSmoother, type Part, partsOf, smoothedOver } from './vector.ts';

/** An incident that was verified: what it was, where, and since when it was one. */
export interface PastIncident {
  id: string;
  /** The kind of its cause. */
  family: string;
  server: string;
  openedAt: Date;
}

/** Where the past is read, and how it stands against what is usual. */
export interface Past {
  prometheus: Pick<Prometheus, 'queryRange'>;
  metrics: Metric[];
  inventory: Inventory;
  cycleMs: number;
  /** PromQL for the series of one subject, maybe among others. */
  queryFor(metric: Metric, subject: string): string;
  usualAt(metric: string, subject: string, at: Date, part: string): { mean: number; deviation: number };
}

/** A failure announces itself for at most so long. */
const leadMs = 90 * 60_000;
/** Around an incident its server is not quiet, for so long before and after it was opened. */
const [before, after] = [2 * 3_600_000, 3 * 3_600_000];
/** Quiet times are looked for in so many of the last cycles, on so many servers, at so many moments in all. */
const quietCycles = 10_080;
const mostServers = 24;
const mostQuiet = 12_000;
/** Of each kind the latest so many. */
const mostIncidents = 20;
const fewest = 3;

/**
 * Learns what goes before failures, from the minutes before past incidents and from quiet times beside them. With
 * fewer than three incidents of any kind nothing is read. Throws what the source said.
 */
export async function learnPast(past: Past, incidents: PastIncident[], now: Date): Promise<Signatures> {
  const families = [...Map.groupBy(incidents, ({ family }) => family)];
  if (families.every(([, of]) => of.length < fewest)) {
    const because = (count: number) => `seen ${count} times, wanted ${fewest}`;
    return {
      whitening: [],
      known: [],
      without: families.map(([family, of]) => ({ family, because: because(of.length) })),
    };
  }
  const reading = { ...past, prometheus: remembering(past.prometheus) };
  const leadIns: LeadIn[] = [];
  for (const [family, of] of families)
    for (const { id, server, openedAt } of of.slice(-mostIncidents)) {
      const seen = await readVectors(reading, server, new Date(openedAt.getTime() - leadMs), openedAt);
      if (seen.length > 0) leadIns.push({ family, incident: id, seen: seen.map(({ vector }) => vector) });
    }
  const quiet: number[][] = [];
  const servers = spread(
    past.inventory.servers.filter(({ services }) => services.length > 0),
    mostServers,
  );
  const every = Math.max(smoothedOver, Math.ceil((servers.length * quietCycles) / mostQuiet));
  for (const { id } of servers) {
    const from = new Date(now.getTime() - quietCycles * past.cycleMs);
    const seen = await readVectors(reading, id, from, now);
    for (const [nth, { at, vector }] of seen.entries())
      if (nth % every === 0 && isQuiet(incidents, id, at)) quiet.push(vector);
  }
  return learnSignatures(leadIns, quiet);
}

/** Whether no incident of a server lies near a time in unix milliseconds. Pure. */
export function isQuiet(
  incidents: Pick<PastIncident, 'server' | 'openedAt'>[],
  server: string,
  at: number,
): boolean {
  return !incidents.some(
    (one) =>
      one.server === server && at >= one.openedAt.getTime() - before && at <= one.openedAt.getTime() + after,
  );
}

interface Moment {
  /** Unix milliseconds. */
  at: number;
  vector: number[];
}

/** A server's vectors of each cycle from `from` up to `to`; the same as it has while it is watched, if what is usual has not changed since. */
async function readVectors(past: Past, server: string, from: Date, to: Date): Promise<Moment[]> {
  const { metrics, inventory, cycleMs } = past;
  const begin = from.getTime() - smoothedOver * cycleMs;
  const cycles = Math.floor((to.getTime() - begin) / cycleMs);
  const rows = Array.from({ length: cycles }, () => metrics.map(() => 0));
  for (const [place, part] of partsOf(metrics, inventory, server).entries()) {
    const means = await readPart(past, part, { begin, cycles });
    means.forEach((mean, nth) => {
      (rows[nth] as number[])[place] = mean;
    });
  }
  const smoother = openSmoother(1, metrics.length);
  const smooth = rows.map((row, nth) => {
    const vector = metrics.map(() => 0);
    smoother.next(0, nth, row, vector);
    return { at: begin + nth * cycleMs, vector };
  });
  return smooth.slice(smoothedOver);
}

/** The mean z of one metric over its series, by cycle; 0 where nothing was measured. */
async function readPart(
  { prometheus, cycleMs, queryFor, usualAt }: Past,
  { metric, subjects }: Part,
  { begin, cycles }: { begin: number; cycles: number },
): Promise<number[]> {
  const sums = new Array<number>(cycles).fill(0);
  const counts = new Array<number>(cycles).fill(0);
  const end = new Date(begin + (cycles - 1) * cycleMs);
  for (const subject of subjects) {
    const history = await prometheus.queryRange(
      queryFor(metric, subject),
      new Date(begin),
      end,
      cycleMs / 1_000,
    );
    const own = bySeries(metric, cycleMs, history).filter((one) => one.subject === subject);
    for (const { part, values } of own) {
      const known = byQuarter((at) => usualAt(metric.name, subject, new Date(at * 1_000), part));
      for (const [at, value] of values) {
        const nth = Math.round((at * 1_000 - begin) / cycleMs);
        const { mean, deviation } = known(at);
        const z = counted((value - mean) / deviation, metric.bad);
        if (!Number.isFinite(z) || nth < 0 || nth >= cycles) continue;
        sums[nth] = (sums[nth] as number) + z;
        counts[nth] = (counts[nth] as number) + 1;
      }
    }
  }
  return sums.map((sum, nth) => sum / Math.max(1, counts[nth] as number));
}

/** What is usual changes by the hour, which in some time zones begins at a quarter: answers once a quarter, in unix seconds. */
export function byQuarter<T>(answer: (at: number) => T): (at: number) => T {
  const known = new Map<number, T>();
  return (at) => {
    const quarter = Math.floor(at / 900);
    const found = known.get(quarter) ?? answer(at);
    known.set(quarter, found);
    return found;
  };
}

/** One that remembers its last answers: of services on several servers the same is asked again. */
function remembering({ queryRange }: Past['prometheus']): Past['prometheus'] {
  const known = new Map<string, ReturnType<typeof queryRange>>();
  return {
    queryRange: (...asked) => {
      const key = JSON.stringify(asked);
      const answer = known.get(key) ?? queryRange(...asked);
      known.set(key, answer);
      const [oldest] = known.keys();
      if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
      return answer;
    },
  };
}

const mostRemembered = 16;

/** So many of them at most, from everywhere among them. */
function spread<T>(all: T[], most: number): T[] {
  const every = Math.max(1, all.length / most);
  return Array.from({ length: Math.min(most, all.length) }, (_, nth) => all[Math.floor(nth * every)] as T);
}
