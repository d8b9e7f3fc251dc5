import { sql } from 'kysely';
import { fromPglite, PgBoss, TestClock } from 'pg-boss';
import type { Database, Db } from '../postgres/database.ts';
import { embeddedOn, startEmbedded } from '../postgres/embedded.ts';
import { migrate } from '../postgres/migrate.ts';
import { type Handlers, type JobName, jobNames } from './job.ts';
import { addTo, makeQueues, type Queue } from './queue.ts';

/** A database in memory whose time stands still until it is moved, and the jobs that are due on it. */
export interface Simulation {
  database: Database;
  queue: Queue;
  now(): Date;
  /**
   * Does every job that is due by `until`, one at a time, in the order they are due, each at its own time; then it
   * is `until`. Returns how many were done. Throws what a handler throws: nothing is tried again.
   */
  run(handlers: Handlers, until: Date): Promise<number>;
  close(): Promise<void>;
}

/** Makes a simulation that begins at `start`. Time in SQL (`now()`, `clock_timestamp()`) is the simulation's too. */
export async function openSimulation(start: Date): Promise<Simulation> {
  const pglite = await startEmbedded();
  const database = embeddedOn(pglite);
  const clock = new TestClock(start);
  await replaceClocks(database.db, start);
  await migrate(database.db);
  // It dates entries itself, and looks for its clock in Postgres alone.
  await sql`alter function audit_append(text, text[]) set search_path = public, simulated, pg_catalog`.execute(
    database.db,
  );
  const boss = new PgBoss({ db: fromPglite(pglite), backend: 'pglite', clock, supervise: false });
  await boss.start();
  await makeQueues(boss);
  await followQueue(database.db);
  const now = () => new Date(clock.now());
  // No job is due before; so that the database is asked only when one may be.
  let soonest = Number.NEGATIVE_INFINITY;
  const nextBy = async (until: Date) => {
    if (soonest > until.getTime()) return undefined;
    // What is added while the database answers counts as well.
    soonest = Number.POSITIVE_INFINITY;
    const found = await next(database.db);
    soonest = Math.min(soonest, found?.at.getTime() ?? Number.POSITIVE_INFINITY);
    return found && found.at <= until ? found : undefined;
  };
  return {
    database,
    queue: {
      // Without a time a job is due now: the queue would take the time of a session that it did not open.
      add: async (tx, job, after = now()) => {
        await addTo(boss, tx, job, after);
        soonest = Math.min(soonest, after.getTime());
      },
      work: async () => {},
      stop: () => boss.stop({ graceful: false, close: false }),
    },
    now,
    run: async (handlers, until) => {
      let done = 0;
      for (let due = await nextBy(until); due; due = await nextBy(until)) {
        if (due.at > now()) await clock.setTime(due.at);
        await doOne(boss, due.name, handlers);
        done += 1;
      }
      if (until > now()) await clock.setTime(until);
      return done;
    },
    close: async () => {
      await boss.stop({ graceful: false, close: false });
      await database.close();
    },
  };
}

const clocks = ['clock_timestamp', 'now'];

/** Functions of a schema that is looked into before Postgres' own: every default and statement made from here on calls them. */
async function replaceClocks(db: Db, start: Date): Promise<void> {
  await sql`create schema simulated`.execute(db);
  await sql`create table simulated.clock (at timestamptz not null)`.execute(db);
  await sql`insert into simulated.clock values (${start})`.execute(db);
  for (const name of clocks)
    await sql`create function ${sql.id('simulated', name)}() returns timestamptz language sql stable
      as 'select at from simulated.clock'`.execute(db);
  await sql`set search_path = public, simulated, pg_catalog`.execute(db);
  await sql`set pgboss.test_clock = 'on'`.execute(db);
}

/** The queue has a clock of its own in the database: from here on it is everybody's. */
async function followQueue(db: Db): Promise<void> {
  for (const name of clocks)
    await sql`create or replace function ${sql.id('simulated', name)}() returns timestamptz language sql stable
      as 'select now from pgboss.__pgboss_test_clock'`.execute(db);
}

/** The job that is due first, whenever that is. */
async function next(db: Db): Promise<{ name: JobName; at: Date } | undefined> {
  const { rows } = await sql<{
    name: JobName;
    at: Date;
  }>`select name, start_after as at from pgboss.job_common
    where state in ('created', 'retry') and name in (${sql.join([...jobNames])})
    order by start_after, created_on, id limit 1`.execute(db);
  return rows[0];
}

async function doOne(boss: PgBoss, name: JobName, handlers: Handlers): Promise<void> {
  const [job] = await boss.fetch<object>(name);
  if (!job) throw new Error(`A job ${name} was due and could not be taken.`);
  await (handlers[name] as (data: object) => Promise<void>)(job.data);
  await boss.complete(name, job.id);
}
