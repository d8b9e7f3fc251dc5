import { type Held, heldOf, inForce } from '../charter/force.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { type Policy, policySchema } from './policy.ts';

/** A policy as it is held. */
export function policyHeld(policy: Policy): Held {
  return heldOf('policy', policy.version, policy);
}

/** The policy in force. Throws when there is none or it cannot be read: then nothing may run. */
export async function policyInForce(db: Db | Tx): Promise<Policy> {
  const found = await inForce(db, 'policy', policySchema);
  if (found) return found;
  throw new Error('No policy is in force, so nothing may run: restart Roster to adopt the first one.');
}
