import { type Kysely, sql } from 'kysely';

/** A job of the trial's AWX may have been cancelled before it ended. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table estate_job drop constraint estate_job_status_check`.execute(db);
  await sql`alter table estate_job add constraint estate_job_status_check
    check (status in ('running', 'successful', 'failed', 'canceled'))`.execute(db);
}
