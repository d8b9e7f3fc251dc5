import { randomUUID } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'kysely';
import type { Database } from '../src/postgres/database.ts';
import { embeddedOn } from '../src/postgres/embedded.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { openPool } from '../src/postgres/pool.ts';

const usual = 'postgres://postgres@127.0.0.1:5432/test';

/**
 * A new, migrated, empty database: on the Postgres of TEST_DATABASE_URL or at the usual port, dropped at `close`;
 * embedded in memory where none answers, or where TEST_DATABASE_URL is `none`. Throws when the one named does not answer.
 */
export async function openFresh(): Promise<Database> {
  const given = process.env.TEST_DATABASE_URL;
  if (given === 'none') return openInMemory();
  const admin = openPool(given ?? usual, 1);
  try {
    await sql`select 1`.execute(admin.db);
  } catch (error) {
    await admin.close();
    if (given) throw error;
    return openInMemory();
  }
  return openBeside(admin, given ?? usual);
}

async function openInMemory(): Promise<Database> {
  const database = embeddedOn(await PGlite.create());
  await migrate(database.db);
  return database;
}

async function openBeside(admin: Database, base: string): Promise<Database> {
  const name = `roster_${randomUUID().replaceAll('-', '')}`;
  await sql`create database ${sql.id(name)}`.execute(admin.db);
  const url = new URL(base);
  url.pathname = `/${name}`;
  const database = openPool(url.href);
  const close = async () => {
    await database.close();
    await sql`drop database if exists ${sql.id(name)} with (force)`.execute(admin.db);
    await admin.close();
  };
  try {
    await migrate(database.db);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...database, close };
}
