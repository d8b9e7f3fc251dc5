import { type Kysely, sql } from 'kysely';

/** A signal is more than one series: its kind, all that is unusual together, and when it was over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table signal
    add column kind text not null default 'anomaly',
    add column band text not null default 'critical' check (band in ('watch', 'critical')),
    add column learning boolean not null default false,
    add column members jsonb not null default '[]',
    add column because jsonb not null default '[]',
    add column recovered_at timestamptz`.execute(db);
}
