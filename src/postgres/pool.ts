import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './database.ts';

/** Opens a pool on `url`. `max` is the most connections this process holds for its own queries. */
export function openPool(url: string, max = 10): Database {
  const pool = new pg.Pool({ connectionString: url, max, connectionTimeoutMillis: 5_000 });
  // A connection that the server drops, idle or between two queries of a transaction, fails the next query
  // on it and is replaced; without a listener it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<object>({ dialect: new PostgresDialect({ pool }) });
  return { db, kind: 'postgres', queue: { connectionString: url }, warnings: [], close: () => db.destroy() };
}
