import { type Kysely, sql } from 'kysely';

/** What people answer to a signal: not now, expected then, not useful; and what was found out beside it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table silence (
    id integer generated always as identity primary key,
    kind text not null check (kind in ('mute', 'expected')),
    signal text not null,
    service text not null,
    server text,
    series jsonb not null,
    band text not null check (band in ('watch', 'critical')),
    person text not null,
    at timestamptz not null,
    until timestamptz,
    "when" jsonb,
    why text,
    ended_at timestamptz,
    ended_by text,
    check ((kind = 'mute') = (until is not null)),
    check ((kind = 'expected') = ("when" is not null))
  )`.execute(db);
  await sql`create index silence_open on silence (id) where ended_at is null`.execute(db);
  await sql`create index silence_signal on silence (signal)`.execute(db);
  await sql`create table signal_vote (
    fingerprint text not null,
    person text not null,
    signal text not null,
    at timestamptz not null,
    primary key (fingerprint, person)
  )`.execute(db);
  await sql`create table signal_context (
    signal text primary key,
    context jsonb not null,
    at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`create index signal_fingerprint on signal (fingerprint, raised_at)`.execute(db);
}
