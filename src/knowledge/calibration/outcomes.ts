import type { IncidentId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import type { Outcome } from './calibrate.ts';
import { insert, loadSettled, remove, setWrong } from './store.ts';

/** So long a mended incident's cause may still be called wrong. */
const settledAfterMs = 24 * 3_600_000;

/** Keeps what became of a diagnosis, once an incident and class; what was found wrong stays so. A wrong one counts at once. */
export function keepOutcome(
  tx: Tx,
  { incident, class: of, raw, right }: Outcome & { incident: IncidentId; class: string },
  at: Date,
): Promise<void> {
  const settles = right ? new Date(at.getTime() + settledAfterMs) : at;
  return insert(tx, { incident, class: of, raw, right, at, settles });
}

/** A person says that the cause was another; false when nothing of that incident is open to that any more. */
export async function markWrong(tx: Tx, incident: IncidentId, now: Date): Promise<boolean> {
  return (await setWrong(tx, incident, now)) > 0;
}

/** What came of an incident no longer counts, as it is not over; how many outcomes that were. */
export function withdrawOutcomes(tx: Tx, incident: IncidentId): Promise<number> {
  return remove(tx, incident);
}

/** The settled outcomes of this site by class, oldest first; a class without any is not there. */
export async function outcomesOf(db: Db | Tx, classes: string[], now: Date): Promise<Map<string, Outcome[]>> {
  return Map.groupBy(await loadSettled(db, classes, now), (one) => one.class);
}
