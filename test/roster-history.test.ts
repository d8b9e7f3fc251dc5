// The command line's questions about the past: import, doctor and replay, on both databases and as a program.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../src/estate/company.ts';
import { faults } from '../src/estate/faults/all.ts';
import { serve } from '../src/estate/http.ts';
import { answerPrometheus } from '../src/estate/prometheus.ts';
import { targetsOf } from '../src/estate/targets.ts';
import { openQueue } from '../src/jobs/queue.ts';
import { operatorOf, type Place } from '../src/operator.ts';
import type { Database } from '../src/postgres/database.ts';
import { doctorVerb } from '../src/roster-doctor.ts';
import { importIncidentsVerb, placed } from '../src/roster-import.ts';
import { replayVerb } from '../src/roster-replay.ts';
import { readSettings, type Settings } from '../src/settings.ts';
import type { Said, Verb } from '../src/verb.ts';
import { databases } from './databases.ts';

const root = mkdtempSync(join(tmpdir(), 'roster-history-'));
afterAll(() => rmSync(root, { recursive: true }));
const quiet = { warn: () => {}, error: () => {} };

const file = (name: string, text: string) => {
  writeFileSync(join(root, name), text);
  return join(root, name);
};
const csv = file(
  'past.csv',
  [
    'id,title,description,kind,service,server,opened,closed',
    'A-1,Disk of search is full,no space left,full-disk,Search,search-01.example.com,2026-09-01,2026-09-01',
    'A-2,Broken,,flood,somewhere,,yesterday,',
    'A-3,Water in the cellar,pumps failed,flood,somewhere,,2026-10-01,',
  ].join('\n'),
);

function settings(env: Record<string, string> = {}): Settings {
  const read = readSettings(env);
  if (read.kind === 'refused') throw new Error(read.because.join(' '));
  return read.settings;
}

