import { type Kysely, sql } from 'kysely';

/** Every checkpoint that was taken, in the order it was taken; the witness outside the database has them too. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table audit_checkpoint (
    id bigint generated always as identity primary key,
    chain text not null,
    seq bigint not null,
    hash bytea not null,
    line text not null
  )`.execute(db);
  await sql`create index audit_checkpoint_of on audit_checkpoint (chain, seq)`.execute(db);
}
