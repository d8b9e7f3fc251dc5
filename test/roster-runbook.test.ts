// The command line's verbs on runbooks: checked as files, and gone through under the rules in force without running anything.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kill } from '../src/actions/kill.ts';
import { rehearsalOf } from '../src/dry-run.ts';
import type { PersonId } from '../src/ids.ts';
import { rulesAtStart } from '../src/in-force.ts';
import { openQueue, type Queue } from '../src/jobs/queue.ts';
import { readManifests } from '../src/manifests.ts';
import { type Operator, operatorOf } from '../src/operator.ts';
import type { Database } from '../src/postgres/database.ts';
import { runbookCheck, runbookDryRun } from '../src/roster-runbook.ts';
import type { Said, Verb } from '../src/verb.ts';
import { openEmbeddedTest } from './databases.ts';
import { noSwitches as switches } from './switches.ts';

const root = mkdtempSync(join(tmpdir(), 'roster-runbook-'));
const shipped = 'manifests/runbooks/full-disk.yaml';
const text = readFileSync(shipped, 'utf8');
const manifests = readManifests('manifests');
const site = { kind: 'trial', speed: 1, slackPort: 1 } as const;

/** A runbook file of its own, changed so. */
function file(name: string, from: string | RegExp, to: string): string {
  const path = join(root, name);
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
  return path;
}

let database: Database;
let queue: Queue;
let operator: Operator;
beforeAll(async () => {
  database = await openEmbeddedTest();
  const { db } = database;
  queue = await openQueue(database, { warn: () => {}, error: () => {} });
  await rulesAtStart({ db, queue, chain: 'trial' }, manifests);
  const rehearsal = () => rehearsalOf({ site, awx: undefined }, manifests);
  operator = operatorOf(() => ({ db, folder: root, now: () => new Date(), switches, rehearsal }));
});
afterAll(async () => {
  await queue.stop(0);
  await database.close();
  rmSync(root, { recursive: true, force: true });
});

const said = (verb: Verb, rest: string[], values: Record<string, string | boolean> = {}): Promise<Said> =>
  verb.run({
    ...{ values, rest, manifests: () => 'manifests', say: () => {} },
    settings: () => {
      throw new Error('No setting is wanted.');
    },
    ask: async ([path, body], use) => {
      const asked = operator[path];
      if (!asked) throw new Error(`Nobody answers ${path}.`);
      return use(await asked(JSON.parse(JSON.stringify(body))));
    },
  });

describe('runbook check', () => {
  test('what ships can be followed', async () => {
    expect(await said(runbookCheck, ['all'])).toEqual({
      code: 0,
      text: `${manifests.runbooks.length} runbooks checked, 0 objections.`,
    });
  });

  const rows: [name: string, from: string | RegExp, to: string, objection: RegExp][] = [
    ['field.yaml', 'title:', 'oops: 1\ntitle:', /field\.yaml line 3: the file: Unrecognized key: "oops"/],
    [
      'metric.yaml',
      'effect: { metric: disk_available',
      'effect: { metric: disk',
      /expects something of the metric disk, which nobody watches/,
    ],
    ['time.yaml', 'within: 2m', 'within: soon', /within: wants a time such as 90s or 2m; found "soon"/],
    [
      'inverse.yaml',
      'how: none',
      'how: inverse',
      /step 1: it says rollback: inverse, and rotate-logs has none: wanted none/,
    ],
    [
      'arguments.yaml',
      'arguments: { server: "{server}" }',
      'arguments: { host: "{server}" }',
      /step 1: rotate-logs does not take its arguments: server: /,
    ],
    ['tool.yaml', 'tool: rotate-logs', 'tool: rotate-tapes', /there is no tool rotate-tapes/],
    ['minutes.yaml', 'steps:', 'verify: { minutes: 4 }\nsteps:', /verify\.minutes: Too small/],
  ];
  test.each(rows)('%s is objected to', async (name, from, to, objection) => {
    const { code, text: told } = await said(runbookCheck, [file(name, from, to), shipped]);
    expect([code, told.split('\n')[0]]).toEqual([1, '2 runbooks checked, 1 objections.']);
    expect(told).toMatch(objection);
  });

  test('used wrongly it says how', async () => {
    expect(await said(runbookCheck, [])).toEqual({ code: 2, text: 'runbook check needs a FILE, or all.' });
    expect(await said(runbookCheck, ['none.yaml'])).toEqual({ code: 2, text: 'There is no file none.yaml.' });
  });

  test('is a verb of the program', async () => {
    const ran = promisify(execFile)(process.execPath, ['src/roster.ts', 'runbook', 'check', shipped]);
    expect((await ran).stdout).toBe('1 runbooks checked, 0 objections.\n');
  });
});

describe('runbook dry-run', () => {
  const on = { server: 'app-03', service: 'payments' };

  test('fills the steps and decides them as things are now; nothing is proposed', async () => {
    const { code, text: told } = await said(runbookDryRun, ['memory-leak'], on);
    expect(code).toBe(0);
    expect(told.split('\n')).toEqual([
      expect.stringMatching(/^memory-leak@\d+: Restart a service that leaks memory\. Nothing is run\.$/),
      expect.stringMatching(/^1\. Restart payments on app-03: runs/),
      '   restart-service {"service":"payments","server":"app-03"}',
      '   Wants: available memory of app-03 must be unusual.',
      expect.stringMatching(
        /^ {3}Expected: .+ Looked for: available memory of app-03 back to usual within 2 min\.$/,
      ),
      expect.stringMatching(/^ {3}Undone: None needed/),
      'Rex would do it. By hand: whoever may step in.',
      'Then what raised its signals must stay usual for 10 min, on a trial for less.',
    ]);
    expect(
      (
        await database.db
          .selectFrom('action' as never)
          .selectAll()
          .execute()
      ).length,
    ).toBe(0);
  });

  test('a doubtful worker would ask, another class is refused, and a kill switch refuses all', async () => {
    const kindOf = async (values: Record<string, string | boolean>) => {
      const { code, text: told } = await said(runbookDryRun, ['memory-leak'], { ...values, json: true });
      return [code, JSON.parse(told).steps[0].decision.kind];
    };
    expect(await kindOf({ ...on, confidence: '0.5' })).toEqual([0, 'ask']);
    expect(await kindOf({ server: 'db-01', service: 'payments' })).toEqual([1, 'refuse']);
    const store = { db: database.db, queue, chain: 'trial' as const, tell: async () => true };
    await kill(store, 'all', 'p-governor' as PersonId);
    expect(await kindOf(on)).toEqual([1, 'refuse']);
  });

  test.each([
    [['nope'], {}, /^There is no runbook "nope": wanted one of ageing-certificate, /],
    [
      ['memory-leak'],
      {},
      /^The step restart-service needs service and server, which was not found\. Give it/,
    ],
    [['memory-leak'], { confidence: 'high' }, /^--confidence is no number from 0 to 1/],
    [[], {}, /^runbook dry-run needs one NAME/],
  ])('%j %j is a wrong use', async (rest, values, because) => {
    const { code, text: told } = await said(runbookDryRun, rest, values as Record<string, string>);
    expect(code).toBe(2);
    expect(told).toMatch(because);
  });
});
