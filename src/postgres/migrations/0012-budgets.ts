import { type Kysely, sql } from 'kysely';

/**
 * Budgets in calls, tokens and money in place of the calls of a worker's day; what became of an approved deed;
 * and the round whose reminder was sent, which was a yes or no for the first.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table budget_used (
    name text not null,
    unit text not null,
    used bigint not null,
    primary key (name, unit)
  )`.execute(db);
  await sql`create table budget_reserved (
    key text primary key,
    lines jsonb not null,
    settled boolean not null default false,
    reserved_at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`insert into budget_used (name, unit, used)
    select 'worker:' || worker || ':' || to_char(day, 'YYYY-MM-DD'), 'calls', calls from tool_calls`.execute(
    db,
  );
  await sql`drop table tool_calls`.execute(db);
  await sql`alter table approval
    add column ended text,
    alter column reminded drop default,
    alter column reminded type integer using reminded::integer,
    alter column reminded set default 0`.execute(db);
  await sql`update approval set ended = action.status from action
    where action.id = approval.action and approval.status = 'approved' and action.ended_at is not null`.execute(
    db,
  );
}
