import { type Db, transact } from '../../postgres/database.ts';
import { insert, isFresh, load, type State, setDay, setState } from './store.ts';

export type PastProgress =
  /** There is no past here, and none is coming. */
  | { kind: 'none' }
  /** `day` of `of` days: 0 before the first, the last while its rows are taken in. */
  | { kind: 'living'; day: number; of: number }
  | { kind: 'done'; from: Date; to: Date };

/** How far the trial's past is. */
export async function pastProgress(db: Db): Promise<PastProgress> {
  const found = await load(db);
  if (!found || found.state === 'given-up') return { kind: 'none' };
  const { state, day, days, begins, ends } = found;
  return state === 'done' ? { kind: 'done', from: begins, to: ends } : { kind: 'living', day, of: days };
}

/** Incidents of the past are numbered up to here, those of now from the next on. */
export const numbersOfPast = 100;
const minute = 60_000;
const dayMs = 86_400_000;

interface Reserving {
  seed: number;
  days: number;
  now: Date;
}

/**
 * Decides on a new data folder which past it will have, before anything happens in it; on every other it changes
 * nothing. The past that is still to be lived through or taken in, undefined when there is none.
 */
export function reservePast(db: Db, { seed, days, now }: Reserving): Promise<State | undefined> {
  return transact(db, async (tx) => {
    const found = await load(tx);
    if (!found && (await isFresh(tx))) {
      // Whole minutes, some of them before now: what happens now is no part of it.
      const ends = new Date(Math.floor(now.getTime() / minute - 10) * minute);
      const begins = new Date(ends.getTime() - days * dayMs);
      await insert(tx, { seed, begins, ends, days }, numbersOfPast);
      return load(tx);
    }
    return found && found.state !== 'done' && found.state !== 'given-up' ? found : undefined;
  });
}

/** A day of it has begun. */
export async function noteDay(db: Db, day: number): Promise<void> {
  await setState(db, 'living');
  await setDay(db, day);
}

/** It cannot be taken in any more: there will be none. */
export function giveUp(db: Db): Promise<void> {
  return setState(db, 'given-up');
}
