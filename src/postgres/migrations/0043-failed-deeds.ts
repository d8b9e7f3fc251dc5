import { type Kysely, sql } from 'kysely';

/** Which deeds failed or did not help is found however many did: those are few, and open circuit breakers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index action_failed on action (worker, tool)
    where status in ('failed', 'indeterminate') or health in ('same', 'worse')`.execute(db);
}
