import { type Kysely, sql } from 'kysely';

/** The table that stands in for Redis: who holds a key, and until when. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table claim (
      key text primary key,
      holder text not null,
      expires_at timestamptz not null
    )`.execute(db);
}
