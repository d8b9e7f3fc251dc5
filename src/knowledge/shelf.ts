import { everInForce, type Held, heldOf } from '../charter/force.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { type Runbook, runbookSchema } from './runbook.ts';

/** The runbooks there are: those of the files, and those that were adopted since. */
export interface Shelf {
  /** Those in force first; after them older versions, which an open incident may have begun. */
  runbooks(): Runbook[];
  /** Takes up what was adopted meanwhile, by whatever process. Throws when it cannot be read: then nothing may run. */
  refresh(db: Db | Tx): Promise<void>;
}

export function openShelf(files: Runbook[]): Shelf {
  let all = files;
  return {
    runbooks: () => all,
    refresh: async (db) => {
      all = shelved(files, await everInForce(db, 'runbook', runbookSchema));
    },
  };
}

/** Of each id the highest version is in force, of two of the same the adopted one; `adopted` has the newest first. Pure. */
export function shelved(files: Runbook[], adopted: Runbook[]): Runbook[] {
  const all = [...adopted, ...files];
  const ids = [...new Set([...files, ...adopted].map(({ id }) => id))];
  const inForce = ids.flatMap((id) => {
    const [highest] = all.filter((one) => one.id === id).toSorted((a, b) => b.version - a.version);
    return highest ? [highest] : [];
  });
  return [...inForce, ...all.filter((one) => !inForce.includes(one))];
}

/** A runbook as it is held. */
export function runbookHeld(runbook: Runbook): Held {
  return heldOf(`runbook:${runbook.id}`, `${runbook.id}@${runbook.version}`, runbook);
}
