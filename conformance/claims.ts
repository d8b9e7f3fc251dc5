import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { openNotes } from '../src/audit/notes.ts';
import type { WorkerId } from '../src/ids.ts';
import type { Job } from '../src/jobs/job.ts';
import { cycle, type Watching } from '../src/monitoring/cycle.ts';
import { foundBy } from '../src/monitoring/finding.ts';
import type { Monitor } from '../src/monitoring/monitor.ts';
import { fallingBack } from '../src/redis/fallback.ts';
import { openRedis } from '../src/redis/ioredis.ts';
import { openTableClaims } from '../src/redis/table.ts';
import { openFresh } from './database.ts';
import { dawdle, openDesk } from './desk.ts';
import { openLine } from './line.ts';

/** Redis, which holds what was raised and who watches, is down from a moment on. */
export interface NoClaims {
  kind: 'redis';
  from: 'the start' | 'the first cycle' | 'the second cycle';
  z: number;
}

export const noClaims: fc.Arbitrary<NoClaims> = fc.record({
  kind: fc.constant('redis' as const),
  from: fc.constantFrom('the start', 'the first cycle', 'the second cycle'),
  z: fc.double({ min: 4, max: 1_000, noNaN: true }),
});

const usual = 'redis://127.0.0.1:6379';

/** What is critical is raised once, whether Redis holds that it was or, while it is away, the database does. */
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
  const database = await openFresh();
  const log = { warn: () => {} };
  const claims = fallingBack(await openRedis(line.url, prefix), openTableClaims(database.db), log);
  try {
    const desk = await openDesk(database);
    const jobs: Job[] = [];
    const add = async (_: unknown, job: Job) => void (job.name === 'receive-signal' && jobs.push(job));
    const store = { ...desk.gateway, queue: { ...desk.gateway.queue, add } };
    const { inventory } = desk.gateway;
    const by = { worker: 'ada' as WorkerId, charter: 'ada@1' };
    const watching: Watching = {
      ...{ store, notes: openNotes(store.db, 'trial'), claims, inventory, by },
      routing: { ops: [], teams: {} },
      monitor: monitorOf(z),
    };
    if (from !== 'the second cycle') line.cut();
    await cycle(watching, new Date());
    if (from === 'the second cycle') line.cut();
    for (let again = 0; again < 3; again += 1) await cycle(watching, new Date());
    line.mend();
    for (let again = 0; again < 3; again += 1) {
      await dawdle(20);
      await cycle(watching, new Date());
    }
    const raised = (await sql`select 1 from signal`.execute(database.db)).rows.length;
    return raised === 1 && jobs.length === 1 ? undefined : `Raised ${raised} times, ${jobs.length} jobs.`;
  } finally {
    await claims.close();
    await database.close();
    line.cut();
  }
}

/** It sees the same in every cycle: one service far from usual. */
function monitorOf(z: number): Monitor {
  const far = {
    metric: 'errors',
    about: 'service' as const,
    subject: 'spare',
    value: 9,
    mean: 1,
    deviation: 1,
    z,
  };
  const member = { ...far, band: 'critical' as const, learning: false };
  const found = foundBy({
    ...{ key: 'service:spare', service: 'spare', server: null, score: z, band: 'critical', learning: false },
    ...{ members: [member], because: [], openedAt: 0 },
  });
  const look = async () => ({
    ...{ findings: [found], unusual: [member], missing: [] },
    ...{ series: new Int32Array(1), values: Float64Array.of(9) },
  });
  return {
    ...{ metrics: [], cycleMs: 60_000 },
    scrape: async () => ({ readings: [], missing: [] }),
    usualAt: () => ({ mean: Number.NaN, deviation: Number.NaN }),
    look,
    glance: look,
    keep: async () => {},
    close: async () => {},
  };
}
