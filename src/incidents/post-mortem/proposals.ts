// The SQL of what is put forward as a runbook, and what became of it.
import { sql } from 'kysely';
import type { ActionId, IncidentId, PersonId } from '../../ids.ts';
import { type Runbook, runbookSchema } from '../../knowledge/runbook.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { jsonOf } from '../../postgres/text.ts';

export interface Proposal {
  incident: IncidentId;
  runbook: Runbook;
  /** What it would replace. */
  was: Runbook | null;
  because: string;
  at: Date;
  /** The action that adopts it, once somebody asked for that. */
  asked: ActionId | null;
  /** How often it was asked for before and came to nothing: nobody answered, or it could not be done. */
  tries: number;
  settled: 'adopted' | 'rejected' | 'declined' | null;
  settledBy: PersonId | null;
}

const columns = sql`incident, runbook, was, because, proposed_at as at, asked, tries, settled, settled_by as "settledBy"`;

function parsed(
  rows: (Omit<Proposal, 'runbook' | 'was'> & { runbook: unknown; was: unknown })[],
): Proposal[] {
  return rows.map((one) => ({
    ...one,
    runbook: runbookSchema.parse(one.runbook),
    was: runbookSchema.nullable().parse(one.was),
  }));
}

/** What was put forward after an incident; undefined when nothing was. */
export async function runbookProposalOf(db: Db | Tx, incident: IncidentId): Promise<Proposal | undefined> {
  const { rows } =
    await sql<Proposal>`select ${columns} from runbook_proposal where incident = ${incident}`.execute(db);
  return parsed(rows)[0];
}

/** Those that somebody wants adopted and of which nobody knows yet what came of it. */
export async function askedProposals(db: Db): Promise<Proposal[]> {
  const { rows } = await sql<Proposal>`select ${columns} from runbook_proposal
    where settled is null and asked is not null order by proposed_at`.execute(db);
  return parsed(rows);
}

/** Those that nobody has asked for, or declined, yet; the oldest first. */
export async function openProposals(db: Db): Promise<Proposal[]> {
  const { rows } = await sql<Proposal>`select ${columns} from runbook_proposal
    where settled is null and asked is null order by proposed_at`.execute(db);
  return parsed(rows);
}

/** False when the same was put forward before, whatever became of it. */
export async function insertProposal(
  tx: Tx,
  { incident, runbook, was, because, at }: Pick<Proposal, 'incident' | 'runbook' | 'was' | 'because' | 'at'>,
  content: string,
): Promise<boolean> {
  const { rows } =
    await sql`insert into runbook_proposal (incident, content, runbook, was, because, proposed_at)
    values (${incident}, ${content}, ${jsonOf(runbook)}::jsonb, ${was ? jsonOf(was) : null}::jsonb, ${because}, ${at})
    on conflict do nothing returning incident`.execute(tx);
  return rows.length === 1;
}

export async function setAsked(tx: Tx, incident: IncidentId, action: ActionId): Promise<void> {
  await sql`update runbook_proposal set asked = ${action} where incident = ${incident} and settled is null`.execute(
    tx,
  );
}

/** It came to nothing, and may be asked for again. */
export async function releaseAsked(tx: Tx, incident: IncidentId): Promise<void> {
  await sql`update runbook_proposal set asked = null, tries = tries + 1
    where incident = ${incident} and asked is not null and settled is null`.execute(tx);
}

/** False when it was settled before. */
export async function setSettled(
  tx: Tx,
  incident: IncidentId,
  settled: NonNullable<Proposal['settled']>,
  by: PersonId | null,
): Promise<boolean> {
  const { rows } = await sql`update runbook_proposal set settled = ${settled}, settled_by = ${by}
    where incident = ${incident} and settled is null returning incident`.execute(tx);
  return rows.length === 1;
}
