import type { Charter } from '../charter/charter.ts';
import type { PersonId, WorkerId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import type { Policy } from '../policy/policy.ts';
import type { Db } from '../postgres/database.ts';
import { loadOpenBreakers, resetBreaker } from './stops.ts';

interface Of {
  worker: WorkerId;
  tool: string;
}

/** A person gives autonomy back after the circuit breaker opened: what failed before no longer counts. */
export function closeBreaker(store: Store, of: Of, person: PersonId): Promise<void> {
  return reset(store, of, person, false);
}

/** A person lets one deed through an open circuit breaker: when it succeeds it is closed, when it fails it is open again. */
export function halfOpenBreaker(store: Store, of: Of, person: PersonId): Promise<void> {
  return reset(store, of, person, true);
}

function reset(store: Store, of: Of, person: PersonId, halfOpen: boolean): Promise<void> {
  return save(store, async (tx) => {
    await resetBreaker(tx, of, halfOpen);
    const kind = halfOpen ? 'breaker.half-opened' : 'breaker.closed';
    return { result: undefined, entries: [{ kind, by: { person }, facts: { ...of } }], jobs: [] };
  });
}

/** The circuit breakers of these workers that are open now, and why. */
export function openBreakers(
  db: Db,
  charters: Charter[],
  policy: Policy,
): Promise<(Of & { because: string })[]> {
  const workers = charters.map(({ worker }) => worker);
  return loadOpenBreakers(db, workers, policy);
}
