import type { IncidentId } from '../../ids.ts';
import type { Db } from '../../postgres/database.ts';
import type { Check, StepRow } from './step.ts';
import { type Key, loadStep, loadSteps } from './store.ts';

/** The steps of an incident's runbooks as they were gone through, in the order they came up. */
export function stepsOf(db: Db, incident: IncidentId): Promise<StepRow[]> {
  return loadSteps(db, incident);
}

/** What a step requires, as it was read when it came up; nothing before that. */
export async function checksOf(db: Db, key: Key): Promise<Check[]> {
  return (await loadStep(db, key))?.checks ?? [];
}
