import type { By, Entry } from '../../audit/entry.ts';
import { firstNoted } from '../../audit/noted.ts';
import type { Job } from '../../jobs/job.ts';
import { type Store, save } from '../../jobs/save.ts';
import type { Reporting } from '../reporting.ts';
import { begin, wasBegun } from '../store.ts';
import { keepReview } from './read.ts';
import { type Quarter, quarterDue, type Written } from './review.ts';

interface Telling {
  store: Store;
  reporting: Reporting;
  holidays: string[];
  by: By;
  /** Of every worker, from the rows as they are. */
  write(quarter: Quarter): Promise<Written[]>;
  now(): Date;
}

/**
 * Keeps and tells the reviews of the quarter that is over, once, on the first working day after it at the digest's hour,
 * or as soon after as anybody looks; nothing when all that is recorded is younger. Safe to call twice, at the same time,
 * and after a crash anywhere.
 */
export async function tellReviewsDue(telling: Telling): Promise<void> {
  const { store, reporting, holidays, by, write } = telling;
  const now = telling.now();
  const quarter = quarterDue(reporting, holidays, now);
  const round = `reviews ${quarter.name}`;
  if (await wasBegun(store.db, round)) return;
  const first = await firstNoted(store.db);
  if (!first || first >= quarter.period.to) return;
  const all = await write(quarter);
  await save(store, async (tx) => {
    const told = { result: undefined, entries: [] as Entry[], jobs: [] as Job[] };
    if (!(await begin(tx, round, now))) return told;
    for (const written of all) {
      if (!(await keepReview(tx, written, now))) continue;
      const { worker, version, proposal } = written;
      const facts = {
        worker,
        charter: `${worker}@${version}`,
        quarter: quarter.name,
        proposal: proposal.kind,
      };
      told.entries.push({ kind: 'role.reviewed', by, facts, because: proposal.because });
      told.jobs.push({ name: 'show', subject: `review:${worker}:${quarter.name}` });
    }
    return told;
  });
}