describe.each(databases)('the past on $name', ({ available, open }) => {
  describe.skipIf(!available)('with a database', () => {
    let database: Database;
    let place: Place;
    let closing: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      database = await open();
      const queue = await openQueue(database, quiet);
      const { db } = database;
      const switches = {
        known: () => ({ workers: [], tools: [] }),
        tell: async () => true,
        board: async () => ({ db, queue, chain: 'trial' as const, tell: async () => true }),
      };
      place = { db, folder: root, now: () => new Date(), switches };
      closing = async () => {
        await queue.stop(0);
        await database.close();
      };
    });
    afterAll(() => closing?.());
    beforeEach(async () => {
      await sql`truncate past_incident, incident cascade`.execute(database.db);
    });

    /** As the program runs it, its questions answered by the operator's handlers as if through the door. */
    const run = (verb: Verb, rest: string[], values = {}, env = {}): Promise<Said> =>
      verb.run({
        ...{ values, rest, manifests: () => 'manifests', settings: () => settings(env), say: () => {} },
        ask: async ([path, body], use) => {
          const answer = await operatorOf(() => place)[path]?.(JSON.parse(JSON.stringify(body)));
          if (!answer) throw new Error(`Nobody answers ${path}.`);
          return use(
            answer.kind === 'json' ? { ...answer, value: JSON.parse(JSON.stringify(answer.value)) } : answer,
          );
        },
      });

    test('imported twice, each is there once, in its place of the inventory; wrong rows are told', async () => {
      const first = await run(importIncidentsVerb, [csv]);
      expect(first.code).toBe(1);
      expect(first.text.split('\n')).toEqual([
        'Read as csv: 2 incidents are new, 0 changed, 0 were as they are.',
        '1 are of no service of the inventory: they are found by their words alone.',
        '1 rows were left out:',
        expect.stringMatching(/^ {2}Line 3: The time it was opened is "yesterday"/),
      ]);
      expect(JSON.parse((await run(importIncidentsVerb, [csv], { json: true })).text)).toMatchObject({
        ...{ format: 'csv', added: 0, changed: 0, same: 2, unplaced: 1 },
      });
      const { rows } = await sql`select id, service, server from past_incident order by id`.execute(
        database.db,
      );
      expect(rows).toEqual([
        { id: 'file:A-1', service: 'search', server: 'search-01' },
        { id: 'file:A-3', service: 'somewhere', server: null },
      ]);
      const { rows: audited } = await sql<{
        facts: object;
      }>`select text::jsonb #> '{entry,facts}' as facts from audit
        where text like '%history.imported%'`.execute(database.db);
      expect(audited).toEqual([{ facts: { added: 2, changed: 0, same: 0, sources: ['file'] } }]);
    });

    test('what is more than the door takes goes in parts', async () => {
      const many = Array.from({ length: 60 }, (_, nth) => {
        return {
          id: `B-${nth}`,
          title: `Slow ${nth}`,
          description: 'x '.repeat(2_000),
          created: '2026-09-01',
        };
      });
      const said = await run(importIncidentsVerb, [file('many.json', JSON.stringify(many))], { json: true });
      expect(said.code).toBe(0);
      expect(JSON.parse(said.text)).toMatchObject({ added: 60, wrong: [] });
    });

    test.each([
      [[], {}, 'import incidents needs one FILE.'],
      [['a', 'b'], {}, 'import incidents needs one FILE.'],
      [[csv], { format: 'xml' }, '--format is xml, wanted one of csv, json, servicenow, jira.'],
      [['/nowhere/a.csv'], {}, expect.stringMatching(/^\/nowhere\/a.csv cannot be read: ENOENT/)],
      [[csv], { format: 'jira' }, expect.stringMatching(/past.csv: The file is not JSON: /)],
    ])('asked wrongly with %j %j', async (rest, values, text) => {
      expect(await run(importIncidentsVerb, rest, values)).toEqual({ code: 2, text });
    });

    test('the doctor tells what is dark, what is strange, and which kinds nothing mends', async () => {
      const [dark] = fernwood.servers;
      const targets = targetsOf(fernwood, []);
      const others = { ...fernwood, servers: fernwood.servers.filter(({ id }) => id !== dark?.id) };
      const world = { inventory: others, faults, seed: 1, speed: 1, breakages: [], jobs: [], targets };
      const estate = await serve(0, {
        prometheus: (request) => answerPrometheus(request, world, new Date()),
      });
      place.watched = { url: `${estate.url}/prometheus`, cycleMs: 5_000 };
      await run(importIncidentsVerb, [csv]);
      const said = await run(doctorVerb, [], { json: true });
      const text = (await run(doctorVerb, [])).text;
      await estate.close();
      place.watched = undefined;
      expect(said.code).toBe(1);
      expect(JSON.parse(said.text)).toMatchObject({
        ...{ dark: [dark?.id], unmeasured: [], strangers: { servers: [], services: [] }, untyped: 0 },
        history: { own: 0, imported: 2, months: 2, oldest: '2026-09-01T00:00:00.000Z' },
        types: [
          { kind: 'flood', count: 1, runbook: null },
          { kind: 'full-disk', count: 1, runbook: 'full-disk' },
        ],
        findings: [
          `Dark: no metric of the last hour is about 1 server: ${dark?.id}.`,
          'There are past incidents of 2 months, wanted 6: import older ones.',
          'No runbook mends flood (1): write one in manifests/runbooks.',
        ],
      });
      expect(text).toContain(`Inventory: ${fernwood.servers.length} servers`);
    });

    test('the doctor says what it could not ask for', async () => {
      const { code, text } = await run(doctorVerb, []);
      expect(code).toBe(1);
      expect(text).toContain(
        'Metrics could not be asked for: set PROMETHEUS_URL, or let the trial run (npm start).',
      );
      expect(text).toContain('There are no past incidents: import them');
      expect(await run(doctorVerb, ['now'])).toMatchObject({ code: 2 });
    });

    test.each([
      [[], 'replay needs one INCIDENT, such as inc-7.'],
      [['inc-7'], 'There is no incident inc-7.'],
    ])('there is nothing to replay: %j', async (rest, text) => {
      expect(await run(replayVerb, rest)).toEqual({ code: 2, text });
    });

    test.each([
      ['incident', 'Of inc-7 nothing is kept: it was not diagnosed yet, or before evidence was kept.'],
      ['prediction', 'inc-7 is a prediction: what is foretold is not diagnosed.'],
    ])('nothing is kept of an %s', async (kind, text) => {
      await sql`insert into incident (id, kind, service, status, severity, worker)
        values ('inc-7', ${kind}, 'search', 'closed', 2, 'ada')`.execute(database.db);
      expect(await run(replayVerb, ['inc-7'])).toEqual({ code: 2, text });
    });
  });
});

test('names of another system are placed in the inventory', () => {
  const one = { service: null, server: null } as Parameters<typeof placed>[0];
  const rows: [given: [string | null, string | null], found: [string | null, string | null]][] = [
    [
      ['Checkout', null],
      ['checkout', null],
    ],
    [
      ['CHECKOUT', 'app-03:9100'],
      ['checkout', 'app-03'],
    ],
    [
      [null, 'Search'],
      ['search', null],
    ],
    [
      ['elsewhere', 'there'],
      ['elsewhere', 'there'],
    ],
    [
      [null, null],
      [null, null],
    ],
  ];
  for (const [[service, server], [wanted, on]] of rows)
    expect(placed({ ...one, service, server }, fernwood)).toMatchObject({ service: wanted, server: on });
});
