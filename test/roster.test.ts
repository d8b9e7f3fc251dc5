// The operator's command line, run as a program.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { doorFile, listen } from '../src/listen.ts';
import { startEmbedded } from '../src/postgres/embedded.ts';

const root = mkdtempSync(join(tmpdir(), 'roster-cli-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs it in a folder of its own, in an environment that says nothing else. */
function roster(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((done) => {
    const given = { cwd: root, env: { PATH: process.env.PATH ?? '', DATA_DIR: join(root, 'none'), ...env } };
    execFile(process.execPath, [resolve('src/roster.ts'), ...args], given, (error, out, err) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, out: out.trim(), err: err.trim() });
    });
  });
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

describe.concurrent('npm run roster --', () => {
  test('tells how it is used, as an answer or as an error', async ({ expect }) => {
    const [asked, wrong] = await Promise.all([roster(['--help']), roster(['audit', 'forget'])]);
    expect(asked).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: npm run roster -- <verb>/) });
    expect(wrong).toMatchObject({ code: 2, err: asked.out });
  });

  test('an option that there is none of is named', async ({ expect }) => {
    expect(await roster(['audit', 'verify', '--loud'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining("Unknown option '--loud'"),
    });
  });

  test('a setting that is wrong is said', async ({ expect }) => {
    expect(await roster(['audit', 'verify'], { PORT: 'many' })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^PORT is .*, wanted a port number from 1 to 65535\.$/),
    });
  });

  test('without data there is nothing to verify', async ({ expect }) => {
    expect(await roster(['audit', 'verify'])).toEqual({
      code: 2,
      out: '',
      err: `There is no data folder ${join(root, 'none', 'postgres')}: run npm start first, or set DATABASE_URL.`,
    });
  });

  const intact = { kind: 'intact', entries: 3, because: 'All 3 entries match their hashes and their links.' };
  const broken = { kind: 'broken', seq: '2', because: 'Entry 2 does not follow the entry before it.' };
  test.each([
    { found: intact, args: [], code: 0, out: intact.because },
    { found: broken, args: ['--json'], code: 1, out: JSON.stringify(broken) },
  ])('the running app is asked: $found.kind', async ({ found, args, code, out }) => {
    const folder = join(root, found.kind);
    const operator = { '/operator/audit-verify': async () => ({ kind: 'json' as const, value: found }) };
    const port = await listen({
      port: await freePort(),
      host: '127.0.0.1',
      troubles: async () => [],
      doors: () => ({}),
      operator,
    });
    port.announce(folder);
    const said = await roster(['audit', 'verify', ...args], { DATA_DIR: folder });
    await port.close();
    expect(said).toEqual({ code, out, err: '' });
  });

  test('an app that is gone left its door; the data folder is opened instead', async ({ expect }) => {
    const folder = join(root, 'left');
    mkdirSync(join(folder, 'postgres'), { recursive: true });
    const dump = new Blob([readFileSync(inject('template') ?? '')]);
    await (await startEmbedded(join(folder, 'postgres'), dump)).close();
    writeFileSync(
      doorFile(folder),
      JSON.stringify({ url: `http://127.0.0.1:${await freePort()}`, token: 'old' }),
    );
    expect(await roster(['audit', 'verify'], { DATA_DIR: folder })).toEqual({
      code: 0,
      out: 'All 0 entries match their hashes and their links. There are no checkpoints to hold them against.',
      err: '',
    });
  });
});
