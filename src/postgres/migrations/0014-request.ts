import { type Kysely, sql } from 'kysely';

/** What a person asks for in one message becomes one action, however often the message is handled. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table action add column request text unique`.execute(db);
}
