import { type Kysely, sql } from 'kysely';

/** Pictures that cards show. The id alone lets whoever has it see one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table picture (
    id text primary key,
    png bytea not null,
    at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`create index picture_at on picture (at)`.execute(db);
}
