import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { Target } from './faults/fault.ts';
import type { AwxJob, Breakage } from './world.ts';

type NewBreakage = Pick<Breakage, 'name' | 'target' | 'startedAt' | 'first'>;
type NewJob = Omit<AwxJob, 'id' | 'status'>;

export async function load(db: Db): Promise<{ breakages: Breakage[]; jobs: AwxJob[] }> {
  const breakages = await sql<Omit<Breakage, 'mendedAt'> & { mendedAt: Date | null }>`select id, name, target,
    is_first as "first", started_at as "startedAt", mended_at as "mendedAt" from estate_fault order by id`.execute(
    db,
  );
  const jobs = await sql<AwxJob>`select id, template, extra_vars as "extraVars", only_hosts as "onlyHosts",
    launched_at as "launchedAt", finishes_at as "finishesAt", status from estate_job order by id`.execute(db);
  return {
    breakages: breakages.rows.map(({ mendedAt, ...row }) => ({ ...row, ...(mendedAt && { mendedAt }) })),
    jobs: jobs.rows,
  };
}

/** Writes a breakage; undefined when it would be a second first one. */
export async function insertBreakage(
  db: Db,
  { name, target, startedAt, first }: NewBreakage,
): Promise<Breakage | undefined> {
  const { rows } = await sql<{ id: number }>`insert into estate_fault (name, target, is_first, started_at)
    values (${name}, ${JSON.stringify(target satisfies Target)}::jsonb, ${first}, ${startedAt})
    on conflict do nothing returning id`.execute(db);
  return rows[0] && { id: rows[0].id, name, target, startedAt, first };
}

export async function insertJob(db: Db, job: NewJob): Promise<AwxJob> {
  const { template, extraVars, onlyHosts, launchedAt, finishesAt } = job;
  const { rows } = await sql<{
    id: number;
  }>`insert into estate_job (template, extra_vars, only_hosts, launched_at, finishes_at, status)
    values (${template}, ${JSON.stringify(extraVars)}::jsonb, ${onlyHosts}, ${launchedAt}, ${finishesAt}, 'running')
    returning id`.execute(db);
  if (!rows[0]) throw new Error(`A job of ${template} was not written.`);
  return { ...job, id: rows[0].id, status: 'running' };
}

/** Writes how jobs ended and what they mended. Safe to call twice. */
export async function saveSettled(db: Db, jobs: AwxJob[], mended: Breakage[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const { id, status } of jobs)
      await sql`update estate_job set status = ${status} where id = ${id}`.execute(tx);
    for (const { id, mendedAt } of mended)
      await sql`update estate_fault set mended_at = ${mendedAt} where id = ${id}`.execute(tx);
  });
}
