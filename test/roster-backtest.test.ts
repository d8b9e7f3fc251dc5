// The command line's backtest: how it is asked for, whom it asks, and the program itself.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fernwood } from '../src/estate/company.ts';
import { faults } from '../src/estate/faults/all.ts';
import { serve } from '../src/estate/http.ts';
import { answerPrometheus } from '../src/estate/prometheus.ts';
import { targetsOf } from '../src/estate/targets.ts';
import { operatorOf } from '../src/operator.ts';
import { askedOf, backtestVerb } from '../src/roster-backtest.ts';
import { readSettings, type Settings } from '../src/settings.ts';
import type { Given } from '../src/verb.ts';
import { openEmbeddedTest } from './databases.ts';

const root = mkdtempSync(join(tmpdir(), 'roster-backtest-'));
const manifests = join(root, 'manifests');
let estate: Awaited<ReturnType<typeof serve>>;
let url: string;
const began = Date.now();
const ago = (hours: number) => new Date(began - hours * 3_600_000);

beforeAll(async () => {
  cpSync('manifests', manifests, { recursive: true });
  // JSON is YAML.
  writeFileSync(join(manifests, 'inventory.yaml'), JSON.stringify(fernwood));
  // The same disk is full three times in a day.
  const breakages = [20, 14, 8].map((hours, nth) => ({
    ...{ id: nth + 1, name: 'full-disk', first: false, target: { service: 'search', server: 'search-01' } },
    ...{ startedAt: ago(hours), mendedAt: ago(hours - 1) },
  }));
  const targets = targetsOf(fernwood, []);
  const world = { inventory: fernwood, faults, seed: 1, speed: 1, breakages, jobs: [], targets };
  estate = await serve(0, { prometheus: (request) => answerPrometheus(request, world, new Date()) });
  url = `${estate.url}/prometheus`;
});
afterAll(async () => {
  await estate?.close();
  rmSync(root, { recursive: true });
});

function settings(env: Record<string, string>): Settings {
  const read = readSettings(env);
  if (read.kind === 'refused') throw new Error(read.because.join(' '));
  return read.settings;
}

/** The verb, and what it told on the way; nobody answers its questions unless said. */
async function run(values: Given['values'], env: Record<string, string>, answer?: Given['ask']) {
  const lines: string[] = [];
  const said = await backtestVerb.run({
    values,
    rest: [],
    manifests: () => manifests,
    settings: () => settings(env),
    say: (line) => lines.push(line),
    ask:
      answer ??
      (async () => {
        throw new Error('There is no data folder.');
      }),
  });
  return { ...said, lines };
}

const answering =
  (value: unknown): Given['ask'] =>
  (_, use) =>
    use({ kind: 'json', value });

test.each([
  { values: {}, asked: { days: 30, step: 60, png: undefined } },
  {
    values: { days: '7', step: '300', png: join(root, 'a.png') },
    asked: { days: 7, step: 300, png: join(root, 'a.png') },
  },
  { values: { days: '0' }, because: '--days is 0, wanted a number of days from 1 to 365.' },
  { values: { days: '366' }, because: '--days is 366, wanted a number of days from 1 to 365.' },
  { values: { days: '30d' }, because: '--days is 30d, wanted a number of days from 1 to 365.' },
  { values: { days: '-3' }, because: '--days is -3, wanted a number of days from 1 to 365.' },
  { values: { step: '5' }, because: '--step is 5, wanted seconds from 10 to 3600.' },
  { values: { step: '1m' }, because: '--step is 1m, wanted seconds from 10 to 3600.' },
  { values: { png: '/nowhere/a.png' }, because: 'There is no folder /nowhere for --png.' },
  { values: {}, rest: ['now'], because: 'backtest takes options only, not now.' },
])('asked with $values $rest: $because', ({ values, rest = [], asked, because }) => {
  expect(askedOf({ values, rest })).toEqual(asked ? { kind: 'asked', ...asked } : { kind: 'wrong', because });
});

