import { sql } from 'kysely';
import type { Duty } from '../../charter/charter.ts';
import type { IncidentId, WorkerId } from '../../ids.ts';
import type { Db } from '../../postgres/database.ts';
import type { Handoff } from './handoff.ts';
import { loadOf } from './store.ts';

/** All handoffs of an incident, oldest first. */
export function handoffsOf(db: Db, id: IncidentId): Promise<Handoff[]> {
  return loadOf(db, id);
}

/** One worker handed an incident to another. */
export interface Passed {
  incident: IncidentId;
  from: WorkerId;
  to: WorkerId;
}

/** To whom workers of one duty handed incidents after `since` and by `until`, each once, the oldest first. */
export async function passedBetween(db: Db, duty: Duty, since: Date, until: Date): Promise<Passed[]> {
  const { rows } = await sql<Passed>`select incident, from_worker as "from", to_worker as "to" from handoff
    where handed_at > ${since} and handed_at <= ${until} and from_duty = ${duty}
    group by incident, from_worker, to_worker order by min(id)`.execute(db);
  return rows;
}
