// Storage: opens what the app keeps things in, brings it to today's shape, and says how well it protects them.
import { join } from 'node:path';
import { sql } from 'kysely';
import { openQueue, type Queue } from './jobs/queue.ts';
import type { Database } from './postgres/database.ts';
import { openEmbedded } from './postgres/embedded.ts';
import { auditWarning, grantTo, migrate } from './postgres/migrate.ts';
import { openPool } from './postgres/pool.ts';
import { openRedis } from './redis/ioredis.ts';
import type { Claims } from './redis/redis.ts';
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
  close(): Promise<void>;
}

type Where = Pick<Settings, 'databaseUrl' | 'migrationDatabaseUrl' | 'redisUrl' | 'dataDir'>;

/** Opens database, queue and fingerprints. Throws one sentence when one of them is not to be had. */
export async function openStorage(where: Where, log: Log): Promise<Storage> {
  const database = where.databaseUrl
    ? openPool(where.databaseUrl)
    : await openEmbedded(join(where.dataDir, 'postgres'));
  const owned = where.migrationDatabaseUrl !== undefined;
  if (where.migrationDatabaseUrl) await prepare(where.migrationDatabaseUrl, database, log);
  else await migrate(database.db);
  const warning = await auditWarning(database);
  if (warning) log.warn(warning);
  const queue = await openQueue(database, log, !owned);
  const claims = where.redisUrl ? await openRedis(where.redisUrl) : openTableClaims(database.db);
  if (!where.redisUrl)
    log.warn('Without REDIS_URL a table of the database holds the fingerprints: run one process only.');
  return {
    database,
    queue,
    claims,
    close: async () => {
      await queue.stop();
      await claims.close();
      await database.close();
    },
  };
}

/** As the owner: makes the tables and the queue's, and lets the app's lesser role work with them. */
async function prepare(url: string, app: Database, log: Log): Promise<void> {
  const owner = openPool(url, 2);
  try {
    await migrate(owner.db);
    await (await openQueue(owner, log)).stop(0);
    const role = await roleOf(app);
    // Taken from the owner itself, the rights would be missing where the audit is written.
    if (role !== (await roleOf(owner))) await grantTo(role, owner.db);
  } finally {
    await owner.close();
  }
}

async function roleOf({ db }: Database): Promise<string> {
  const { rows } = await sql<{ role: string }>`select current_user as role`.execute(db);
  return rows[0]?.role ?? '';
}
