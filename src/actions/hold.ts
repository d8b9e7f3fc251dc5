import type { IncidentId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import type { Tx } from '../postgres/database.ts';
import type { Gateway } from './gateway.ts';
import { clearHeld, loadWaiting, setHeld } from './store.ts';

/** Takes an incident out of the workers' hands. Returns the jobs that end what was waiting. Safe to call twice. */
export async function hold(gateway: Gateway, tx: Tx, incident: IncidentId): Promise<Job[]> {
  await setHeld(tx, incident, gateway.policy.limits.autonomous_changes_per_incident);
  const waiting = await loadWaiting(tx, incident);
  return waiting.map((action) => ({ name: 'advance-action', action }));
}

/** Puts an incident back into the workers' hands. Safe to call twice. */
export async function handBack(tx: Tx, incident: IncidentId): Promise<void> {
  await clearHeld(tx, incident);
}
