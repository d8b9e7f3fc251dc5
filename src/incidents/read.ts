import type { IncidentId } from '../ids.ts';
import type { Db } from '../postgres/database.ts';
import type { Incident, Logged } from './incident.ts';
import { load, loadEvidence, loadLog, loadOpen, loadSince, type StoredEvidence } from './store.ts';

export function incident(db: Db, id: IncidentId): Promise<Incident | undefined> {
  return load(db, id);
}

/** Those with something still to be done or watched, oldest first. */
export function openIncidents(db: Db): Promise<Incident[]> {
  return loadOpen(db);
}

/** Those opened or ended at or after `since`, and all that are open, newest first. */
export function incidentsSince(db: Db, since: Date): Promise<Incident[]> {
  return loadSince(db, since);
}

/** What happened on an incident, oldest first. */
export function logOf(db: Db, id: IncidentId): Promise<Logged[]> {
  return loadLog(db, id);
}

/** What its diagnoses saw, as it was stored: of every attempt, the first first. */
export function frozenOf(db: Db, id: IncidentId): Promise<StoredEvidence[]> {
  return loadEvidence(db, id);
}
