import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Database } from '../src/postgres/database.ts';
import { embeddedOn, startEmbedded } from '../src/postgres/embedded.ts';
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
  const database = embeddedOn(await startEmbedded());
  await migrate(database.db);
  return database;
}

async function openBeside(admin: Database, base: string): Promise<Database> {
  const name = `roster_${randomUUID().replaceAll('-', '')}`;
  await sql`create database ${sql.id(name)}`.execute(admin.db);
  const url = new URL(base);
  url.pathname = `/${name}`;
  // Each commit is one all the same; only a crash of the server itself could lose it, and none is tried on these.
  url.searchParams.set('options', '-c synchronous_commit=off');
  const database = openPrepared(url.href);
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

/**
 * A pool as the product's, whose connections parse and plan a statement once, because the kit sends the same few
 * millions of times; on a slow machine those that come late wait longer for their turn.
 */
function openPrepared(url: string): Database {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 60_000 });
  const names = new Map<string, string>();
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
    const send = client.query.bind(client) as (query: pg.QueryConfig) => Promise<pg.QueryResult>;
    const prepared = (text: string, values: unknown[]) => {
      const name = names.get(text) ?? `kit-${names.size}`;
      names.set(text, name);
      return send({ name, text, values });
    };
    client.query = prepared as typeof client.query;
  });
  const db = new Kysely<object>({ dialect: new PostgresDialect({ pool }) });
  return { db, kind: 'postgres', queue: { connectionString: url }, warnings: [], close: () => db.destroy() };
}
