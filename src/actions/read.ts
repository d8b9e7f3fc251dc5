import type { IncidentId } from '../ids.ts';
import type { Db } from '../postgres/database.ts';
import type { Action } from './action.ts';
import { loadOf, loadSince, loadStep } from './store.ts';

/** All of an incident's actions, oldest first. */
export function actionsOf(db: Db, incident: IncidentId): Promise<Action[]> {
  return loadOf(db, incident);
}

/** The action that was proposed for one step of an incident's runbook. */
export function actionFor(db: Db, incident: IncidentId, step: number): Promise<Action | undefined> {
  return loadStep(db, incident, step);
}

/** Actions proposed at or after `since`, oldest first. */
export function actionsSince(db: Db, since: Date): Promise<Action[]> {
  return loadSince(db, since);
}
