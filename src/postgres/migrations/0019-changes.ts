import { type Kysely, sql } from 'kysely';

/** What others tell: alerts, one row a firing, and changes to what runs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table alert (
    fingerprint text not null,
    starts_at timestamptz not null,
    ends_at timestamptz,
    status text not null check (status in ('firing', 'resolved')),
    labels jsonb not null,
    annotations jsonb not null,
    link text,
    service text,
    server text,
    signal text,
    received_at timestamptz not null default clock_timestamp(),
    primary key (fingerprint, starts_at)
  )`.execute(db);
  await sql`create table change (
    key text primary key,
    what text not null,
    outcome text not null check (outcome in ('begun', 'done', 'failed')),
    subject text not null,
    services text[] not null,
    environment text,
    version text,
    at timestamptz not null,
    told_by text not null,
    link text,
    received_at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`create index change_services on change using gin (services)`.execute(db);
}
