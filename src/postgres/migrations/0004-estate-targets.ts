import { type Kysely, sql } from 'kysely';

/** What jobs have changed in the trial's company: hosts and accounts that are not as they began. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table estate_host (
    id text primary key,
    variables jsonb not null
  )`.execute(db);
  await sql`create table estate_account (
    id text primary key,
    licence text not null,
    password_resets integer not null
  )`.execute(db);
  // Why a job failed on what it found: later it would find something else.
  await sql`alter table estate_job add column because text`.execute(db);
}
