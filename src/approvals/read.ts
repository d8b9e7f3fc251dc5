import type { ActionId, ApprovalId, IncidentId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Approval } from './approval.ts';
import { load, loadFor, loadOf, loadOpen, setOutcome, settle } from './store.ts';

export function approval(db: Db, id: ApprovalId): Promise<Approval | undefined> {
  return load(db, id);
}

/** The approval that was asked for an action, in any state. */
export function approvalOf(db: Db | Tx, action: ActionId): Promise<Approval | undefined> {
  return loadFor(db, action);
}

/** Those waiting for a person, oldest first. */
export function openApprovals(db: Db): Promise<Approval[]> {
  return loadOpen(db);
}

/** Writes on the approval what came of it, for its card; one that is still open is withdrawn. */
export async function noteOutcome(tx: Tx, id: ApprovalId, outcome: string): Promise<void> {
  await settle(tx, id, { status: 'withdrawn', by: null, reason: null });
  await setOutcome(tx, id, outcome);
}

/** All that was asked on an incident, oldest first. */
export function approvalsOf(db: Db, incident: IncidentId): Promise<Approval[]> {
  return loadOf(db, incident);
}
