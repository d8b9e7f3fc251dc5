import { type Kysely, sql } from 'kysely';

/** What people want watched closely, and until when. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table watched_closely (
    subject text primary key,
    until timestamptz not null,
    why text not null,
    person text not null,
    at timestamptz not null
  )`.execute(db);
}
