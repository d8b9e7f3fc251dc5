import { reserve } from '../budgets/budget.ts';
import type { IncidentId, WorkerId } from '../ids.ts';
import { service as findService } from '../inventory/inventory.ts';
import { budgetsFor } from '../policy/limits.ts';
import type { Tx } from '../postgres/database.ts';
import type { Gateway } from './gateway.ts';
import { killedFor } from './stops.ts';

/** What a worker may do that changes nothing, by the names that switches and charters know: ask a model, read on its behalf. */
export const reads = ['argue', 'look'] as const;

/** Something that a worker wants to read or have thought about. Nothing is changed by it. */
interface Wanted {
  worker: WorkerId;
  name: (typeof reads)[number];
  incident: IncidentId;
  service: string;
  /** Reserves one call under this name; what is metered elsewhere has none. */
  key?: string;
}

/**
 * Whether it may begin now. Nobody is asked, because it changes nothing, and the same stops hold: kill switches,
 * what the charter in force says never, and the budgets. *not* is a sentence for people.
 */
export async function mayRead(
  gateway: Gateway,
  tx: Tx,
  { worker, name, incident, service, key }: Wanted,
): Promise<{ kind: 'may' } | { kind: 'not'; because: string }> {
  await gateway.refresh?.(tx, worker);
  const charter = gateway.charterOf(worker);
  if (!charter) return not(`There is no charter for the worker ${worker}.`);
  if (charter.authority.never.includes(name)) return not(`The charter of ${worker} says never to ${name}.`);
  const killed = await killedFor(tx, { worker, tool: name });
  if (killed.length > 0) return not(`The kill switch for ${killed.join(', ')} is thrown.`);
  if (!key) return { kind: 'may' };
  const spending = { key, run: incident, worker, amounts: { calls: 1 } };
  const reserved = await reserve(tx, spending, budgetsOn(gateway, service));
  return reserved.kind === 'spent' ? not(reserved.because) : { kind: 'may' };
}

/** The budgets that hold for what is done on a service. */
export function budgetsOn({ policy, inventory }: Gateway, service: string) {
  const team = findService(inventory, service)?.team;
  return budgetsFor(policy, team ? [team] : []);
}

function not(because: string) {
  return { kind: 'not' as const, because };
}
