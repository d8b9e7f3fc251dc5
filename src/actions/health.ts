import type { By, Entry } from '../audit/entry.ts';
import type { IncidentId } from '../ids.ts';
import type { Tx } from '../postgres/database.ts';
import type { Health } from './action.ts';
import { setHealth } from './store.ts';

/**
 * Notes on the steps that ran on an incident, from the attempt `since` on, how it was afterwards, once and for ever: the circuit breaker counts
 * what did not help as it counts what failed. Returns the entries that say so. Safe to call twice.
 */
export async function noteHealth(
  tx: Tx,
  steps: { incident: IncidentId; since: number },
  health: Health,
  by: By,
): Promise<Entry[]> {
  const judged = await setHealth(tx, steps, health);
  return judged.map(({ id, tool, toolVersion }) => ({
    kind: 'action.judged',
    by,
    about: { action: id, incident: steps.incident },
    versions: { tool: `${tool}@${toolVersion}` },
    facts: { health },
  }));
}
