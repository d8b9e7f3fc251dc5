// The one database: a pool of connections or an embedded server, transactions, closing.
// Not a place for SQL about anything: each room keeps its own in its `store.ts`.
import type { Kysely, Transaction } from 'kysely';
import type { Db as QueueDb } from 'pg-boss';

/** No tables: each room types its own with `db.withTables<…>()`. */
// biome-ignore lint/complexity/noBannedTypes: kysely's own way of saying "no tables yet"
export type NoTables = {};
export type Db = Kysely<NoTables>;
export type Tx = Transaction<NoTables>;

export interface Database {
  db: Db;
  kind: 'postgres' | 'embedded';
  /** What the job queue runs on: a connection string, or the embedded server itself. */
  queue: { connectionString: string } | { db: QueueDb };
  /** Sentences about how well this database protects what it holds, for the start of the log. */
  warnings: string[];
  close(): Promise<void>;
}

/**
 * Runs `work` in one transaction. Everything inside must use the `tx` it is given: on the embedded
 * database, which has a single session, a query that goes around it waits for itself.
 */
export function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(work);
}

/** Whether `error` says that the database is out of reach, rather than that it refused what was asked. */
export function isDown(error: unknown): boolean {
  const {
    severity,
    code = '',
    message = '',
  } = error as { severity?: string; code?: string; message?: string };
  // It says itself that it has no connection left, lost this one, or is starting up or shutting down.
  if (severity !== undefined) return /^(08|53|57P)/.test(code);
  return /^E(?!RR_)[A-Z]+/.test(code) || /connect|terminated|closed|destroyed/i.test(message);
}
