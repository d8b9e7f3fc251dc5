import { type Kysely, sql } from 'kysely';

/**
 * Baselines, a row for all series of a metric: which series, in which order (`baseline_layout`); one segment of time each
 * (`baseline_cell`); and what a series keeps beside them (`baseline_state`). Contents are packed little-endian.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table baseline_layout (
    digest text primary key,
    metric text not null,
    keys text[] not null
  )`.execute(db);
  await sql`create table baseline_cell (
    metric text not null,
    cell smallint not null,
    layout text not null references baseline_layout,
    content bytea not null,
    primary key (metric, cell)
  )`.execute(db);
  await sql`create table baseline_state (
    metric text primary key,
    layout text not null references baseline_layout,
    learnt_to timestamptz not null,
    content bytea not null
  )`.execute(db);
}
