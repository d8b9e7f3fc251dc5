import { type Kysely, sql } from 'kysely';

/** Approvals by several people, used up once; kill switches; circuit breakers; what an action relied on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table approval
    add column policy text not null default '',
    add column charter text not null default '',
    add column excluded jsonb not null default '[]',
    add column round integer not null default 1,
    add column reminded boolean not null default false,
    add column consumed_at timestamptz,
    drop column answered_by,
    drop column answered_at,
    drop column reason,
    drop constraint approval_action_key`.execute(db);
  await sql`create unique index approval_open on approval (action) where status in ('open', 'approved')`.execute(
    db,
  );
  await sql`create table approval_answer (
    approval text not null,
    person text not null,
    roles jsonb not null,
    answer text not null,
    reason text,
    typed boolean not null,
    at timestamptz not null default clock_timestamp(),
    primary key (approval, person)
  )`.execute(db);
  await sql`create table approval_enquiry (
    id bigint generated always as identity primary key,
    approval text not null,
    person text not null,
    question text not null,
    answer text,
    at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`create table kill_switch (
    scope text primary key,
    thrown_by text not null,
    thrown_at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`create table breaker_reset (
    worker text not null,
    tool text not null,
    reset_at timestamptz not null default clock_timestamp(),
    primary key (worker, tool)
  )`.execute(db);
  await sql`create table tool_calls (
    worker text not null,
    day date not null,
    calls integer not null default 0,
    primary key (worker, day)
  )`.execute(db);
  await sql`create table policy_text (
    digest text primary key,
    version text not null,
    text text not null,
    proposed_at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`create table policy_in_force (
    id bigint generated always as identity primary key,
    digest text not null references policy_text,
    adopted_at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`alter table action
    add column requested_by text,
    add column relied_on jsonb not null default '{}'`.execute(db);
}
