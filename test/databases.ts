import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { inject } from 'vitest';
import type { Database } from '../src/postgres/database.ts';
import { embeddedOn, startEmbedded } from '../src/postgres/embedded.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { openPool } from '../src/postgres/pool.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where Postgres answers, or undefined: then its tests are skipped, loudly. */
    postgres: string | undefined;
    redis: string | undefined;
    /** A dump of a migrated embedded database: loading it is faster than migrating. */
    template: string | undefined;
  }
}

interface Kind {
  name: 'embedded' | 'postgres';
  available: boolean;
  open(): Promise<Database>;
}

/** Both kinds of database, each with an `open` that gives a new, migrated, empty one. */
export const databases: Kind[] = [
  { name: 'embedded', available: true, open: openEmbeddedTest },
  { name: 'postgres', available: inject('postgres') !== undefined, open: openPostgresTest },
];

/** A migrated embedded database in memory. */
export async function openEmbeddedTest(): Promise<Database> {
  const template = inject('template');
  const dump = template ? new Blob([await (await import('node:fs/promises')).readFile(template)]) : undefined;
  const database = embeddedOn(await startEmbedded(undefined, dump));
  await migrate(database.db);
  return database;
}

/** A migrated Postgres database of its own, dropped at `close`. */
export async function openPostgresTest(): Promise<Database> {
  const base = inject('postgres');
  if (!base) throw new Error('No Postgres: set TEST_DATABASE_URL.');
  const name = `roster_${randomUUID().replaceAll('-', '')}`;
  const admin = openPool(base, 1);
  await sql`create database ${sql.id(name)}`.execute(admin.db);
  const url = new URL(base);
  url.pathname = `/${name}`;
  const database = openPool(url.href);
  await migrate(database.db);
  const close = async () => {
    await database.close();
    await sql`drop database if exists ${sql.id(name)} with (force)`.execute(admin.db);
    await admin.close();
  };
  return { ...database, close };
}
