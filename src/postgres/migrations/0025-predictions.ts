import { type Kysely, sql } from 'kysely';

/** What a signal says will come; which incidents are predictions, and which deeds prevent what has not come. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table signal add column foretold jsonb`.execute(db);
  await sql`alter table incident add column kind text not null default 'incident'
    check (kind in ('incident', 'prediction'))`.execute(db);
  await sql`alter table action add column foretold boolean not null default false`.execute(db);
}
