import type { PersonId, WorkerId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import { resetBreaker } from './stops.ts';

/** A person gives autonomy back after the circuit breaker opened: what failed before no longer counts. */
export function closeBreaker(
  store: Store,
  of: { worker: WorkerId; tool: string },
  person: PersonId,
): Promise<void> {
  return save(store, async (tx) => {
    await resetBreaker(tx, of);
    return {
      result: undefined,
      entries: [{ kind: 'breaker.closed', by: { person }, facts: { ...of } }],
      jobs: [],
    };
  });
}
