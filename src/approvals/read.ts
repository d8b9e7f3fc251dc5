import type { ActionId, ApprovalId, IncidentId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Approval, Ended } from './approval.ts';
import {
  type Claimed,
  consume,
  load,
  loadFor,
  loadOf,
  loadOpen,
  setOutcome,
  setStatus,
  supersede,
} from './store.ts';

export function approval(db: Db, id: ApprovalId): Promise<Approval | undefined> {
  return load(db, id);
}

/** The newest approval that was asked for an action, in any state. */
export function approvalOf(db: Db | Tx, action: ActionId): Promise<Approval | undefined> {
  return loadFor(db, action);
}

/** Those waiting for a person, oldest first. */
export function openApprovals(db: Db): Promise<Approval[]> {
  return loadOpen(db);
}

/** All that was asked on an incident, oldest first. */
export function approvalsOf(db: Db, incident: IncidentId): Promise<Approval[]> {
  return loadOf(db, incident);
}

/** Writes on the approval what came of it, for its card, and how the deed ended once it has; one that is still open is withdrawn. */
export async function noteOutcome(
  tx: Tx,
  id: ApprovalId,
  outcome: string,
  ended: Ended | null = null,
): Promise<void> {
  await setStatus(tx, id, 'withdrawn');
  await setOutcome(tx, id, outcome, ended);
}

/** Ends an approval whose action, rules or facts changed before it ran: it is asked anew. */
export async function replace(tx: Tx, id: ApprovalId, because: string): Promise<void> {
  await supersede(tx, id);
  await setOutcome(tx, id, because, null);
}

/** Uses an approval up at the moment of running; false when it does not hold for exactly this, now. */
export function useUp(tx: Tx, claimed: Claimed): Promise<boolean> {
  return consume(tx, claimed);
}
