import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { propose } from '../../src/actions/propose.ts';
import { record } from '../../src/audit/record.ts';
import { verify } from '../../src/audit/verify.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { openStorage, type Storage } from '../../src/storage.ts';
import { deed, gatewayJobs, openStory, type Story } from '../actions/story.ts';

const base = inject('postgres');
const suffix = randomUUID().replaceAll('-', '').slice(0, 12);
const [database, owner, app] = [`roster_${suffix}`, `roster_owner_${suffix}`, `roster_app_${suffix}`];

function urlOf(role: string): string {
  const url = new URL(base ?? 'postgres://none');
  url.pathname = `/${database}`;
  url.username = role;
  url.password = 'secret';
  return url.href;
}

describe.skipIf(!base)('an owner that migrates and a lesser role that works', () => {
  let admin: Database;
  let storage: Storage;
  let asOwner: Database;
  const said: string[] = [];
  const log = { info: () => {}, warn: (it: string) => said.push(it), error: (it: string) => said.push(it) };
  const open = (databaseUrl: string) =>
    openStorage(
      { databaseUrl, migrationDatabaseUrl: urlOf(owner), redisUrl: undefined, dataDir: '' } as never,
      log,
    );

  beforeAll(async () => {
    admin = openPool(base ?? '', 1);
    for (const role of [owner, app])
      await sql`create role ${sql.id(role)} login password 'secret'`.execute(admin.db);
    await sql`create database ${sql.id(database)} owner ${sql.id(owner)}`.execute(admin.db);
    storage = await open(urlOf(app));
    asOwner = openPool(urlOf(owner), 2);
  });
  afterAll(async () => {
    await storage?.close();
    await asOwner?.close();
    await sql`drop database if exists ${sql.id(database)} with (force)`.execute(admin.db);
    for (const role of [owner, app]) await sql`drop role if exists ${sql.id(role)}`.execute(admin.db);
    await admin.close();
  });

  const run = (statement: RawBuilder<unknown>, on: Database = storage.database) => statement.execute(on.db);
  const entry = { kind: 'scrape.cycle', by: { roster: 'test' }, words: { said: 'hello' } } as const;

  test('a whole story runs as the lesser role: proposed, approved, run by the queue, written down', async () => {
    const story: Story = await openStory({ ...storage.database, close: async () => {} }, false, log);
    await story.gateway.queue.work(gatewayJobs(story.gateway), [
      { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin', job: { name: 'tell-standup' } },
    ]);
    const slow = story.outside.tool({
      name: 'roll-back',
      risk: 'medium',
      start: async (_, key) => story.outside.begin(key),
    });
    story.gateway.tools = [slow];
    const id = await propose(story.gateway, deed({ tool: 'roll-back' }));
    await story.says(id, { kind: 'approve' });
    await expect.poll(() => story.outside.begun(id).length, { timeout: 10_000 }).toBe(1);
    story.outside.end(id, { kind: 'done', output: 'rolled back' });
    await expect.poll(async () => (await story.action(id))?.status, { timeout: 10_000 }).toBe('done');
    expect(await verify(storage.database.db)).toMatchObject({ kind: 'intact' });
    await story.close();
    expect(said.filter((it) => /permission|owner|owns/.test(it))).toEqual([]);
  });

  const refused: [what: string, statement: RawBuilder<unknown>][] = [
    ['change an entry', sql`update audit set text = ''`],
    ['delete an entry', sql`delete from audit`],
    ['empty the audit', sql`truncate audit`],
    [
      'put an entry in',
      sql`insert into audit select 1000, chain, text, content, hash, sha256('x') from audit limit 1`,
    ],
    ['switch its triggers off', sql`alter table audit disable trigger all`],
    ['drop it', sql`drop table audit`],
    [
      'replace how it is written',
      sql`create or replace function audit_append(text, text[]) returns bigint language sql as 'select 1'`,
    ],
    ['change words beside it', sql`update audit_words set words = 'yes'`],
    ['empty the words beside it', sql`truncate audit_words`],
    ['skip the triggers', sql`set session_replication_role = replica`],
  ];
  test.each(refused)('the lesser role may not %s', async (_, statement) => {
    await expect(run(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  test('the lesser role may add entries and erase words', async () => {
    await transact(storage.database.db, (tx) => record(tx, 'trial', [entry]));
    await run(sql`delete from audit_words where words = 'hello'`);
    expect(await verify(storage.database.db)).toMatchObject({ kind: 'intact' });
  });

  test('a table of its own called audit does not catch the entries', async () => {
    const count = async () => (await run(sql`select seq from public.audit`, asOwner)).rows.length;
    const before = await count();
    await transact(storage.database.db, async (tx) => {
      await sql`create temp table audit (like public.audit) on commit drop`.execute(tx);
      await record(tx, 'trial', [entry]);
    });
    expect(await count()).toBe(before + 1);
  });

  test.each([
    ['UPDATE', sql`update audit set text = '' where seq = 1`],
    ['DELETE', sql`delete from audit where seq = 1`],
    ['TRUNCATE', sql`truncate audit`],
  ])('the triggers refuse even the owner its %s', async (verb, statement) => {
    await expect(run(statement, asOwner)).rejects.toThrow(`The audit is append-only: ${verb} is refused.`);
  });

  test('a second process may start while the first works, and takes no rights away meanwhile', async () => {
    const working = Promise.all(
      Array.from({ length: 30 }, () => transact(storage.database.db, (tx) => record(tx, 'trial', [entry]))),
    );
    await (await open(urlOf(app))).close();
    await working;
  });

  test('started as the owner alone it still writes, and says that nothing protects the audit from it', async () => {
    said.length = 0;
    const alone = await open(urlOf(owner));
    await transact(alone.database.db, (tx) => record(tx, 'trial', [entry]));
    await alone.close();
    expect(said.join()).toContain('owns the audit table and could disable its triggers');
  });
});

test.skipIf(!base)(
  'a connection lost in the middle of a transaction fails it, and not the process',
  async () => {
    const pool = openPool(base ?? '', 2);
    const cut = transact(pool.db, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(pool.db);
      await expect
        .poll(
          () =>
            sql`select 1`.execute(tx).then(
              () => 'alive',
              () => 'lost',
            ),
          { timeout: 10_000 },
        )
        .toBe('lost');
      await sql`select 1`.execute(tx);
    });
    await expect(cut).rejects.toThrow();
    expect((await sql`select 1 as one`.execute(pool.db)).rows).toEqual([{ one: 1 }]);
    await pool.close();
  },
);
