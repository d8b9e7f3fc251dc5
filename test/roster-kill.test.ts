// The kill switch from the command line, run as a program on a database of its own.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openLine } from '../conformance/line.ts';
import { kills } from '../src/actions/kill.ts';
import { operatorOf } from '../src/operator.ts';
import { openRedisBroadcast } from '../src/redis/broadcast.ts';
import { openStory, type Story } from './actions/story.ts';
import { openEmbeddedTest, openPostgresTest } from './databases.ts';

const known = () => ({ workers: ['ada'], tools: ['restart-service'] });

test('behind the door of the running app it is the same switch, and the app is told', async () => {
  const { gateway, close } = await openStory(await openEmbeddedTest());
  const told: string[] = [];
  const tell = async (scope: string) => {
    told.push(scope);
    return true;
  };
  const board = async () => ({ ...gateway, tell });
  const place = { db: gateway.db, folder: '', now: () => new Date(), switches: { known, tell, board } };
  const ask = (path: string, what: string) => operatorOf(() => place)[path]?.({ what });
  expect(await ask('/operator/kill', 'Ada')).toMatchObject({ kind: 'json', value: { kind: 'switched' } });
  expect(told).toContain('worker:ada');
  expect(await kills(gateway.db)).toMatchObject([{ scope: 'worker:ada', by: 'operator' }]);
  expect(await ask('/operator/kill', 'adda')).toEqual({
    kind: 'wrong',
    because: 'There is no worker or tool called "adda": wanted all, ada, restart-service.',
  });
  expect(await ask('/operator/unkill', 'ada')).toMatchObject({ value: { kind: 'switched' } });
  expect(await ask('/operator/unkill', 'ada')).toMatchObject({ value: { kind: 'was-so' } });
  await close();
});

describe.skipIf(!inject('postgres'))('npm run roster --', () => {
  const root = mkdtempSync(join(tmpdir(), 'roster-kill-'));
  let story: Story;
  let line: Awaited<ReturnType<typeof openLine>>;
  beforeAll(async () => {
    const database = await openPostgresTest();
    story = await openStory(database);
    line = await openLine('connectionString' in database.queue ? database.queue.connectionString : '', 5432);
  });
  afterAll(async () => {
    line?.close();
    await story?.close();
    rmSync(root, { recursive: true });
  });

  /** Redis has one space of channels, and the last database's is this test's own. */
  const redis = new URL(inject('redis') ?? 'redis://none');
  redis.pathname = '/15';

  function roster(args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = {
      PATH: process.env.PATH ?? '',
      DATA_DIR: root,
      MANIFESTS_DIR: resolve('manifests'),
      DATABASE_URL: line.url,
      ...(inject('redis') ? { REDIS_URL: redis.href } : {}),
    };
    return new Promise((done) => {
      execFile(process.execPath, [resolve('src/roster.ts'), ...args], { cwd: root, env }, (error, out, err) =>
        done({ code: typeof error?.code === 'number' ? error.code : 0, out: out.trim(), err: err.trim() }),
      );
    });
  }

  test('kill and unkill work on the database itself, and the record names the operator', async () => {
    expect(await roster(['kill'])).toEqual({
      code: 0,
      out: 'The kill switch for all is thrown: nothing it reaches begins, and 0 running effects are cancelled.',
      err: '',
    });
    const again = await roster(['kill', 'all', '--json']);
    expect([again.code, JSON.parse(again.out)]).toMatchObject([0, { kind: 'was-so' }]);
    expect(await roster(['unkill'])).toMatchObject({
      code: 0,
      out: 'The kill switch for all is released.',
    });
    const { rows } =
      await sql`select text::jsonb #>> '{entry,kind}' as kind, text::jsonb #> '{entry,by}' as by
      from audit where text::jsonb #>> '{entry,kind}' like 'kill.%' order by seq`.execute(story.gateway.db);
    expect(rows).toEqual([
      { kind: 'kill.thrown', by: { roster: 'operator' } },
      { kind: 'kill.released', by: { roster: 'operator' } },
    ]);
  }, 60_000);

  test('a name that is none is said, with those there are', async () => {
    expect(await roster(['kill', 'adda'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^There is no worker or tool called "adda": wanted all, ada, iris, nora, rex, /,
      ),
    });
    expect(await roster(['unkill', 'all', 'of', 'them'])).toMatchObject({ code: 2, out: '' });
  }, 60_000);

  test.skipIf(!inject('redis'))(
    'with the database down it is told all the same, and that it is not kept',
    async () => {
      const broadcast = await openRedisBroadcast(redis.href);
      const heard: string[] = [];
      broadcast.subscribe((scope) => void heard.push(scope));
      line.cut();
      expect(await roster(['kill', 'ada'])).toMatchObject({
        code: 1,
        out: expect.stringMatching(
          /^The database is down: .* in reach of the broadcast is being stopped, .* not kept\./,
        ),
      });
      line.mend();
      expect(heard).toContain('worker:ada');
      await broadcast.close();
    },
    60_000,
  );
});
