import { type Kysely, sql } from 'kysely';

/** Post-mortems: as written from the record, with what people make of them, what is to be done, and corrections. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table post_mortem (
    incident text primary key references incident on delete cascade,
    written jsonb not null,
    summary text not null,
    change text not null,
    chart jsonb,
    no_chart text,
    picture text,
    alt text,
    drafted_at timestamptz not null,
    files_at timestamptz not null,
    filed_at timestamptz,
    filed_by text
  )`.execute(db);
  await sql`create index post_mortem_open on post_mortem (files_at) where filed_at is null`.execute(db);
  await sql`create table post_mortem_task (
    incident text not null references post_mortem on delete cascade,
    nth integer not null,
    what text not null,
    owner text not null,
    due date not null,
    added_by text not null,
    added_at timestamptz not null,
    done_by text,
    done_at timestamptz,
    reminded_at timestamptz,
    primary key (incident, nth)
  )`.execute(db);
  await sql`create index post_mortem_task_open on post_mortem_task (due) where done_at is null`.execute(db);
  await sql`create table post_mortem_correction (
    id bigint generated always as identity primary key,
    incident text not null references post_mortem on delete cascade,
    words text not null,
    person text not null,
    at timestamptz not null
  )`.execute(db);
}
