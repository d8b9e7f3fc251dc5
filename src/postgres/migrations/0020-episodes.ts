import { type Kysely, sql } from 'kysely';

/** One open signal a fingerprint, whoever raises it; and why one was told to nobody. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table signal add column held text`.execute(db);
  // What an older version raised has no end of its own.
  await sql`update signal set recovered_at = raised_at where recovered_at is null and kind <> 'alert'`.execute(
    db,
  );
  await sql`create unique index signal_open on signal (fingerprint)
    where recovered_at is null and kind <> 'alert'`.execute(db);
}
