import { createHash } from 'node:crypto';
import type { By } from '../audit/entry.ts';
import type { Notes } from '../audit/notes.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Store } from '../jobs/save.ts';
import type { Claims } from '../redis/redis.ts';
import type { Anomaly } from './anomaly.ts';
import type { Looked, Monitor } from './monitor.ts';
import { raiseAll } from './raise.ts';
import { recoverAll } from './recover.ts';
import type { Routing } from './routing.ts';

export interface Watching {
  store: Store;
  notes: Notes;
  claims: Claims;
  monitor: Monitor;
  inventory: Inventory;
  routing: Routing;
  /** The worker on monitoring duty. */
  by: By;
}

/**
 * One cycle: look, write down what is unusual, end what is over and raise what is wrong. Safe to run on after a crash:
 * what was cut off is done by the next. Throws when the audit or the database is not there.
 */
export async function cycle(watching: Watching, now: Date): Promise<void> {
  const looked = await watching.monitor.look(now);
  await Promise.all([
    writeCycle(watching, looked, now),
    ...looked.unusual.map((anomaly) => writeAnomaly(watching, anomaly)),
  ]);
  await recoverAll(watching, looked.findings, now);
  await raiseAll(watching, looked.findings, now);
  await watching.monitor.keep(watching.store.db, now);
}

/**
 * Between two cycles: looks at what is watched closely alone, writes down what is unusual and raises what is wrong.
 * What is over there is ended by the next cycle. Throws as `cycle` does.
 */
export async function glance(watching: Watching, only: ReadonlySet<string>, now: Date): Promise<void> {
  const looked = await watching.monitor.glance(now, only);
  await Promise.all([
    writeCycle(watching, looked, now, [...only]),
    ...looked.unusual.map((anomaly) => writeAnomaly(watching, anomaly)),
  ]);
  await raiseAll(watching, looked.findings, now);
}

/** `only` says what was judged, where that is not everything. */
function writeCycle({ notes, by }: Watching, looked: Looked, now: Date, only?: string[]): Promise<void> {
  const { series, values, unusual, missing } = looked;
  const hash = createHash('sha256').update(values).digest('hex');
  const facts = { scraped: now.toISOString(), series: series.length, unusual: unusual.length, hash, only };
  return notes.note({ kind: 'scrape.cycle', by, facts, because: missing });
}

function writeAnomaly({ notes, by }: Watching, anomaly: Anomaly): Promise<void> {
  const { metric, value, mean, deviation, z, about, subject } = anomaly;
  return notes.note({
    kind: 'anomaly.seen',
    by,
    about: { [about]: subject },
    facts: { metric, value, mean, deviation, z },
  });
}
