import type { ActionId, IncidentId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Action } from './action.ts';
import { load, loadAllWaiting, loadBy, loadOf, loadSince, type NaturalKey } from './store.ts';

export function action(db: Db, id: ActionId): Promise<Action | undefined> {
  return load(db, id);
}

/** All of an incident's actions, oldest first. */
export function actionsOf(db: Db | Tx, incident: IncidentId): Promise<Action[]> {
  return loadOf(db, incident);
}

/** The action that was proposed for one step of an incident's runbook, or to roll one back. */
export function actionFor(db: Db, key: NaturalKey): Promise<Action | undefined> {
  return loadBy(db, key);
}

/** Actions proposed at or after `since`, oldest first. */
export function actionsSince(db: Db, since: Date): Promise<Action[]> {
  return loadSince(db, since);
}

/** The actions that wait to run or to be decided. */
export function waitingActions(tx: Tx): Promise<ActionId[]> {
  return loadAllWaiting(tx);
}
