// Weeks of waiting in a moment: what is due runs in order, each at its own time, on one clock.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { IncidentId } from '../../src/ids.ts';
import { type Handlers, type Job, jobNames } from '../../src/jobs/job.ts';
import { openSimulation, type Simulation } from '../../src/jobs/simulation.ts';
import { transact } from '../../src/postgres/database.ts';

const monday = new Date('2026-11-16T08:00:00Z');
/** From the test's own beginning: what one leaves behind is long past for the next. */
const inMinutes = (minutes: number) => new Date(began.getTime() + minutes * 60_000);
let began = monday;

let simulation: Simulation;
const done: string[] = [];
const meanwhile: { [id: string]: () => Promise<void> } = {};
const handlers = Object.fromEntries(
  jobNames.map((name) => [
    name,
    async (data: object) => {
      const id = String(Object.values(data)[0]);
      done.push(`${simulation.now().toISOString().slice(8, 16)} ${name} ${id}`);
      await meanwhile[id]?.();
    },
  ]),
) as unknown as Handlers;
const verifying = (id: string): Job => ({ name: 'verify', incident: id as IncidentId });
const add = (job: Job, after?: Date) =>
  transact(simulation.database.db, (tx) => simulation.queue.add(tx, job, after));
const databaseNow = async () => {
  const { rows } = await sql<{
    now: Date;
    clock: Date;
  }>`select now() as now, clock_timestamp() as clock`.execute(simulation.database.db);
  return rows[0];
};

beforeAll(async () => {
  simulation = await openSimulation(monday);
}, 60_000);
beforeEach(async () => {
  done.length = 0;
  await sql`delete from pgboss.job_common`.execute(simulation.database.db);
  began = simulation.now();
});
afterAll(() => simulation?.close());

test('jobs run in the order they are due, each at its time, and what they add takes its turn', async () => {
  meanwhile.first = () => add({ name: 'show', subject: 'incident:added' }, inMinutes(90));
  await add(verifying('last'), inMinutes(60 * 24 * 30));
  await add(verifying('second'), inMinutes(240));
  await add({ name: 'conclude', incident: 'first' as IncidentId }, inMinutes(30));
  await add(verifying('at-once'));
  expect(await simulation.run(handlers, inMinutes(60 * 24 * 7))).toBe(4);
  expect(done).toEqual([
    '16T08:00 verify at-once',
    '16T08:30 conclude first',
    '16T09:30 show incident:added',
    '16T12:00 verify second',
  ]);
  expect(simulation.now()).toEqual(inMinutes(60 * 24 * 7));
  expect(await simulation.run(handlers, inMinutes(60 * 24 * 60))).toBe(1);
  expect(done.at(-1)).toBe('16T08:00 verify last');
});

test('the database, its defaults and the process have one time', async () => {
  let seen: unknown;
  meanwhile.timed = async () => {
    seen = await databaseNow();
    await sql`insert into action_allowance (incident, granted) values ('inc-1', 8)`.execute(
      simulation.database.db,
    );
    await sql`insert into signal (id, fingerprint, service, metric, value, mean, deviation, z)
      values ('sig-1', 'f', 'checkout', 'm', 1, 0, 1, 4)`.execute(simulation.database.db);
  };
  await add(verifying('timed'), inMinutes(75));
  await simulation.run(handlers, inMinutes(80));
  expect(seen).toEqual({ now: inMinutes(75), clock: inMinutes(75) });
  const { rows } = await sql`select raised_at from signal`.execute(simulation.database.db);
  expect(rows).toEqual([{ raised_at: inMinutes(75) }]);
  expect(await databaseNow()).toEqual({ now: inMinutes(80), clock: inMinutes(80) });
});

test('a handler that throws stops the run there', async () => {
  meanwhile.broken = () => Promise.reject(new Error('It broke.'));
  await add(verifying('broken'), inMinutes(5));
  await add(verifying('later'), inMinutes(6));
  await expect(simulation.run(handlers, inMinutes(10))).rejects.toThrow('It broke.');
  expect(simulation.now()).toEqual(inMinutes(5));
  expect(done).toEqual([expect.stringMatching(/verify broken$/)]);
});
