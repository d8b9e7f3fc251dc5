import { type Kysely, sql } from 'kysely';

/** What people think of answers and workers, the weekly digests that were told, and the audit found by time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table answer_vote (
    subject text not null,
    person text not null,
    worker text not null,
    up boolean not null,
    line text,
    at timestamptz not null,
    primary key (subject, person)
  )`.execute(db);
  await sql`create table worker_rating (
    id bigint generated always as identity primary key,
    worker text not null,
    person text not null,
    stars integer not null check (stars between 1 and 5),
    line text,
    at timestamptz not null
  )`.execute(db);
  // One a week: whoever comes second finds it there.
  await sql`create table digest (
    day text primary key,
    written jsonb not null,
    picture text,
    alt text,
    told_at timestamptz not null
  )`.execute(db);
  // Entries lie in the order of their time, but for what a trial's past adds: a summary of each stretch is enough.
  await sql`create index audit_at on audit using brin (substr(text, 8, 27))`.execute(db);
}
