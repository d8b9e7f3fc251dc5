import { sql } from 'kysely';
import type { ActionId, IncidentId, WorkerId } from '../ids.ts';
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

/** What a deed comes to in a line. */
export interface Deed {
  incident: IncidentId | null;
  worker: WorkerId;
  what: string;
  /** Without an approval. */
  autonomous: boolean;
  endedAt: Date;
}

/** What was done after `since` and by `until`, oldest first. */
export async function deedsBetween(db: Db, since: Date, until: Date): Promise<Deed[]> {
  const { rows } = await sql<Deed>`select incident, worker, question ->> 'what' as what, autonomous,
      ended_at as "endedAt"
    from action where ended_at > ${since} and ended_at <= ${until} and status = 'done' order by ended_at, id`.execute(
    db,
  );
  return rows;
}
