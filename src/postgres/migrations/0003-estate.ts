import { type Kysely, sql } from 'kysely';

/** The tables of the trial's make-believe company: what is broken or was, and the jobs its AWX ran. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table estate_fault (
    id integer generated always as identity primary key,
    name text not null,
    target jsonb not null,
    is_first boolean not null default false,
    started_at timestamptz not null,
    mended_at timestamptz
  )`.execute(db);
  // The first fault comes once per data folder, however often it is asked for.
  await sql`create unique index estate_first_fault on estate_fault (is_first) where is_first`.execute(db);
  await sql`create table estate_job (
    id integer generated always as identity primary key,
    template text not null,
    extra_vars jsonb not null,
    only_hosts text not null,
    launched_at timestamptz not null,
    finishes_at timestamptz not null,
    status text not null check (status in ('running', 'successful', 'failed'))
  )`.execute(db);
}
