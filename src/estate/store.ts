import { sql } from 'kysely';
import type { Db, Tx } from '../postgres/database.ts';
import type { Target } from './faults/fault.ts';
import type { Account, Change, HostVariables } from './targets.ts';
import type { AwxJob, Breakage, Settled } from './world.ts';

type NewBreakage = Pick<Breakage, 'name' | 'target' | 'startedAt' | 'first'>;
type NewJob = Omit<AwxJob, 'id' | 'status' | 'because'>;

export async function load(db: Db): Promise<{ breakages: Breakage[]; jobs: AwxJob[]; changes: Change[] }> {
  const breakages = await sql<Omit<Breakage, 'mendedAt'> & { mendedAt: Date | null }>`select id, name, target,
    is_first as "first", started_at as "startedAt", mended_at as "mendedAt" from estate_fault order by id`.execute(
    db,
  );
  const jobs = await sql<
    Omit<AwxJob, 'because'> & { because: string | null }
  >`select id, template, extra_vars as "extraVars", only_hosts as "onlyHosts",
    launched_at as "launchedAt", finishes_at as "finishesAt", status, because from estate_job order by id`.execute(
    db,
  );
  return {
    breakages: breakages.rows.map(({ mendedAt, ...row }) => ({ ...row, ...(mendedAt && { mendedAt }) })),
    jobs: jobs.rows.map(({ because, ...row }) => ({ ...row, ...(because && { because }) })),
    changes: await loadChanges(db),
  };
}

async function loadChanges(db: Db): Promise<Change[]> {
  const hosts = await sql<{
    id: string;
    variables: HostVariables;
  }>`select id, variables from estate_host`.execute(db);
  const accounts = await sql<Account & { id: string }>`select id, licence, password_resets as "passwordResets"
    from estate_account`.execute(db);
  return [
    ...hosts.rows.map(({ id, variables }) => ({ kind: 'host' as const, id, variables })),
    ...accounts.rows.map(({ id, ...account }) => ({ kind: 'account' as const, id, account })),
  ];
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

/** Writes that a job was cancelled at `finishesAt`. Safe to call twice. */
export async function saveCancelled(db: Db, { id, finishesAt }: AwxJob): Promise<void> {
  await sql`update estate_job set status = 'canceled', finishes_at = ${finishesAt} where id = ${id}`.execute(
    db,
  );
}

/** Writes how jobs ended, what they mended and what they changed. Safe to call twice. */
export async function saveSettled(db: Db, settled: Settled[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const { id, status, because = null } of settled.flatMap(({ jobs }) => jobs))
      await sql`update estate_job set status = ${status}, because = ${because} where id = ${id}`.execute(tx);
    for (const { id, mendedAt } of settled.flatMap(({ mended }) => mended))
      await sql`update estate_fault set mended_at = ${mendedAt} where id = ${id}`.execute(tx);
    for (const change of settled.flatMap(({ changes }) => changes)) await saveChange(tx, change);
  });
}

async function saveChange(tx: Tx, change: Change): Promise<void> {
  if (change.kind === 'host') {
    await sql`insert into estate_host (id, variables)
      values (${change.id}, ${JSON.stringify(change.variables)}::jsonb)
      on conflict (id) do update set variables = excluded.variables`.execute(tx);
    return;
  }
  const { licence, passwordResets } = change.account;
  await sql`insert into estate_account (id, licence, password_resets)
    values (${change.id}, ${licence}, ${passwordResets})
    on conflict (id) do update set licence = excluded.licence,
      password_resets = excluded.password_resets`.execute(tx);
}
