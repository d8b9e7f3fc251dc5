// Whole cycles from a real VictoriaMetrics: fetched, parsed, judged, written down and raised, while somebody asks this
// process for an acknowledgement every 20 ms.
import { openFresh } from '../conformance/database.ts';
import { openNotes } from '../src/audit/notes.ts';
import type { WorkerId } from '../src/ids.ts';
import { openQueue } from '../src/jobs/queue.ts';
import { cycle, type Watching } from '../src/monitoring/cycle.ts';
import { openLookout } from '../src/monitoring/lookout/lookout.ts';
import { askedOf, type Metric } from '../src/monitoring/metric.ts';
import { type Monitor, openMonitor } from '../src/monitoring/monitor.ts';
import type { Claims } from '../src/redis/redis.ts';
import type { Numbered } from '../src/systems/prometheus/columns.ts';
import { type Cycle, openSource, type Source } from '../src/systems/prometheus/source.ts';
import { type Options, percentile } from './measure.ts';
import { startAsking } from './scrape-ack.ts';
import type { Fleet } from './scrape-fleet.ts';
import { cycles, type Watched, warmUp } from './scrape-score.ts';
import { bareInstant } from './scrape-victoria.ts';

const cycleMs = 60_000;
const instants = 7;

/** How many minutes each part takes, from its first on. */
export const taken = { cycles: 1 + warmUp + cycles, instants: instants + 1 };

/** A source of all metrics, each read by this kind of query; in brackets it is no bare selector, and costs the other side nothing. */
function sourceOf(url: string, metrics: Metric[], by: 'export' | 'instant'): Source {
  const asked = metrics.map((metric) => askedOf(metric, cycleMs));
  return openSource(
    { url, timeoutMs: 60_000 },
    asked.map((one) => (by === 'export' ? one : { ...one, promql: `(${one.promql})` })),
  );
}

/** The same source, in the numbers of a fleet. Throws when it does not read all of it in its first minute. */
async function numberedAs(fleet: Fleet, series: readonly Numbered[], source: Source, minute: number) {
  const { missing } = await source.cycle(new Date(minute * 60_000));
  const places = Int32Array.from(source.series, fleet.placeOf);
  if (missing.length > 0 || places.length !== fleet.length || places.includes(-1))
    throw new Error(`Of ${fleet.length} series ${places.length} were read. ${missing.join(' ')}`);
  const cycle = async (at: Date): Promise<Cycle> => {
    const read = await source.cycle(at);
    return { ...read, series: read.series.map((number) => places[number] as number) };
  };
  return { series, cycle, close: source.close };
}

export interface Cycled {
  /** Milliseconds from the question to what is open, by cycle; and of the whole cycle, all written and raised. */
  looked: number[];
  whole: number[];
  /** How long an acknowledgement took, all the while. */
  acks: number[];
  /** Resident megabytes after each. */
  rss: number[];
  database: string;
}

/** Cycles of the product as it runs them, from a minute on. */
export async function runCycles(
  url: string,
  { fleet, sight, series }: Watched,
  { claims, minute, afterwards }: { claims: Claims; minute: number } & Pick<Options, 'afterwards'>,
): Promise<Cycled> {
  const database = await openFresh();
  afterwards(database.close);
  const queue = await openQueue(database, { warn: () => {}, error: () => {} });
  afterwards(() => queue.stop(0));
  const done: Cycled = { looked: [], whole: [], acks: [], rss: [], database: database.kind };
  const source = await numberedAs(fleet, series, sourceOf(url, fleet.metrics, 'export'), minute);
  const { metrics, inventory } = fleet;
  const lookout = openLookout({ sight, metrics, inventory, cycleMs });
  const monitor = timed(openMonitor(source, sight, metrics, cycleMs, lookout), done.looked);
  const store = { db: database.db, queue, chain: 'trial' as const };
  const by = { worker: 'ada' as WorkerId, charter: 'ada@1' };
  const notes = openNotes(database.db, 'trial');
  const routing = { ops: [], teams: {} };
  const watching: Watching = { store, notes, claims, monitor, inventory, routing, by };
  const asking = await startAsking();
  for (let nth = 0; nth < warmUp + cycles; nth += 1) {
    const began = performance.now();
    await cycle(watching, new Date((minute + 1 + nth) * 60_000));
    done.whole.push(performance.now() - began);
    done.rss.push(process.memoryUsage.rss() / 2 ** 20);
  }
  done.acks.push(...(await asking.stop()));
  await monitor.close();
  for (const list of [done.looked, done.whole]) list.splice(0, warmUp);
  return done;
}

/** By instant queries: a whole look, and fetch, JSON.parse and walk of the same, turn by turn; the medians of both. */
export async function againstBare(
  url: string,
  { fleet, sight, series }: Watched,
  minute: number,
): Promise<{ ours: number; bare: number }> {
  const source = await numberedAs(fleet, series, sourceOf(url, fleet.metrics, 'instant'), minute);
  const monitor = openMonitor(source, sight, fleet.metrics, cycleMs);
  const queries = fleet.metrics.map(({ query }) => `(${query})`);
  const took = { ours: [] as number[], bare: [] as number[] };
  for (let nth = 1; nth <= instants; nth += 1) {
    const at = new Date((minute + nth) * 60_000);
    took.bare.push(await bareInstant(url, queries, at));
    const began = performance.now();
    await monitor.look(at);
    took.ours.push(performance.now() - began);
  }
  await monitor.close();
  return { ours: percentile(took.ours, 0.5), bare: percentile(took.bare, 0.5) };
}

function timed(monitor: Monitor, took: number[]): Monitor {
  return {
    ...monitor,
    look: async (now) => {
      const began = performance.now();
      const looked = await monitor.look(now);
      took.push(performance.now() - began);
      return looked;
    },
  };
}
