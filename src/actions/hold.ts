import { approvalOf } from '../approvals/read.ts';
import { showJobs } from '../approvals/shown.ts';
import type { IncidentId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import type { Tx } from '../postgres/database.ts';
import type { Gateway } from './gateway.ts';
import { type Hold, loadOf, loadWaiting, lockAllowance, setAttempt, setHold } from './store.ts';

/** Takes an incident out of the workers' hands. Returns the jobs that end what was waiting. Safe to call twice. */
export function hold(gateway: Gateway, tx: Tx, incident: IncidentId): Promise<Job[]> {
  return holdAs(gateway, tx, incident, 'taken');
}

/** Lets nothing more begin on an incident for now; what is asked stays open. Returns the jobs that say so. Safe to call twice. */
export async function pause(gateway: Gateway, tx: Tx, incident: IncidentId): Promise<Job[]> {
  await holdAs(gateway, tx, incident, 'paused');
  return showWaiting(tx, incident);
}

/** Puts an incident back into the workers' hands. Returns the jobs that go on with what waits. Safe to call twice. */
export async function letGo(gateway: Gateway, tx: Tx, incident: IncidentId): Promise<Job[]> {
  const waiting = await holdAs(gateway, tx, incident, null);
  return [...waiting, ...(await showWaiting(tx, incident))];
}

/**
 * Has an incident begun afresh: what waits and what an older attempt still proposes is refused, what runs is
 * seen through. Returns the number of the new attempt and the jobs that end what was waiting.
 */
export async function beginAfresh(
  gateway: Gateway,
  tx: Tx,
  incident: IncidentId,
): Promise<{ attempt: number; jobs: Job[] }> {
  await lockAllowance(tx, incident, gateway.policy.limits.autonomous_changes_per_incident);
  return { attempt: await setAttempt(tx, incident), jobs: await advanceWaiting(tx, incident) };
}

/** What of an incident is running now, by what it does; nothing begins on it until the transaction ends. */
export async function running(gateway: Gateway, tx: Tx, incident: IncidentId): Promise<string | undefined> {
  await lockAllowance(tx, incident, gateway.policy.limits.autonomous_changes_per_incident);
  return (await loadOf(tx, incident)).find(({ status }) => status === 'running')?.question.what;
}

async function holdAs(gateway: Gateway, tx: Tx, incident: IncidentId, as: Hold | null): Promise<Job[]> {
  await lockAllowance(tx, incident, gateway.policy.limits.autonomous_changes_per_incident);
  await setHold(tx, incident, as);
  return advanceWaiting(tx, incident);
}

async function advanceWaiting(tx: Tx, incident: IncidentId): Promise<Job[]> {
  const waiting = await loadWaiting(tx, incident);
  return waiting.map((action) => ({ name: 'advance-action', action }));
}

/** What waits for a person shows whether it is paused. */
async function showWaiting(tx: Tx, incident: IncidentId): Promise<Job[]> {
  const waiting = await loadWaiting(tx, incident);
  const approvals = await Promise.all(waiting.map((action) => approvalOf(tx, action)));
  return approvals.flatMap((one) => (one ? showJobs(one) : []));
}