describe('which site it is', () => {
  test('without PROMETHEUS_URL, and with no trial running, there is none', async () => {
    const because =
      'There are no metrics to go through: set PROMETHEUS_URL, or let the trial run (npm start).';
    expect(await run({}, {})).toMatchObject({ code: 2, text: because });
    expect(await run({}, {}, answering({ incidents: [] }))).toMatchObject({ code: 2, text: because });
  });

  test('the trial that runs, with its incidents', async () => {
    const incidents = [{ id: 'inc-7', service: 'search', openedAt: ago(20), endedAt: null }];
    const watched = { url, cycleMs: 5_000 };
    const { code, text } = await run({ days: '1', json: true }, {}, answering({ watched, incidents }));
    const report = JSON.parse(text);
    expect([code, report.loud]).toEqual([0, []]);
    expect(report.incidents.known).toMatchObject([{ id: 'inc-7', signals: expect.any(Number) }]);
    expect(report.signals).toContainEqual(
      expect.objectContaining({ server: 'search-01', metric: 'disk_available', incident: 'inc-7' }),
    );
  });

  test('a database that is down is said, and it goes on without', async () => {
    const env = { PROMETHEUS_URL: url, DATABASE_URL: 'postgres://a@127.0.0.1:1/b' };
    const down = async () => {
      throw new Error('connect ECONNREFUSED 127.0.0.1:1');
    };
    const { text } = await run({ days: '1' }, env, down);
    expect(text).toContain('no known incidents to hold it against');
    expect(text).toContain('The known incidents could not be read: connect ECONNREFUSED 127.0.0.1:1');
  });

  test('a Prometheus that is down is one sentence', async () => {
    const env = { PROMETHEUS_URL: 'http://127.0.0.1:1' };
    expect(await run({}, env)).toMatchObject({
      code: 2,
      text: expect.stringMatching(
        /^Prometheus did not answer GET \/api\/v1\/query_range: .*: start it, or correct PROMETHEUS_URL\.$/,
      ),
    });
  });
});

test('the door tells of incidents since then, false alarms apart, and of a trial what it is watched with', async () => {
  const database = await openEmbeddedTest();
  onTestFinished(database.close);
  await sql`insert into incident (id, service, status, severity, worker, opened_at, ended_at) values
    ('inc-1', 'search', 'closed', 2, 'ada', ${ago(20)}, ${ago(19)}),
    ('inc-2', 'search', 'false-alarm', 2, 'ada', ${ago(18)}, ${ago(17)}),
    ('inc-3', 'orders', 'closed', 2, 'ada', ${ago(200)}, ${ago(199)})`.execute(database.db);
  const watched = { url: 'http://127.0.0.1:9/prometheus', cycleMs: 5_000 };
  const place = { db: database.db, folder: '', now: () => new Date(), switches: {} as never };
  const ask = (more: object, since: string) =>
    operatorOf(() => ({ ...place, ...more }))['/operator/watched']?.({ since });
  const incidents = [{ id: 'inc-1', service: 'search', openedAt: ago(20), endedAt: ago(19) }];
  expect(await ask({ watched }, ago(48).toISOString())).toEqual({
    kind: 'json',
    value: { watched, incidents },
  });
  expect(await ask({}, ago(48).toISOString())).toMatchObject({ value: { watched: undefined } });
  expect(await ask({}, 'yesterday')).toMatchObject({ kind: 'wrong' });
});

describe('npm run roster -- backtest', () => {
  function roster(args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = {
      PATH: process.env.PATH ?? '',
      PROMETHEUS_URL: url,
      MANIFESTS_DIR: manifests,
      DATA_DIR: join(root, 'none'),
    };
    return new Promise((done) => {
      execFile(process.execPath, [resolve('src/roster.ts'), ...args], { cwd: root, env }, (error, out, err) =>
        done({ code: typeof error?.code === 'number' ? error.code : 0, out: out.trim(), err: err.trim() }),
      );
    });
  }

  test('prints a table, draws a picture, tells how far it is elsewhere, and changes nothing', async () => {
    const { code, out, err } = await roster(['backtest', '--days', '2', '--png', 'chart.png']);
    expect(code).toBe(1);
    expect(out).toContain('shop would hear of more than one signal a day that no known incident explains');
    expect(out).toMatch(/^2 days, .* UTC: 2881 cycles of 60 s over 106 series of 19 metrics; learnt since /);
    expect(out).toMatch(/critical {2}\w+ on search-01: disk_available of search-01/);
    expect(out).toMatch(/\n {2}queue_length +\d+ +\d+ {2}messages/);
    expect(out).toMatch(/\n\nThe chart is in chart\.png\.$/);
    expect(err).toMatch(/^106 series, .*\n.*\nDay 1 of 2: \d+ signals so far\.\nDay 2 of 2: /);
    expect(readFileSync(join(root, 'chart.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  test('used wrongly it says so; --help says how', async () => {
    expect(await roster(['backtest', '--days', 'some'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('--days is some'),
    });
    expect(await roster(['backtest', '--help'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Usage: npm run roster -- backtest /),
    });
  });
});
