import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { SignalId, WorkerId } from '../../src/ids.ts';
import { openQueue, type Queue } from '../../src/jobs/queue.ts';
import { changesOf, receiveChanges } from '../../src/monitoring/changes/receive.ts';
import { type Drawing, openDrawing } from '../../src/monitoring/chart/picture.ts';
import { contextOf, keepContext } from '../../src/monitoring/context.ts';
import { type Enriching, enrich } from '../../src/monitoring/enrich.ts';
import { queryOf } from '../../src/monitoring/metric.ts';
import type { Monitor } from '../../src/monitoring/monitor.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import type { ToldChange } from '../../src/systems/change.ts';
import { openJaeger } from '../../src/systems/jaeger/read.ts';
import { openLoki } from '../../src/systems/loki/read.ts';
import { openPrometheus } from '../../src/systems/prometheus/read.ts';
import { databases } from '../databases.ts';
import { type Company, openCompany } from '../estate/company.ts';
import { cycleMs, manifests } from '../shift.ts';
import { openWire } from '../systems/wire.ts';
import { freePort } from '../wire/port.ts';
import { monitorOver } from './outside.ts';
import { signalOf, write } from './signals.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const id = 'sig-1' as SignalId;
const metrics = manifests.metrics.filter(({ name }) => ['error_rate', 'memory_available'].includes(name));

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`what happened around a signal, on ${name}`, () => {
    let database: Database;
    let queue: Queue;
    let drawing: Drawing;
    let company: Company;
    let monitor: Monitor | undefined;
    let enriching: Enriching;
    beforeAll(async () => {
      database = await open();
      queue = await openQueue(database, quiet);
      drawing = openDrawing();
    });
    afterAll(async () => {
      await drawing?.close();
      await queue?.stop(0);
      await database?.close();
    });
    beforeEach(async () => {
      const { db } = database;
      await sql`truncate signal, signal_context, picture, change cascade`.execute(db);
      await sql`delete from pgboss.job`.execute(db);
      company = await openCompany(db);
      monitor ??= await monitorOver(company.prometheus, metrics, cycleMs, company.now());
      enriching = {
        ...{ monitor, drawing, cycleMs, inventory: fernwood, timezone: 'Europe/Berlin', patienceMs: 2_000 },
        ...{ prometheus: company.prometheus, loki: company.loki, jaeger: company.jaeger, now: company.now },
        store: { db, queue, chain: 'trial' },
        by: { worker: 'ada' as WorkerId, charter: 'ada@1' },
        changesOf: (service, since) => changesOf(db, service, since),
        queryFor: (metric) => queryOf(metric, cycleMs),
      };
    });

    /** Breaks something, and half a minute later there is a signal of it. */
    async function broken(fault: string, series: string[], changed: Partial<Signal> = {}) {
      const found = await company.estate.break(fault, company.now());
      if (found.kind === 'refused') throw new Error(found.because);
      company.pass(30);
      await write(database.db, signalOf(id, series, changed));
      await sql`update signal set raised_at = ${company.now()}`.execute(database.db);
      return found.target;
    }
    const context = () => contextOf(database.db, id);
    const shown = async () => {
      const { rows } = await sql<{ data: object }>`select data from pgboss.job where name = 'show'`.execute(
        database.db,
      );
      return rows.map(({ data }) => data);
    };
    const audited = async () => {
      const { rows } = await sql<{ entry: Entry }>`select text::jsonb -> 'entry' as entry from audit
        where text::jsonb #>> '{entry,kind}' = 'signal.enriched' order by seq`.execute(database.db);
      return rows.map(({ entry }) => entry);
    };
    /** A system outside that is as told, at its address. */
    async function wire(answer: Parameters<typeof openWire>[0]) {
      const one = await openWire(answer);
      onTestFinished(one.close);
      return { url: one.url, timeoutMs: 60_000 };
    }

    test('a bad deployment: the new error, what fails where, the version that came, and a chart', async () => {
      const { version } = await broken('bad-deployment', ['service checkout error_rate']);
      await enrich(enriching, id);
      const { logs, traces, changes, notes, picture, enriched } = await context();
      expect(logs[0]).toMatch(/^\d+ × new (TypeError: Cannot read properties|unhandled exception)/);
      expect(logs.slice(2).every((line) => !line.includes('new'))).toBe(true);
      expect(traces[0]).toMatch(
        /^checkout POST \/checkout: \d+ of \d+ failed \(TypeError: .*\); p95 [\d.]+ (s|ms), was [\d.]+ (s|ms) in the hour before$/,
      );
      expect(traces[1]).toMatch(/^storefront POST \/buy: \d+ of \d+ failed/);
      expect(changes[0]?.text).toContain(`checkout was deployed: ${version} (was `);
      expect(notes).toEqual([]);
      expect(picture?.alt).toMatch(
        /^Line chart of error rate of checkout from 08:17 to 11:17 \(Europe\/Berlin\)\. Usual is .* From 11:17 to 11:17 it is not as usual/,
      );
      const { rows } = await sql<{
        id: string;
        bytes: number;
      }>`select id, length(png) as bytes from picture`.execute(database.db);
      expect(rows).toEqual([{ id: picture?.id, bytes: expect.any(Number) }]);
      expect(rows[0]?.bytes).toBeGreaterThan(10_000);
      expect(enriched).toBe(true);
      expect(await shown()).toEqual([{ subject: `signal:${id}` }]);
    });

    test('a leak: it is slow on its own server; that nothing changed is said', async () => {
      const { service, server } = await broken('memory-leak', ['server app-04 memory_available']);
      await enrich(enriching, id);
      const { logs, traces, changes, notes } = await context();
      expect(logs[0]).toMatch(/^\d+ × new GC pause of \d+ ms/);
      expect(traces[0]).toMatch(new RegExp(`^${service} \\S+ \\S+: slow on ${server} \\(\\d+ seen\\), p95 `));
      expect(changes).toEqual([]);
      expect(notes).toEqual(['Looked at, and nothing found: changes that were told, deployments.']);
    });

    test('a change that was told and is logged as well is told once; those of what it calls count, of others not', async () => {
      const { version } = await broken('bad-deployment', ['service checkout error_rate']);
      const at = new Date(company.now().getTime() - 30_000);
      const deployed: ToldChange = {
        key: 'a',
        what: 'deployed',
        outcome: 'done',
        of: 'service',
        names: ['checkout'],
        environment: 'production',
        version,
        at: new Date(at.getTime() + 60_000),
        by: 'github.com/fernwood',
        link: undefined,
      };
      const others: Partial<ToldChange>[] = [
        { key: 'b', outcome: 'begun', at },
        {
          key: 'c',
          names: ['payments'],
          what: 'configured',
          version: undefined,
          at: new Date(at.getTime() - 3_600_000),
        },
        { key: 'd', names: ['search'], version: '7' },
        { key: 'e', names: ['orders'], version: '3', at: new Date(at.getTime() - 5 * 3_600_000) },
        {
          key: 'f',
          names: ['production'],
          of: 'environment',
          what: 'configured',
          outcome: 'failed',
          version: undefined,
          at: new Date(at.getTime() - 60_000),
        },
      ];
      await receiveChanges(
        enriching.store,
        [deployed, ...others.map((one) => ({ ...deployed, ...one }))],
        fernwood,
        company.now(),
      );
      await enrich(enriching, id);
      const { changes } = await context();
      expect(changes.map(({ text }) => text)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^checkout was deployed: ${version} \\(was .+\\) in production, by github.com/fernwood$`,
          ),
        ),
        'production was not configured, it failed in production, by github.com/fernwood',
        'payments was configured in production, by github.com/fernwood',
      ]);
    });

    type Answer = Parameters<typeof openWire>[0];
    const ills: [what: string, answer: Answer | 'down', says: RegExp][] = [
      ['never answers', () => 'silence', /did not answer within 0\.3 s\.$/],
      ['is down', 'down', /did not answer GET \S+: .*ECONNREFUSED/],
      [
        'answers garbage',
        () => ({ body: '<html>*hello*</html>' }),
        /(unexpected shape|a body that is not JSON)/,
      ],
      ['refuses', () => ({ status: 503, body: 'overloaded' }), /with 503: overloaded\.$/],
    ];
    const access = async (answer: Answer | 'down') => {
      const given = await wire(answer === 'down' ? () => ({}) : answer);
      return answer === 'down' ? { ...given, url: `http://127.0.0.1:${await freePort()}` } : given;
    };

    test.each(ills)(
      'Loki %s: the rest is told in time, and that its logs are missing',
      async (_, answer, says) => {
        await broken('bad-deployment', ['service checkout error_rate']);
        const loki = openLoki(await access(answer));
        const begun = performance.now();
        await enrich({ ...enriching, loki, patienceMs: 300 }, id);
        // The first chart takes two seconds of it.
        expect(performance.now() - begun).toBeLessThan(4_000);
        const { logs, traces, changes, notes, picture } = await context();
        expect([logs, changes]).toEqual([[], []]);
        expect(traces[0]).toMatch(/^checkout POST/);
        expect(picture).toBeDefined();
        expect(notes).toEqual([
          expect.stringMatching(/^Missing here, error logs: Loki /),
          expect.stringMatching(/^Missing here, deployments: Loki /),
          'Looked at, and nothing found: changes that were told.',
        ]);
        expect(notes.slice(0, 2).every((note) => says.test(note))).toBe(true);
        expect((await audited()).at(-1)?.facts).toMatchObject({
          logs: 0,
          missing: ['error logs', 'deployments'],
          chart: 'drawn',
        });
      },
    );

    test.each(ills)(
      'Jaeger %s: the rest is told in time, and that its traces are missing',
      async (_, answer, says) => {
        await broken('bad-deployment', ['service checkout error_rate']);
        const jaeger = openJaeger(await access(answer));
        await enrich({ ...enriching, jaeger, patienceMs: 300 }, id);
        const { logs, traces, changes, notes } = await context();
        expect(logs[0]).toMatch(/new/);
        expect(changes).toHaveLength(1);
        expect(traces).toEqual([]);
        expect(notes).toEqual([expect.stringMatching(/^Missing here, traces: Jaeger /)]);
        expect(notes[0]).toMatch(says);
      },
    );

    test('the shipped patience is kept with every source silent at once, and the signal is told all the same', async () => {
      await broken('bad-deployment', ['service checkout error_rate']);
      const silent = await wire(() => 'silence');
      const all = { loki: openLoki(silent), jaeger: openJaeger(silent), prometheus: openPrometheus(silent) };
      const begun = performance.now();
      await enrich({ ...enriching, ...all }, id);
      expect(performance.now() - begun).toBeLessThan(3_000);
      const { notes, picture, enriched } = await context();
      expect(picture).toBeUndefined();
      expect(notes).toEqual([
        'Missing here, error logs: Loki did not answer within 2 s.',
        'Missing here, traces: Jaeger did not answer within 2 s.',
        'Missing here, deployments: Loki did not answer within 2 s.',
        'Looked at, and nothing found: changes that were told.',
        'Missing here, the chart: Prometheus did not answer within 2 s.',
      ]);
      expect(enriched).toBe(true);
      expect(await shown()).toEqual([{ subject: `signal:${id}` }]);
    });

    test('without a Jaeger, with one that has no traces, and where windows are open: it is said', async () => {
      await broken('bad-deployment', ['service checkout error_rate']);
      const night = new Date('2026-11-24T01:30:00Z');
      await sql`update signal set raised_at = ${night}, service = 'payments', members = '[]'`.execute(
        database.db,
      );
      await enrich({ ...enriching, jaeger: undefined, now: () => night }, id);
      expect((await context()).notes[0]).toBe('Missing here, traces: no Jaeger is connected.');
      await sql`truncate signal_context`.execute(database.db);
      await sql`update signal set service = 'storefront'`.execute(database.db);
      const none = await wire(() => ({
        status: 404,
        body: { error: { httpCode: 404, message: 'No traces found' } },
      }));
      await enrich({ ...enriching, jaeger: openJaeger(none), now: () => night }, id);
      const { notes } = await context();
      expect(notes).toContain('Jaeger has no traces of storefront of this time.');
      expect(notes).toContain('Storefront is in a maintenance window until 05:00 (Europe/Berlin).');
      await sql`truncate signal_context`.execute(database.db);
      await sql`update signal set service = 'elsewhere'`.execute(database.db);
      await enrich({ ...enriching, jaeger: openJaeger(none) }, id);
      expect((await context()).notes).toContain(
        'elsewhere is not in the inventory: its owner and its windows are not known.',
      );
    });

    test('what is held back is found out all the same, and shown to nobody', async () => {
      await broken('bad-deployment', ['service checkout error_rate'], { held: 'It is muted.' });
      await enrich(enriching, id);
      expect((await context()).enriched).toBe(true);
      expect(await shown()).toEqual([]);
    });

    test('called twice, at once or later, it is found out once; what was known before stays', async () => {
      await broken('bad-deployment', ['service checkout error_rate']);
      const known = { query: 'up == 0', notes: ['Known before.'] };
      await transact(database.db, (tx) => keepContext(tx, id, known));
      await Promise.all([enrich(enriching, id), enrich(enriching, id)]);
      const first = await context();
      expect(first).toMatchObject(known);
      company.pass(600);
      await enrich(enriching, id);
      expect(await context()).toEqual(first);
      expect((await sql`select 1 from picture`.execute(database.db)).rows).toHaveLength(1);
      expect(await shown()).toHaveLength(1);
      await enrich(enriching, 'sig-none' as SignalId);
    });
  });
}
