import { mkdirSync, realpathSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { Kysely, PGliteDialect } from 'kysely';
import { fromPglite } from 'pg-boss';
import type { Database } from './database.ts';
import { lockFolder } from './lock.ts';

/**
 * Opens (or makes) an embedded Postgres in `folder`, in this process alone.
 * Throws an `Error` of one sentence when another process has the folder open.
 */
export async function openEmbedded(folder: string): Promise<Database> {
  mkdirSync(folder, { recursive: true });
  const lock = await lockFolder(realpathSync(folder));
  if (lock.kind === 'taken') throw new Error(lock.because);
  const pglite = await startEmbedded(folder);
  return embeddedOn(pglite, lock.release);
}

/** Starts an embedded server in `folder`, or in memory, with the extensions the tables need; `dump` is what a new one begins with. */
export function startEmbedded(folder?: string, dump?: Blob): Promise<PGlite> {
  return PGlite.create({
    ...(folder !== undefined && { dataDir: folder }),
    ...(dump && { loadDataDir: dump }),
    extensions: { pg_trgm },
  });
}

/** The same on an embedded server that is already running, as tests make it in memory. */
export function embeddedOn(pglite: PGlite, release: () => void = () => {}): Database {
  const db = new Kysely<object>({ dialect: new PGliteDialect({ pglite }) });
  const close = async () => {
    // Through kysely first, which then refuses whoever comes late; on a server that is closed they would wait for good.
    await db.destroy();
    if (!pglite.closed) await pglite.close();
    release();
  };
  return { db, kind: 'embedded', queue: { db: fromPglite(pglite) }, warnings: [], close };
}
