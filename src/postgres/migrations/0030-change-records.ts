import { type Kysely, sql } from 'kysely';

/** What systems outside are told of executed changes: one row for each action and system, and whether an action's tool still waits for its record. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table action add column awaits_record boolean not null default false`.execute(db);
  await sql`create table change_record (
    action text not null,
    system text not null check (system in ('servicenow', 'jira')),
    wanted text not null default 'opened' check (wanted in ('opened', 'running', 'closed', 'undone', 'never')),
    told text not null default 'nothing'
      check (told in ('nothing', 'opened', 'running', 'closed', 'undone', 'never')),
    asked integer not null default 0,
    external text,
    number text,
    url text,
    held_until timestamptz,
    not_before timestamptz,
    tries integer not null default 0,
    problem text,
    since timestamptz not null default clock_timestamp(),
    primary key (action, system)
  )`.execute(db);
  await sql`create index change_record_untold on change_record (system, since) where told <> wanted`.execute(
    db,
  );
}
