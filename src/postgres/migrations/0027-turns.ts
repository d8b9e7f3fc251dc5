import { type Kysely, sql } from 'kysely';

/** A model's turn on an incident: what was said so far, so that it goes on after a crash. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table incident_turn (
    incident text not null references incident on delete cascade,
    attempt integer not null,
    step integer not null default 0,
    asked integer not null default 0,
    classified text,
    messages jsonb not null default '[]',
    material jsonb not null,
    begun_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    because text,
    primary key (incident, attempt)
  )`.execute(db);
}
