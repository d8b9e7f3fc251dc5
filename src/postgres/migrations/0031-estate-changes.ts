import { type Kysely, sql } from 'kysely';

/** The change records that the trial's company keeps in its ServiceNow and its Jira. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table estate_change (
    id integer generated always as identity primary key,
    system text not null check (system in ('servicenow', 'jira')),
    nth integer not null,
    record jsonb not null,
    created_at timestamptz not null,
    unique (system, nth)
  )`.execute(db);
}
