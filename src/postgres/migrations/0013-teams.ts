import { type Kysely, sql } from 'kysely';

/** Where the Teams app is installed and how those conversations are reached; where somebody acted last. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table teams_conversation (
    id text primary key,
    kind text not null check (kind in ('channel', 'chat')),
    team text,
    tenant text,
    service_url text not null,
    bot text not null,
    removed_at timestamptz,
    heard_at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`create table teams_member (
    account text primary key,
    member text not null,
    conversation text not null,
    service_url text not null,
    seen_at timestamptz not null default clock_timestamp()
  )`.execute(db);
}
