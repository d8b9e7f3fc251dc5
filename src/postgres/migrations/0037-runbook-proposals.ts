import { type Kysely, sql } from 'kysely';

/** Runbooks put forward from what mended an incident. `content` is what one does, whatever its version: nothing is proposed twice. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table runbook_proposal (
    incident text primary key references incident on delete cascade,
    content text not null unique,
    runbook jsonb not null,
    was jsonb,
    because text not null,
    proposed_at timestamptz not null,
    asked text,
    tries integer not null default 0,
    settled text check (settled in ('adopted', 'rejected', 'declined')),
    settled_by text
  )`.execute(db);
  await sql`create index runbook_proposal_asked on runbook_proposal (asked) where settled is null`.execute(
    db,
  );
}
