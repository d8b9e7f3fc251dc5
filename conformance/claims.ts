import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { openNotes } from '../src/audit/notes.ts';
import type { WorkerId } from '../src/ids.ts';
import type { Job } from '../src/jobs/job.ts';
import { type Critical, cycle, type Watching } from '../src/monitoring/cycle.ts';
import type { Reading } from '../src/monitoring/reading.ts';
import { startWatch } from '../src/monitoring/watch.ts';
import { openRedis } from '../src/redis/ioredis.ts';
import { openFresh } from './database.ts';
import { dawdle, openDesk } from './desk.ts';
import { openLine } from './line.ts';

/** Redis, which holds what was raised and who watches, is down from a moment on. */
export interface NoClaims {
  kind: 'redis';
  from: 'the start' | 'the start of a cycle' | 'the first cycle' | 'the second cycle';
  z: number;
}

export const noClaims: fc.Arbitrary<NoClaims> = fc.record({
  kind: fc.constant('redis' as const),
  from: fc.constantFrom('the start', 'the start of a cycle', 'the first cycle', 'the second cycle'),
  z: fc.double({ min: 4, max: 1_000, noNaN: true }),
});

const usual = 'redis://127.0.0.1:6379';

/** What is critical is raised by nobody while it is not known whether it was raised, and once when it is known again. */
export async function hasNoClaims({ from, z }: NoClaims): Promise<string | undefined> {
  const line = await openLine(process.env.TEST_REDIS_URL ?? usual, 6379);
  const prefix = `conformance-${randomUUID()}:`;
  if (from === 'the start') {
    line.cut();
    const opened = await openRedis(line.url, prefix).catch((error: Error) => error);
    line.mend();
    if (!(opened instanceof Error)) return 'It started without Redis.';
    if (!/start it, or correct REDIS_URL/.test(opened.message)) return `It said: ${opened.message}`;
  }
  const [database, claims] = [await openFresh(), await openRedis(line.url, prefix)];
  try {
    const desk = await openDesk(database);
    const jobs: Job[] = [];
    const add = async (_: unknown, job: Job) => void jobs.push(job);
    const store = { ...desk.gateway, queue: { ...desk.gateway.queue, add } };
    const { inventory } = desk.gateway;
    const scraped = { readings: [readingOf(z)], missing: [] };
    const monitor = { metrics: [], cycleMs: 60_000, scrape: async () => scraped };
    const by = { worker: 'ada' as WorkerId, charter: 'ada@1' };
    const watching: Watching = { store, notes: openNotes(store.db, 'trial'), claims, monitor, inventory, by };
    const raised = async () => (await sql`select 1 from signal`.execute(database.db)).rows.length;

    if (from === 'the start of a cycle') {
      line.cut();
      const scrapes = await watched(watching);
      line.mend();
      if (scrapes > 0) return `It looked ${scrapes} times without knowing whether another process does.`;
    }
    let critical: Critical = new Set();
    const look = async () => {
      critical = await cycle(watching, critical, new Date());
    };
    if (from === 'the second cycle') await look();
    if (from.endsWith(' cycle')) {
      line.cut();
      for (let again = 0; again < 3; again += 1) await look().catch(() => {});
      if ((await raised()) > 0) return 'It was raised while nobody knew whether it had been.';
      line.mend();
    }
    for (let good = 0; good < 4; ) {
      // It comes back by and by.
      const looked = await look().then(
        () => true,
        () => dawdle(50),
      );
      good += looked ? 1 : 0;
    }
    if ((await raised()) !== 1 || jobs.length !== 1)
      return `Raised ${await raised()} times, ${jobs.length} jobs.`;
    return undefined;
  } finally {
    await claims.close();
    await database.close();
    line.cut();
  }
}

/** How often it looked at anything before it had failed twice. */
async function watched(watching: Watching): Promise<number> {
  let [scrapes, failures] = [0, 0];
  const monitor = {
    ...watching.monitor,
    cycleMs: 10,
    scrape: async (now: Date) => {
      scrapes += 1;
      return watching.monitor.scrape(now);
    },
  };
  const log = {
    warn: () => {
      failures += 1;
    },
  };
  const watch = startWatch({ ...watching, monitor }, { now: () => new Date(), process: 'one', log });
  while (failures < 2) await dawdle(5);
  // It frees its lease as it stops, which it cannot.
  await watch.stop().catch(() => {});
  return scrapes;
}

function readingOf(z: number): Reading {
  const values = { value: 9, mean: 1, deviation: 1, z };
  return {
    metric: 'errors',
    says: 'errors',
    unit: 'errors/s',
    about: 'service',
    subject: 'spare',
    ...values,
  };
}
