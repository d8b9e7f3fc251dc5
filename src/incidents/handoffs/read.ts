import type { IncidentId } from '../../ids.ts';
import type { Db } from '../../postgres/database.ts';
import type { Handoff } from './handoff.ts';
import { loadOf } from './store.ts';

/** All handoffs of an incident, oldest first. */
export function handoffsOf(db: Db, id: IncidentId): Promise<Handoff[]> {
  return loadOf(db, id);
}
