// Storage: opens what the app keeps things in, brings it to today's shape, and says how well it protects them.
import { join } from 'node:path';
import { sql } from 'kysely';
import { openQueue, type Queue } from './jobs/queue.ts';
import type { Database } from './postgres/database.ts';
import { openEmbedded } from './postgres/embedded.ts';
import { auditWarning, grantTo, migrate } from './postgres/migrate.ts';
import { openPool } from './postgres/pool.ts';
import { openOwnBroadcast, openRedisBroadcast } from './redis/broadcast.ts';
import { fallingBack } from './redis/fallback.ts';
import { openRedis } from './redis/ioredis.ts';
import type { Broadcast, Claims } from './redis/redis.ts';
import { openTableClaims } from './redis/table.ts';
import type { Settings } from './settings.ts';

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface Storage {
  database: Database;
  queue: Queue;
  claims: Claims;
  broadcast: Broadcast;
  close(): Promise<void>;
}

type Where = Pick<Settings, 'databaseUrl' | 'migrationDatabaseUrl' | 'redisUrl' | 'dataDir'>;

/** Opens database, queue, fingerprints and broadcast. Throws one sentence when one of them is not to be had. */
export async function openStorage(where: Where, log: Log): Promise<Storage> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let next = opened.pop(); next; next = opened.pop()) await next();
  };
  try {
    const database = where.databaseUrl
      ? await openAt(where.databaseUrl, 'DATABASE_URL')
      : await openEmbedded(join(where.dataDir, 'postgres'));
    opened.push(database.close);
    if (where.migrationDatabaseUrl) await prepare(where.migrationDatabaseUrl, database, log);
    else await migrate(database.db).catch((error) => Promise.reject(mayNot(error)));
    const warning = await auditWarning(database);
    if (warning) log.warn(warning);
    const queue = await openQueue(database, log, where.migrationDatabaseUrl === undefined);
    opened.push(queue.stop);
    const table = openTableClaims(database.db);
    const claims = where.redisUrl ? fallingBack(await openRedis(where.redisUrl), table, log) : table;
    opened.push(claims.close);
    const broadcast = where.redisUrl ? await openRedisBroadcast(where.redisUrl) : openOwnBroadcast();
    opened.push(broadcast.close);
    if (!where.redisUrl)
      log.warn('Without REDIS_URL a table of the database holds the fingerprints: run one process only.');
    return { database, queue, claims, broadcast, close };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

/** A pool whose database answers; the sentence when it does not names no user and no password. */
async function openAt(url: string, variable: string, max?: number): Promise<Database> {
  const database = openPool(url, max);
  try {
    await sql`select 1`.execute(database.db);
    return database;
  } catch (error) {
    await database.close();
    const { host, pathname } = new URL(url);
    throw new Error(
      `The database at ${host}${pathname} cannot be used (${reason(error)}): start it, or correct ${variable}.`,
      { cause: error },
    );
  }
}

function mayNot(error: unknown): unknown {
  const { code } = error as { code?: string };
  if (code !== '42501') return error;
  return new Error(
    `The role of DATABASE_URL may not make tables (${reason(error)}): set MIGRATION_DATABASE_URL to one that may.`,
    { cause: error },
  );
}

/** A refused connection to a name with several addresses has no message of its own. */
function reason(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}

/** As the owner: makes the tables and the queue's, and lets the app's lesser role work with them. */
async function prepare(url: string, app: Database, log: Log): Promise<void> {
  const owner = await openAt(url, 'MIGRATION_DATABASE_URL', 2);
  try {
    await migrate(owner.db);
    await (await openQueue(owner, log)).stop(0);
    const { rows } = await sql<{ role: string }>`select current_user as role`.execute(app.db);
    await grantTo(rows[0]?.role ?? '', owner.db);
  } finally {
    await owner.close();
  }
}
