import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { JobName } from './job.ts';

/** A job that is due or being done. */
export interface Waiting {
  name: JobName;
  /** What it is about, such as an incident. */
  about: string;
  running: boolean;
  /** How often it failed. */
  tries: number;
  dueAt: Date;
  /** What came of the last try that failed: a sentence. */
  problem: string | null;
}

/** Jobs of these names that are due, tried again or being done; what is due later is left out. */
export async function waitingJobs(db: Db, names: JobName[]): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`select name, group_id as about, state = 'active' as running,
      retry_count as tries, start_after as "dueAt", output ->> 'message' as problem
    from pgboss.job where state in ('created', 'retry', 'active') and name = any(${names})
      and group_id is not null and (state <> 'created' or start_after <= clock_timestamp())`.execute(db);
  return rows;
}
