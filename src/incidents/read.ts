import { sql } from 'kysely';
import type { IncidentId, PersonId, WorkerId } from '../ids.ts';
import type { Db } from '../postgres/database.ts';
import type { Asks, Incident, Logged } from './incident.ts';
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

/** What a phase of an incident came to: the last of its kind, and which worker told it. */
export interface Phase {
  incident: IncidentId;
  kind: 'diagnosis' | 'escalated' | 'undone';
  worker: WorkerId | null;
  at: Date;
  /** Of a diagnosis its likeliest cause, null where nothing known fits; else null. */
  says: string | null;
  /** 0–1 */
  confidence: number | null;
}

/** What phases came to after `since` and by `until`, oldest first. */
export async function phasesBetween(db: Db, since: Date, until: Date): Promise<Phase[]> {
  const { rows } = await sql<Phase>`select * from (
      select distinct on (incident, kind) incident, kind, worker, at, id,
        facts #>> '{hypotheses,0,says}' as says, (facts #>> '{hypotheses,0,confidence}')::float8 as confidence
      from incident_entry where at > ${since} and at <= ${until}
        and (kind in ('diagnosis', 'undone') or (kind = 'escalated' and facts ->> 'by' is null))
      order by incident, kind, id desc) as last order by id`.execute(db);
  return rows;
}

/** Who was asked for an incident last, and why. */
export interface Asked {
  incident: IncidentId;
  because: string;
  asks: Asks | null;
  /** A person wants those asked, and nobody else. */
  by: PersonId | null;
  /** Who was asked by name since, nobody having taken it. */
  next: PersonId | null;
}

/** Who is asked for the incidents that need a person now. */
export async function askedNow(db: Db): Promise<Asked[]> {
  const { rows } = await sql<Asked>`select entry.incident, entry.facts ->> 'because' as because,
      entry.facts -> 'asks' as asks, entry.facts ->> 'by' as by,
      (select later.facts ->> 'person' from incident_entry later
        where later.incident = entry.incident and later.id > entry.id and later.kind = 'unanswered'
          and later.facts ->> 'person' is not null order by later.id desc limit 1) as next
    from incident join lateral (select * from incident_entry
        where incident_entry.incident = incident.id and kind = 'escalated' order by id desc limit 1) entry on true
    where incident.status = 'escalated' and incident.ended_at is null`.execute(db);
  return rows;
}
