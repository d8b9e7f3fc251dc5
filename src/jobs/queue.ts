import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Database, Db, Tx } from '../postgres/database.ts';
import { groupOf, type Handlers, type Job, type JobName, jobNames } from './job.ts';

/** A line of the timetable: a cron expression in a time zone, and the job that is due then. */
export interface Due {
  cron: string;
  timezone: string;
  job: Job;
}

export interface Queue {
  /** Adds a job in the transaction that needs it: both are there or neither is. */
  add(tx: Tx, job: Job, after?: Date): Promise<void>;
  /** Starts working. Call once, after `openQueue`. */
  work(handlers: Handlers, timetable: Due[]): Promise<void>;
  /** Lets running jobs finish for at most `graceMs`, then stops. */
  stop(graceMs?: number): Promise<void>;
}

interface Log {
  warn(message: string): void;
  error(message: string): void;
}

// A dead process's job is taken over within 15 s: its heartbeat is missed after 10 s, looked for
// every second, and it runs again 1 to 2 s later.
const heartbeat = {
  heartbeatSeconds: 10,
  retryLimit: 1_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
};
const supervision = {
  superviseIntervalSeconds: 1,
  monitorIntervalSeconds: 1,
  cronWorkerIntervalSeconds: 5,
  cronMonitorIntervalSeconds: 15,
};
// A job that is due at once wakes its workers; what is due later, or is tried again, is found by looking.
const pace = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 };
/** How many jobs of one name a process does at a time: each that looks for one costs a query of the one session. */
const atATime = { embedded: 2, postgres: 4 };

/**
 * Opens the job queue on `database`. `migrate: false` where the role may not make tables.
 * Every queue is made before the first job is added, which the embedded database needs.
 */
export async function openQueue(database: Database, log: Log, migrate = true): Promise<Queue> {
  const boss = new PgBoss({
    ...database.queue,
    ...supervision,
    backend: database.kind === 'embedded' ? 'pglite' : 'postgres',
    useListenNotify: true,
    migrate,
    createSchema: migrate,
    max: 6,
  });
  boss.on('error', (error) => log.error(`The job queue had an error: ${error.message}`));
  boss.on('warning', (warning) => log.warn(`The job queue warns: ${warning.message}`));
  await boss.start();
  if (migrate) await oneOfAGroup(database.db);
  await makeQueues(boss);
  return {
    add: (tx, job, after) => addTo(boss, tx, job, after),
    work: (handlers, timetable) => work(boss, atATime[database.kind], { handlers, timetable, log }),
    stop: (graceMs = 5_000) => boss.stop({ graceful: graceMs > 0, timeout: graceMs, close: true }),
  };
}

/**
 * The queue counts the running jobs of a group before it takes another, and two processes that count at once
 * both take one. With this index the second of them gets an error that the queue reads as "nothing to do".
 */
async function oneOfAGroup(db: Db): Promise<void> {
  await sql`create unique index if not exists one_of_a_group on pgboss.job_common (name, group_id)
    where state = 'active' and group_id is not null`.execute(db);
}

/** A queue for every name of a job. Safe to call twice. */
export async function makeQueues(boss: PgBoss): Promise<void> {
  for (const name of jobNames) await makeQueue(boss, name);
}

async function makeQueue(boss: PgBoss, name: JobName): Promise<void> {
  await boss.createQueue(name, { ...heartbeat, notify: true });
  // Asking for any job makes this process remember the queue's settings: asked for inside a transaction,
  // they would wait for themselves on the single session of the embedded database.
  await boss.getJobById(name, randomUUID());
}

/** Adds a job in the transaction that needs it, due at `after` or at once. */
export async function addTo(boss: PgBoss, tx: Tx, job: Job, after?: Date): Promise<void> {
  const { name, ...data } = job;
  await boss.send(name, data, {
    db: fromKysely(tx),
    group: { id: groupOf(job) },
    ...(after ? { startAfter: after } : {}),
  });
}

interface Shift {
  handlers: Handlers;
  timetable: Due[];
  log: Log;
}

async function work(boss: PgBoss, workers: number, { handlers, timetable, log }: Shift): Promise<void> {
  for (const name of jobNames) {
    const handler = handlers[name] as (data: object) => Promise<void>;
    for (let nth = 0; nth < workers; nth += 1) await startWorker(boss, name, handler, log);
  }
  for (const { cron, timezone, job } of timetable) {
    const { name, ...data } = job;
    await boss.schedule(name, cron, data, { tz: timezone, missed: 'once' });
  }
}

async function startWorker(
  boss: PgBoss,
  name: JobName,
  handler: (data: object) => Promise<void>,
  log: Log,
): Promise<void> {
  const worker: { id?: string } = {};
  worker.id = await boss.work<object>(name, { ...pace, batchSize: 1, groupConcurrency: 1 }, async ([job]) => {
    // Whoever had something to do looks again at once: more of the same group could be taken by nobody meanwhile.
    if (worker.id) boss.notifyWorker(worker.id);
    if (!job) return;
    try {
      await handler(job.data);
    } catch (error) {
      log.warn(
        `Job ${name} failed and will be tried again: ${error instanceof Error ? error.message : String(error)}`,
      );
      throw error;
    }
  });
}
