import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoints, witnessFile } from '../../src/audit/checkpoint.ts';
import { exportCsv, exportLines } from '../../src/audit/export.ts';
import { openSigner } from '../../src/audit/key.ts';
import { moment } from '../../src/audit/told.ts';
import { verifyFile } from '../../src/audit/verify-file.ts';
import { readWitness } from '../../src/audit/witness.ts';
import { listen } from '../../src/listen.ts';
import { operatorOf } from '../../src/operator.ts';
import type { Database } from '../../src/postgres/database.ts';
import { namesIn, switchesOf } from '../../src/switches.ts';
import { databases, openEmbeddedTest } from '../databases.ts';
import { cycles, fileOf, lifeOf, newFolder, reseal, write } from './told.ts';

const now = () => new Date();

test.each([
  ['2026-11-21', false, '2026-11-21T00:00:00.000000Z'],
  ['2026-11-21', true, '2026-11-22T00:00:00.000000Z'],
  ['2026-11-21T10:00:00+02:00', true, '2026-11-21T08:00:00.000000Z'],
  ['2026-11-21T10:00:00', false, undefined],
  ['yesterday', false, undefined],
  ['2026-13-01', false, undefined],
])('a time is read: %s (as an end: %s)', (when, end, at) => {
  expect(moment(when, end)).toBe(at);
});

describe.each(databases.filter(({ available }) => available))('export on $name', ({ open }) => {
  let database: Database;
  const folder = newFolder();
  beforeAll(async () => {
    database = await open();
    const { db } = database;
    await write(db, cycles(3), 'real');
    await write(db, lifeOf('one'));
    await openCheckpoints({ db, chain: 'trial', folder, now }).take();
    await write(db, [{ kind: 'app.stopped', by: { roster: '=1+1' }, because: ['a "quoted", reason'] }]);
  });
  afterAll(() => database.close());

  const exported = (wanted = {}) =>
    fileOf(exportLines({ db: database.db, signer: openSigner(folder), now: now() }, wanted));

  test('the whole of it verifies offline, also against the witness', async () => {
    const file = await exported();
    const entries = 3 + lifeOf('one').length + 1;
    expect(await verifyFile(file)).toMatchObject({ kind: 'intact', entries });
    const read = await readWitness(witnessFile(folder));
    const checkpoints = read.kind === 'checkpoints' ? read.checkpoints : [];
    const { fingerprint } = openSigner(folder);
    const found = await verifyFile(file, { checkpoints, key: fingerprint });
    expect(found).toMatchObject({ kind: 'intact', witnessed: { checkpoints: 2, keys: [fingerprint] } });
    expect(await verifyFile(file, { key: 'abc' })).toMatchObject({ kind: 'broken' });
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line))[0])).toEqual([
      'export',
      'checkpoint',
      ...Array(entries).fill('audit'),
      'seal',
    ]);
  });

  test('a part of it verifies, by place and by time', async () => {
    expect(await verifyFile(await exported({ first: 3, last: 7 }))).toMatchObject({
      kind: 'intact',
      entries: 5,
    });
    expect(await verifyFile(await exported({ first: 7 }))).toMatchObject({ kind: 'intact' });
    expect(await verifyFile(await exported({ since: moment('2100-01-01') }))).toMatchObject({ entries: 0 });
    const { rows } = await sql<{
      at: string;
    }>`select text::json->>'at' as at from audit where seq = 4`.execute(database.db);
    const [from] = rows;
    expect(await verifyFile(await exported({ until: from?.at }))).toMatchObject({
      kind: 'intact',
      entries: 3,
    });
    expect(await verifyFile(await exported({ first: 2, until: from?.at }))).toMatchObject({ entries: 2 });
  });

  test('lines left out, put elsewhere or changed are found', async () => {
    const file = await exported();
    const lines = readFileSync(file, 'utf8').split('\n');
    const altered: Record<string, string[]> = {
      missing: lines.toSpliced(5, 1),
      swapped: lines.with(5, lines[6] ?? '').with(6, lines[5] ?? ''),
      'without its end': lines.slice(0, 8),
      'without its seal': lines.toSpliced(-2, 1),
      'with more after the seal': [...lines.slice(0, -1), '{"seal":{}}', ''],
      'without its last newline': lines.slice(0, -1),
      edited: lines.with(5, lines[5]?.replace('"cycle"', '"cyclo"').replace('ada', 'eve') ?? ''),
      empty: [''],
    };
    for (const [what, text] of Object.entries(altered)) {
      writeFileSync(file, text.join('\n'));
      expect(await verifyFile(file), what).toMatchObject({ kind: 'broken' });
    }
  });

  test('CSV has a line an entry, quoted, and no formulas', async () => {
    const parts = readFileSync(await fileOf(exportCsv(database.db, {})), 'utf8');
    const lines = parts.trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + 3 + lifeOf('one').length + 1);
    expect(lines[0]).toMatch(/^seq,chain,at,kind,worker,charter,person,/);
    expect(lines.at(-1)).toContain(`,'=1+1,`);
    expect(lines.at(-1)).toContain(',"a ""quoted"", reason",');
    expect(await verifyFile(await fileOf(exportCsv(database.db, {})))).toMatchObject({ kind: 'broken' });
  });
});

