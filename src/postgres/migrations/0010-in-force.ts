import { type Kysely, sql } from 'kysely';

/** Charters are kept and put in force as the policy is; a decision is bound to the contents of both. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table policy_text rename to kept_text`.execute(db);
  await sql`alter table kept_text add column what text not null default 'policy'`.execute(db);
  await sql`alter table kept_text alter column what drop default`.execute(db);
  await sql`alter table policy_in_force rename to in_force`.execute(db);
  await sql`alter table in_force
    add column proposed_by text,
    add column action text unique`.execute(db);
  await sql`alter table action
    add column charter_digest text not null default '',
    add column policy_digest text not null default ''`.execute(db);
}
