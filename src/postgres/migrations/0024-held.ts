import { type Kysely, sql } from 'kysely';

/** Signals that a maintenance window or a team's quiet hours held back: each waits here until one list tells of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table held_signal (
    signal text primary key,
    cause text not null check (cause in ('window', 'quiet-hours')),
    whose text not null,
    list text
  )`.execute(db);
  await sql`create index held_waiting on held_signal (signal) where list is null`.execute(db);
  await sql`create index held_list on held_signal (list) where list is not null`.execute(db);
}
