import { type Db, transact } from '../postgres/database.ts';
import type { Entry } from './entry.ts';
import { type Chain, record } from './record.ts';

export interface Notes {
  /** Adds an entry that goes with no changed row; resolves once it is committed. */
  note(entry: Entry): Promise<void>;
}

interface Waiting {
  entry: Entry;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Group commits for what changes no row: scrapes, reads, refused attempts. All that gathers while one
 * commit is under way goes into the next, at most 250 at a time, so the chain's lock is taken once for many, and
 * sealing them keeps nobody else in this thread waiting.
 */
export function openNotes(db: Db, chain: Chain): Notes {
  let waiting: Waiting[] = [];
  let busy = false;

  async function flush() {
    if (busy) return;
    busy = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, mostInGroup);
      waiting = waiting.slice(mostInGroup);
      await commit(db, chain, group);
    }
    busy = false;
  }

  return {
    note: (entry) =>
      new Promise((done, failed) => {
        waiting.push({ entry, done, failed });
        void flush();
      }),
  };
}

const mostInGroup = 250;

async function commit(db: Db, chain: Chain, group: Waiting[]): Promise<void> {
  try {
    await transact(db, (tx) =>
      record(
        tx,
        chain,
        group.map((one) => one.entry),
      ),
    );
    for (const one of group) one.done();
  } catch (error) {
    for (const one of group) one.failed(error);
  }
}
