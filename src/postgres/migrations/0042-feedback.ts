import { type Kysely, sql } from 'kysely';

/** Whose an answer is, one rating a week, what people were told of their habits, and the quarterly role reviews. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Null: it was a command's, or an order's, and nobody is asked what they think of it.
  await sql`alter table delivery add column answered_by text`.execute(db);
  await sql`alter table worker_rating add column week text`.execute(db);
  await sql`create unique index worker_rating_week on worker_rating (worker, person, week)`.execute(db);
  // Its id says nothing of the person: it stands in jobs and logs.
  await sql`create table habit_note (
    id text not null unique,
    person text not null,
    month text not null,
    told_at timestamptz not null,
    primary key (person, month)
  )`.execute(db);
  await sql`create table habit_off (person text primary key, at timestamptz not null)`.execute(db);
  await sql`create table role_review (
    worker text not null,
    quarter text not null,
    written jsonb not null,
    told_at timestamptz not null,
    primary key (worker, quarter)
  )`.execute(db);
  // A month's look for habits, a quarter's reviews: begun once, with all that follows.
  await sql`create table review_round (name text primary key, at timestamptz not null)`.execute(db);
}
