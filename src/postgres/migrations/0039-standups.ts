import { type Kysely, sql } from 'kysely';

/** Stand-ups that were told, with what they told; what people told of theirs; and who wants to be asked for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table standup (
    id text primary key,
    cron text not null,
    timezone text not null,
    day text not null,
    workers text[] not null,
    since timestamptz not null,
    told_at timestamptz not null,
    told jsonb not null,
    asked text[] not null,
    unique (cron, timezone, day)
  )`.execute(db);
  await sql`create index standup_told on standup (told_at)`.execute(db);
  await sql`create table standup_said (
    standup text not null references standup on delete cascade,
    person text not null,
    words text not null,
    at timestamptz not null,
    primary key (standup, person)
  )`.execute(db);
  await sql`create table standup_member (
    person text primary key,
    joined_at timestamptz not null
  )`.execute(db);
  // What is told is looked for by when it happened.
  await sql`create index incident_opened on incident (opened_at)`.execute(db);
  await sql`create index incident_ended on incident (ended_at)`.execute(db);
  await sql`create index incident_entry_at on incident_entry (at)`.execute(db);
  await sql`create index action_done on action (ended_at)`.execute(db);
  await sql`create index signal_raised on signal (raised_at)`.execute(db);
  await sql`create index handoff_handed on handoff (handed_at)`.execute(db);
}
