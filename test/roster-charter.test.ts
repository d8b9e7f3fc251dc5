// The command line's verbs on charters, asking what a running app would answer.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { charterHeld, enforce, keep } from '../src/charter/force.ts';
import { readCharter } from '../src/manifests.ts';
import { type Operator, operatorOf } from '../src/operator.ts';
import { type Database, transact } from '../src/postgres/database.ts';
import { charterCheck, charterDiff } from '../src/roster-charter.ts';
import type { Said, Verb } from '../src/verb.ts';
import { openEmbeddedTest } from './databases.ts';
import { noSwitches as switches } from './switches.ts';

const root = mkdtempSync(join(tmpdir(), 'roster-charter-'));
const shipped = 'manifests/workers/ada.yaml';
const text = readFileSync(shipped, 'utf8');
const charter = readCharter(shipped);
const { version } = charter;

/** A charter file of its own, changed so. */
function file(name: string, from: string | RegExp, to: string): string {
  const path = join(root, name);
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
  return path;
}

let database: Database;
let operator: Operator;
beforeAll(async () => {
  database = await openEmbeddedTest();
  const { db } = database;
  operator = operatorOf(() => ({ db, folder: root, now: () => new Date(), switches }));
  const held = charterHeld(charter);
  await transact(db, async (tx) => {
    await keep(tx, held);
    const replacing = { what: held.what, version: held.version, from: 'none', to: held.digest };
    await enforce(tx, replacing, { person: null, action: null });
  });
});
afterAll(async () => {
  await database.close();
  rmSync(root, { recursive: true });
});

/** The verb with these files, in a folder of manifests in which the shipped charter is in force. */
function said(verb: Verb, rest: string[], { json = false, folder = 'manifests' } = {}): Promise<Said> {
  return verb.run({
    values: { json },
    rest,
    manifests: () => folder,
    settings: () => {
      throw new Error('A charter is read without settings.');
    },
    say: () => {},
    ask: async ([path, body], use) => {
      const asked = operator[path];
      if (!asked) throw new Error(`Nobody answers ${path}.`);
      return use(await asked(JSON.parse(JSON.stringify(body))));
    },
  });
}

describe('charter check', () => {
  test('says what could not be adopted, in every file that is named', async () => {
    const vague = file('vague.yaml', /objective: >-\n.*\n.*\n/, 'objective: Helps.\n');
    const wrong = file('wrong.yaml', /^version: \d+/m, 'version: two');
    const ran = await said(charterCheck, [vague, shipped, wrong]);
    expect(ran.code).toBe(1);
    expect(ran.text.split('\n')).toEqual([
      '3 charters checked, 2 objections.',
      expect.stringContaining('vague.yaml: purpose.objective has 1 words and says too little'),
      expect.stringContaining('wrong.yaml line 3: version: Invalid input: expected number'),
    ]);
  });

  test('without a name it reads all of manifests/workers, where each worker has one', async () => {
    expect(await said(charterCheck, [])).toEqual({ code: 0, text: '4 charters checked, 0 objections.' });
    const folder = join(root, 'twice');
    cpSync('manifests', folder, { recursive: true });
    writeFileSync(join(folder, 'workers', 'again.yaml'), text);
    const ran = await said(charterCheck, [], { folder, json: true });
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.text)).toEqual({
      checked: 5,
      objections: ['the worker ada', 'the name Ada', 'the duty monitoring'].map((one) =>
        expect.stringContaining(`${one} `),
      ),
    });
  });

  test.each([
    { rest: ['none.yaml'], missing: 'none.yaml' },
    { rest: [], missing: join('nowhere', 'workers') },
  ])('a file that is not there is a wrong use: $missing', async ({ rest, missing }) => {
    const ran = await said(charterCheck, rest, { folder: 'nowhere' });
    expect(ran).toEqual({ code: 2, text: `There is no file ${missing}.` });
  });

  test('is a verb of the program', async () => {
    const ran = promisify(execFile)(process.execPath, ['src/roster.ts', 'charter', 'check', shipped]);
    expect((await ran).stdout).toBe('1 charters checked, 0 objections.\n');
  });
});

describe('charter diff', () => {
  test('says that a file is in force as it is', async () => {
    expect(await said(charterDiff, [shipped])).toEqual({
      code: 0,
      text: `charter ada@${version} is in force as its file says.`,
    });
  });

  test('without a name it says it of every charter, also of those that nobody adopted yet', async () => {
    const { code, text } = await said(charterDiff, []);
    expect([code, text.split('\n')[0]]).toEqual([1, `charter ada@${version} is in force as its file says.`]);
    expect(text).toContain('charter rex@3 is not in force, nor another for this worker.');
  });

  test('says every difference, and why it could not be proposed', async () => {
    const changed = file('changed.yaml', 'tier: 2', 'tier: 3');
    const other = file('other.yaml', 'worker: ada', 'worker: bo');
    const ran = await said(charterDiff, [changed, other]);
    expect(ran.code).toBe(1);
    expect(ran.text.split('\n').slice(0, 5)).toEqual([
      `charter ada@${version}: 1 difference from ada@${version}, which is in force.`,
      '  tier: 2 → 3',
      `The charter of ada was changed but says version ${version}, and version ${version} is in force: raise its version first.`,
      `charter bo@${version} is not in force, nor another for this worker.`,
      '  accountable: not set → "p-manager"',
    ]);
  });

  test('a raised version has no objection', async () => {
    const raised = file('raised.yaml', /^version: \d+/m, 'version: 99');
    const ran = await said(charterDiff, [raised], { json: true });
    const [told] = JSON.parse(ran.text);
    expect(told).toMatchObject({ what: 'charter:ada', differences: [`version: ${version} → 99`] });
    expect(told).not.toHaveProperty('objection');
  });

  test('a charter that cannot be read is refused by its line', async () => {
    const wrong = file('broken.yaml', /^version: \d+/m, 'version: two');
    await expect(said(charterDiff, [wrong])).rejects.toThrow('broken.yaml line 3');
  });
});
