import type { PersonId, WorkerId } from '../../ids.ts';
import { dayIn, lastOccasion } from '../../jobs/occasion.ts';
import { type Store, save } from '../../jobs/save.ts';
import type { Reporting } from '../reporting.ts';
import { upsertRating } from './store.ts';
import { mostLine } from './vote.ts';

export interface Rated {
  worker: WorkerId;
  person: PersonId;
  stars: number;
  /** Free words; may be empty. */
  words: string;
}

/** Keeps a governor's rating of a worker, one a week of the digest: the later counts. */
export function rate(
  store: Store,
  { worker, person, stars, words }: Rated,
  { digest: { day, timezone } }: Reporting,
  now: Date,
): Promise<void> {
  const week = dayIn(timezone, lastOccasion({ cron: `0 0 * * ${day}`, timezone }, now));
  const line = words.replace(/\s+/g, ' ').trim().slice(0, mostLine) || null;
  return save(store, async (tx) => {
    await upsertRating(tx, { worker, person, stars, line, week, at: now });
    const said = { facts: { worker, stars, week }, ...(line && { words: { line } }) };
    return {
      result: undefined,
      entries: [{ kind: 'worker.rated', by: { person }, ...said }],
      jobs: [],
    };
  });
}
