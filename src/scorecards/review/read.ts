import type { Charter } from '../../charter/charter.ts';
import { worksSince } from '../../charter/force.ts';
import type { WorkerId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import type { Period } from '../facts.ts';
import type { Given } from '../kpi.ts';
import { factsOf } from '../read.ts';
import type { ToolRecord } from './propose.ts';
import { type Quarter, review, type Words, type Written } from './review.ts';
import { insertReview, loadEscalated, loadReview, loadTools, loadWords } from './store.ts';

/** What reviews are written with besides rows. */
export interface Reviewer extends Given {
  /** Undefined: no tool of this site. */
  riskOf(tool: string): ToolRecord['risk'] | undefined;
}

/** What would be written of these workers' quarter, from the rows as they are now; in the order of the charters. */
export async function reviewsOf(
  db: Db,
  { riskOf, ...given }: Reviewer,
  charters: Charter[],
  quarter: Quarter,
): Promise<Written[]> {
  const { period, before } = quarter;
  // Apart, because what the audit holds is looked at for one period at a time.
  const [facts, factsBefore] = await Promise.all([factsOf(db, period), factsOf(db, before)]);
  const written: Written[] = [];
  for (const charter of charters) {
    const { worker } = charter;
    const [tools, escalated, since] = await Promise.all([
      loadTools(db, worker, period),
      loadEscalated(db, worker, period),
      worksSince(db, worker),
    ]);
    const known = tools.flatMap((one) => {
      const risk = riskOf(one.tool);
      return risk ? [{ ...one, risk }] : [];
    });
    written.push(review({ ...given, charter, since, quarter, facts, factsBefore, escalated, tools: known }));
  }
  return written;
}

/** The review that was kept of a worker's quarter. */
export function keptReview(db: Db, worker: WorkerId, quarter: string): Promise<Written | undefined> {
  return loadReview(db, worker, quarter);
}

/** Keeps a review as it is told; false when there is one of that worker and quarter. */
export function keepReview(tx: Tx, written: Written, at: Date): Promise<boolean> {
  return insertReview(tx, written, at);
}

/** What people wrote of a worker in a period; what was erased is gone. */
export function wordsOf(db: Db, worker: WorkerId, period: Period): Promise<Words> {
  return loadWords(db, worker, period);
}
