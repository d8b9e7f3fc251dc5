import type { Entry } from '../audit/entry.ts';
import { type Chain, record } from '../audit/record.ts';
import { type Db, type Tx, transact } from '../postgres/database.ts';
import type { Job } from './job.ts';
import type { Queue } from './queue.ts';

/** What every use case that changes something needs: the database, the queue, and the audit chain it writes to. */
export interface Store {
  db: Db;
  queue: Queue;
  chain: Chain;
}

/** What goes with a change: entries for the audit, jobs that are now due (`after` = not before). */
export interface Consequences {
  entries: Entry[];
  jobs: (Job & { after?: Date })[];
}

/**
 * Runs `change` and commits what it changed, the jobs it made due and its audit entries in one
 * transaction. The audit comes last, because its lock is held until the commit.
 */
export function save<T>(store: Store, change: (tx: Tx) => Promise<{ result: T } & Consequences>): Promise<T> {
  return transact(store.db, async (tx) => {
    const { result, entries, jobs } = await change(tx);
    for (const { after, ...job } of jobs) await store.queue.add(tx, job as Job, after);
    await record(tx, store.chain, entries);
    return result;
  });
}
