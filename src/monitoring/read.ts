import type { IncidentId, SignalId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Signal } from './signal.ts';
import { attach, load, loadOf } from './store.ts';

export function signal(db: Db | Tx, id: SignalId): Promise<Signal | undefined> {
  return load(db, id);
}

/** The signals of one incident, oldest first. */
export function signalsOf(db: Db | Tx, incident: IncidentId): Promise<Signal[]> {
  return loadOf(db, incident);
}

/** Says which incident a signal belongs to. */
export function attachTo(tx: Tx, id: SignalId, incident: IncidentId): Promise<void> {
  return attach(tx, id, incident);
}