describe('the command line', () => {
  let database: Database;
  let port: Awaited<ReturnType<typeof listen>>;
  const folder = newFolder();
  beforeAll(async () => {
    database = await openEmbeddedTest();
    await write(database.db, [...lifeOf('one'), ...cycles(3_000)]);
    const switches = switchesOf({ site: { kind: 'trial', speed: 1, slackPort: 0 } }, database, () =>
      namesIn([]),
    );
    const number = 20_000 + (process.pid % 20_000);
    port = await listen({
      port: number,
      host: '127.0.0.1',
      troubles: async () => [],
      doors: () => ({}),
      operator: operatorOf(() => ({ db: database.db, folder, now, switches })),
    });
    port.announce(folder);
  });
  afterAll(async () => {
    await port.close();
    await database.close();
  });

  function roster(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = { ...process.env, DATA_DIR: folder, DATABASE_URL: '' };
    return new Promise((done) => {
      execFile(process.execPath, ['src/roster.ts', ...args], { env, maxBuffer: 1 << 26 }, (error, out, err) =>
        done({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  }

  test('verify: 0 intact, 1 broken, 2 used wrongly; a receipt and an export verify without a database', async () => {
    const [receipt, all] = [join(folder, 'receipt.jsonl'), join(folder, 'all.jsonl')];
    expect(await roster('audit', 'export', '--action', 'act-one', '--out', receipt)).toMatchObject({
      code: 0,
    });
    expect(await roster('audit', 'verify', receipt, '--checkpoints', witnessFile(folder))).toMatchObject({
      code: 0,
      out: expect.stringContaining('which the witness has too'),
    });
    const streamed = await roster('audit', 'export', '--since', '2020-01-01');
    expect(streamed.code).toBe(0);
    writeFileSync(all, streamed.out);
    const offline = await roster('audit', 'verify', all, '--json');
    expect(JSON.parse(offline.out)).toMatchObject({ kind: 'intact', entries: 3_000 + lifeOf('one').length });
    writeFileSync(all, streamed.out.replace('"cycle":77', '"cycle":78'));
    expect(await roster('audit', 'verify', all)).toMatchObject({ code: 1 });

    const found = await roster('audit', 'verify', '--json');
    expect(found.code).toBe(0);
    expect(JSON.parse(found.out)).toMatchObject({ kind: 'intact', witnessed: { checkpoints: 1, open: [] } });
    expect(await roster('audit', 'verify', '--since', '9', '--links')).toMatchObject({ code: 0 });
    await reseal(database.db, 20, (text) => text.replace('"cycle"', '"cyclo"'));
    expect(await roster('audit', 'verify')).toMatchObject({
      code: 1,
      out: expect.stringContaining('sealed again'),
    });
  }, 60_000);

  test.each([
    [[], 2],
    [['--help'], 0],
    [['audit', 'verify', '--help'], 0],
    [['audit', 'export', '--help'], 0],
    [['report', 'compliance', '--help'], 0],
    [['audit', 'forget'], 2],
    [['audit', 'verify', '--sinc', '1'], 2],
    [['audit', 'verify', '--since', 'x'], 2],
    [['audit', 'verify', 'no-such-file'], 2],
    [['audit', 'verify', '--checkpoints', 'no-such-file'], 2],
    [['audit', 'export', '--format', 'xml'], 2],
    [['audit', 'export', '--since', 'yesterday'], 2],
    [['audit', 'export', '--action', 'act-nobody'], 2],
    [['report', 'compliance', '--system', 'checkout'], 2],
    [['report', 'compliance', '--system', 'checkout', '--from', '2020-01-01', '--to', '2100-01-01'], 0],
    [
      [
        'report',
        'compliance',
        '--system',
        'checkout',
        '--from',
        '2020-01-01',
        '--to',
        '2100-01-01',
        '--json',
      ],
      0,
    ],
  ])('exit code of %j is %i', async (args, code) => {
    const ran = await roster(...args);
    expect({ code: ran.code, said: `${ran.out}${ran.err}`.length > 0 }).toEqual({ code, said: true });
  });
});
