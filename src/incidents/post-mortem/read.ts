import type { IncidentId } from '../../ids.ts';
import type { Chart } from '../../monitoring/chart/chart.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { chartShape } from './chart.ts';
import { dayOf, type PostMortem, writtenShape } from './post-mortem.ts';
import { type LateTask, load, loadChart, loadCorrections, loadLate, loadTasks } from './store.ts';

/** An incident's post-mortem; undefined before it was drafted. */
export async function postMortemOf(db: Db | Tx, incident: IncidentId): Promise<PostMortem | undefined> {
  const row = await load(db, incident);
  if (!row) return undefined;
  const { pictureId, alt, written, ...rest } = row;
  return {
    ...rest,
    written: writtenShape.parse(written),
    picture: pictureId ? { id: pictureId, alt: alt ?? '' } : null,
    tasks: await loadTasks(db, incident),
    corrections: await loadCorrections(db, incident),
  };
}

/** What its chart shows; null where it has none. */
export async function chartOf(db: Db, incident: IncidentId): Promise<Chart | null> {
  return chartShape.nullable().parse(await loadChart(db, incident));
}

/** Everything that was to be done by a day that is over, and is not; the oldest first. */
export function lateTasks(db: Db, now: Date): Promise<LateTask[]> {
  return loadLate(db, dayOf(now));
}
