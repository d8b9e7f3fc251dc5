import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startEmbedded } from '../src/postgres/embedded.ts';
import { openPool } from '../src/postgres/pool.ts';
import { openStorage } from '../src/storage.ts';

const folder = mkdtempSync(join(tmpdir(), 'roster-storage-'));
/** A copy of the template saves the seconds that a first start takes. */
beforeAll(async () => {
  const dump = new Blob([readFileSync(inject('template') ?? '')]);
  mkdirSync(join(folder, 'postgres'));
  await (await startEmbedded(join(folder, 'postgres'), dump)).close();
});
afterAll(() => rmSync(folder, { recursive: true }));

type Where = Parameters<typeof openStorage>[0];
const nothing: Where = { dataDir: folder };

function openLog() {
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  return { lines, info: keep, warn: keep, error: keep };
}

test('without any address it is the embedded database, and the log says how little that protects', async () => {
  const log = openLog();
  const storage = await openStorage(nothing, log);
  expect(storage.database.kind).toBe('embedded');
  expect(log.lines).toEqual([
    'The embedded database protects the audit by triggers alone: for protection by rights, set DATABASE_URL and MIGRATION_DATABASE_URL.',
    'Without REDIS_URL a table of the database holds the fingerprints: run one process only.',
  ]);
  await expect(openStorage(nothing, log)).rejects.toThrow(
    /^The data folder .* is open in another running process: stop that one, or set DATA_DIR/,
  );
  await sql`create table kept (id integer)`.execute(storage.database.db);
  await storage.close();
  const again = await openStorage(nothing, log);
  await sql`select id from kept`.execute(again.database.db);
  await again.close();
});

describe('what is not to be had is said in one sentence, without the password', () => {
  const rows: [what: string, where: Partial<Where>, because: string][] = [
    [
      'a database that nobody serves',
      { databaseUrl: 'postgres://roster:hunter2@127.0.0.1:1/shop' },
      'The database at 127.0.0.1:1/shop cannot be used (connect ECONNREFUSED 127.0.0.1:1): start it, or correct DATABASE_URL.',
    ],
    [
      'a host that there is none of',
      { databaseUrl: 'postgres://roster:hunter2@no.such.host.invalid/shop' },
      'The database at no.such.host.invalid/shop cannot be used (getaddrinfo ENOTFOUND no.such.host.invalid): start it, or correct DATABASE_URL.',
    ],
  ];
  test.each(rows)('%s', async (_, where, because) => {
    await expect(openStorage({ ...nothing, ...where }, openLog())).rejects.toThrow(because);
  });

  test('a Redis that nobody serves; the database is closed again', async () => {
    const failed = openStorage({ ...nothing, redisUrl: 'redis://127.0.0.1:1' }, openLog());
    await expect(failed).rejects.toThrow(/^Redis at 127\.0\.0\.1:1 .*: start it, or correct REDIS_URL\.$/);
    await (await openStorage(nothing, openLog())).close();
  });
});

describe.skipIf(!inject('postgres'))('on a Postgres that answers, it says', () => {
  const name = `roster_storage_${randomUUID().slice(0, 8)}`;
  const admin = openPool(inject('postgres') ?? 'postgres://127.0.0.1:1/none', 1);
  const urlOf = (database: string, role?: string) => {
    const url = new URL(inject('postgres') ?? 'postgres://none');
    url.pathname = `/${database}`;
    if (role) [url.username, url.password] = [role, 'hunter2'];
    return url.href;
  };
  beforeAll(async () => {
    await sql`create role ${sql.id(name)} login password 'hunter2'`.execute(admin.db);
    await sql`create database ${sql.id(name)}`.execute(admin.db);
    await sql`revoke create on database ${sql.id(name)} from public`.execute(admin.db);
    const fresh = openPool(urlOf(name), 1);
    await sql`revoke create on schema public from public`.execute(fresh.db);
    await fresh.close();
  });
  afterAll(async () => {
    await sql`drop database ${sql.id(name)} with (force)`.execute(admin.db);
    await sql`drop role ${sql.id(name)}`.execute(admin.db);
    await admin.close();
  });

  test('that the database does not exist', async () => {
    await expect(openStorage({ ...nothing, databaseUrl: urlOf('no_such') }, openLog())).rejects.toThrow(
      /\/no_such cannot be used \(database "no_such" does not exist\): start it, or correct DATABASE_URL\.$/,
    );
  });

  test('that the role may make no tables, and what to set', async () => {
    await expect(openStorage({ ...nothing, databaseUrl: urlOf(name, name) }, openLog())).rejects.toThrow(
      /^The role of DATABASE_URL may not make tables \(permission denied .*\): set MIGRATION_DATABASE_URL to one that may\.$/,
    );
  });

  test('that the owner is not to be had', async () => {
    const migrationDatabaseUrl = 'postgres://owner:hunter2@127.0.0.1:1/shop';
    const where = { ...nothing, databaseUrl: urlOf(name, name), migrationDatabaseUrl };
    await expect(openStorage(where, openLog())).rejects.toThrow(
      'The database at 127.0.0.1:1/shop cannot be used (connect ECONNREFUSED 127.0.0.1:1): start it, or correct MIGRATION_DATABASE_URL.',
    );
  });
});
