import { createHash } from 'node:crypto';
import type { By } from '../audit/entry.ts';
import type { Notes } from '../audit/notes.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Store } from '../jobs/save.ts';
import type { Claims } from '../redis/redis.ts';
import type { Monitor, Scraped } from './monitor.ts';
import { raise } from './raise.ts';
import { isUsual, type Reading, signalAt } from './reading.ts';

export interface Watching {
  store: Store;
  notes: Notes;
  claims: Claims;
  monitor: Monitor;
  inventory: Inventory;
  /** The worker on monitoring duty. */
  by: By;
}

/** The series that were critical in the cycle before, by key. */
export type Critical = ReadonlySet<string>;

/**
 * One cycle: scrape, score, write down what is unusual, raise what was critical twice running.
 * Returns the critical series, for the next cycle. Throws when the audit or the database is not there.
 */
export async function cycle(watching: Watching, before: Critical, now: Date): Promise<Critical> {
  const scraped = await watching.monitor.scrape(now);
  const unusual = scraped.readings.filter((reading) => !isUsual(reading));
  const critical = unusual.filter(({ z }) => z >= signalAt);
  await Promise.all([
    writeCycle(watching, scraped, unusual, now),
    ...unusual.map((reading) => writeAnomaly(watching, reading)),
  ]);
  for (const reading of unusual) {
    const held = before.has(keyOf(reading)) && reading.z >= signalAt;
    await (held ? raise(watching, reading) : renew(watching, reading));
  }
  return new Set(critical.map(keyOf));
}

/** What one anomaly is known by across cycles and processes. */
export function keyOf({ about, subject, metric }: Reading): string {
  return `${about}:${subject}:${metric}`;
}

/** A signal is kept from being raised again until three cycles after the last sight. */
export function keptMs({ monitor }: Watching): number {
  return 3 * monitor.cycleMs + monitor.cycleMs / 2;
}

function renew(watching: Watching, reading: Reading): Promise<void> {
  return watching.claims.renew(`signal:${keyOf(reading)}`, keptMs(watching));
}

function writeCycle(
  { notes, by }: Watching,
  { readings, missing }: Scraped,
  unusual: Reading[],
  now: Date,
): Promise<void> {
  const hash = createHash('sha256').update(JSON.stringify(readings)).digest('hex');
  const facts = { scraped: now.toISOString(), series: readings.length, unusual: unusual.length, hash };
  return notes.note({ kind: 'scrape.cycle', by, facts, because: missing });
}

function writeAnomaly({ notes, by }: Watching, reading: Reading): Promise<void> {
  const { metric, value, mean, deviation, z, about, subject } = reading;
  return notes.note({
    kind: 'anomaly.seen',
    by,
    about: { [about]: subject },
    facts: { metric, value, mean, deviation, z },
  });
}
