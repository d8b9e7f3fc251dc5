import { type Kysely, sql } from 'kysely';

/** What was learnt and is no baseline: how metrics move together, what goes before failures. A row each, replaced when learnt anew. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table learnt (
    key text primary key,
    content jsonb not null,
    at timestamptz not null default clock_timestamp()
  )`.execute(db);
}
