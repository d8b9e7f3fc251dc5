import { type Kysely, sql } from 'kysely';

/** What people say of incidents: declared or reopened by hand, how bad they are, and into which other one they went. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // What a person declares in one message becomes one incident, however often the message is handled.
  await sql`alter table incident
    add column request text unique,
    add column said jsonb,
    add column severity_by text,
    add column merged_into text references incident`.execute(db);
}
