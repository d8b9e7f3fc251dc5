import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { gather } from '../../src/incidents/evidence/gather.ts';
import type { Responder } from '../../src/incidents/responder.ts';
import type { Change } from '../../src/monitoring/changes/change.ts';
import type { Monitor } from '../../src/monitoring/monitor.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import type { Database } from '../../src/postgres/database.ts';
import type { Jaeger, Span } from '../../src/systems/jaeger/read.ts';
import type { Loki } from '../../src/systems/loki/read.ts';
import { openEmbeddedTest } from '../databases.ts';
import { monitorOver } from '../monitoring/outside.ts';
import { cycleMs, manifests } from '../shift.ts';
import { openOutside } from './outside.ts';

const outside = openOutside();
const spans: Span[] = [];
let monitor: Monitor;
let database: Database;
beforeAll(async () => {
  database = await openEmbeddedTest();
  monitor = await monitorOver(outside.prometheus, manifests.metrics, cycleMs, new Date());
});
afterAll(() => database.close());
beforeEach(() => {
  outside.reset();
  spans.length = 0;
});

interface Around {
  loki?: Loki;
  jaeger?: Jaeger | undefined;
  changes?: Change[];
  patienceMs?: number;
}

async function gathered(signal: Partial<Signal>, { changes = [], patienceMs = 5_000, ...more }: Around = {}) {
  const now = new Date();
  const signals = [
    {
      service: 'checkout',
      server: null,
      metric: 'error_rate',
      members: [],
      because: [],
      raisedAt: new Date(now.getTime() - 30_000),
      ...signal,
    },
  ];
  const jaeger: Jaeger = { findSpans: async (service) => spans.filter((one) => one.service === service) };
  const { prometheus, loki } = outside;
  const from = {
    ...{ inventory: fernwood, monitor, prometheus, loki, jaeger, patienceMs, ...more },
    gateway: { db: database.db },
    changesOf: async (service: string) => changes.filter(({ services }) => services.includes(service)),
  };
  return gather(from as unknown as Responder, signals as Signal[], now);
}

test('every source is asked, and each finding has a line for people', async () => {
  outside.deployBadly();
  spans.push(span({ durationMs: 20 }));
  const { evidence } = await gathered({}, { changes: [configured] });
  expect(
    evidence.map(({ id, source, found, read, nothing = false }) => [id, source, found, read, nothing]),
  ).toEqual([
    ['E1', 'Metrics', expect.stringMatching(/^error rate of checkout 180 .*\b40\b/), true, false],
    ['E2', 'Error logs', '1 error line: 1 × new answering 500 version=2.1', true, false],
    [
      'E3',
      'Deployments',
      expect.stringMatching(/^checkout was deployed: 2\.1 \(was 2\.0\) at \d\d:\d\d UTC$/),
      true,
      false,
    ],
    [
      'E4',
      'Inventory',
      'Checkout runs on app-01, app-02, needs catalog, payments, orders, criticality 1',
      true,
      false,
    ],
    ['E5', 'Traces', 'nothing fails or is slow in 1 spans', true, true],
    [
      'E6',
      'Changes',
      expect.stringMatching(/^payments was configured, by pipeline at \d\d:\d\d UTC$/),
      true,
      false,
    ],
    [
      'E7',
      'Dependencies',
      'upstream storefront as usual; downstream catalog, payments, orders as usual',
      true,
      true,
    ],
    [
      'E8',
      'Maintenance windows',
      expect.stringMatching(/^(none is open|open now on .+)$/),
      true,
      expect.any(Boolean),
    ],
    ['E9', 'Changes by workers', 'none in the last day', true, true],
    ['E10', 'Where it begins', expect.stringMatching(/^No root cause found: /), true, true],
    ['E11', 'Past incidents', 'none is known', true, true],
  ]);
  expect(evidence.every(({ at, query }) => at && query)).toBe(true);
  const ranged = evidence.filter(({ range }) => range).map(({ id }) => id);
  expect(ranged).toEqual(['E2', 'E3', 'E5', 'E6', 'E9', 'E10']);
});

test('past incidents are looked for though the logs do not come', async () => {
  const loki: Loki = { queryRange: () => new Promise(() => {}) };
  const { evidence } = await gathered({}, { loki, patienceMs: 1_000 });
  expect(evidence[1]?.found).toBe('Not checked: Error logs did not answer within 1 s.');
  expect(evidence.at(-1)).toMatchObject({ source: 'Past incidents', found: 'none is known', read: true });
});

test('what somebody found wrong with a past incident is told with it', async () => {
  outside.set('error_rate', 'checkout', 40);
  await sql`insert into past_incident (id, source, key, title, symptoms, root_cause, resolution, service, opened_at, metrics, templates)
    values ('inc-70', 'own', 'inc-70', 'error rate of checkout', 'error rate of checkout', 'A leak.', 'Restarted.', 'checkout',
      now() - interval '9 d', '{error_rate}', '{}')`.execute(database.db);
  await sql`insert into answer_vote (subject, person, worker, up, line, at)
    values ('incident:inc-70', 'p-oncall', 'rex', false, 'It came back within the hour.', now())`.execute(
    database.db,
  );
  const { evidence } = await gathered({});
  expect(evidence.at(-1)?.found).toMatch(
    /inc-70, .*: A leak\. Restarted\. Somebody found: “It came back within the hour\.”\.$/,
  );
  await sql`delete from past_incident`.execute(database.db);
});

test('nothing found is a finding', async () => {
  const { evidence } = await gathered({});
  expect(evidence.map(({ found }) => found).slice(0, 3)).toEqual([
    expect.stringMatching(/^all \d+ series are usual$/),
    'no error lines',
    expect.stringMatching(/^none of checkout, storefront, /),
  ]);
});

test('a source that does not answer is said, and the others are read', async () => {
  outside.silenceLoki();
  outside.set('error_rate', 'checkout', 40);
  const { evidence, readings } = await gathered({}, { jaeger: undefined });
  expect(evidence.slice(0, 6).map(({ found, read }) => (read ? 'read' : found))).toEqual([
    'read',
    'Not checked: Loki did not answer within 10 s.',
    'Not checked: Loki did not answer within 10 s.',
    'read',
    'Not checked: no Jaeger is connected.',
    'read',
  ]);
  expect(readings.length).toBeGreaterThan(0);
});

test('a source that is slow is waited for no longer than the others are bounded', async () => {
  const { evidence } = await gathered(
    {},
    { jaeger: { findSpans: () => new Promise(() => {}) }, patienceMs: 300 },
  );
  expect(evidence[4]).toMatchObject({
    read: false,
    found: 'Not checked: Traces did not answer within 0.3 s.',
  });
});

test('what callers and callees do is told, and what is not measured is not called healthy', async () => {
  outside.set('error_rate', 'storefront', 20);
  for (const { name, about } of manifests.metrics) if (about === 'service') outside.lose(name, 'payments');
  const { evidence } = await gathered({});
  expect(evidence[6]?.found).toBe(
    'upstream storefront unusual as well; downstream catalog, orders as usual, payments not measured',
  );
});

test('metrics of which some cannot be read say so, and none at all is not read', async () => {
  outside.fail('latency_p95');
  const some = (await gathered({})).evidence[0];
  expect(some?.found).toMatch(/are usual \(latency_p95 could not be read: Prometheus answered 503\.\)$/);
  for (const { name } of manifests.metrics) outside.fail(name);
  const none = (await gathered({})).evidence[0];
  expect(none).toMatchObject({
    read: false,
    found: expect.stringMatching(/^Not checked: error_rate could not/),
  });
});

test('a server is looked at with all services on it and their neighbours, newest error first', async () => {
  outside.say({ app: 'search', level: 'error' }, 'older', 50);
  outside.say({ app: 'catalog', level: 'error' }, 'newer', 40);
  const { services, errors, placed } = await gathered({ service: 'catalog', server: 'app-04' });
  expect(services).toEqual(expect.arrayContaining(['catalog', 'search', 'storefront', 'checkout']));
  expect(errors.map(({ line }) => line)).toEqual(['newer', 'older']);
  expect(placed).toContainEqual({ server: 'app-04', services: ['catalog', 'search'] });
});

test('what shares the server is looked at even when it is no neighbour', async () => {
  const { services } = await gathered({ service: 'payments', server: 'app-03' });
  expect(services).toContain('orders');
});

describe('a line of the log of deployments', () => {
  const rows: [line: string, read: [string, string, string][]][] = [
    ['deployed service=checkout version=2.1 replacing=2.0 by=pipeline', [['checkout', '2.1', '2.0']]],
    ['deployed version=2.1+b5 service=checkout replacing=2.0-rc1', [['checkout', '2.1+b5', '2.0-rc1']]],
    ['deployed service=checkout version=2.1 replacing=2.0/../x', []],
    ['deployed service=checkout version=2.1;id replacing=2.0', []],
    [`deployed service=checkout version=2.1 replacing=${'9'.repeat(61)}`, []],
    ['deployed service=checkout version=2.1', []],
    ['rolled service=checkout version=2.1 replacing=2.0', []],
    ['deployed service=elsewhere version=2.1 replacing=2.0', []],
    ['', []],
  ];
  test.each(rows)('%s', async (line, read) => {
    outside.say({ job: 'deployments' }, line);
    const { deployments } = await gathered({});
    expect(deployments.map(({ service, version, replacing }) => [service, version, replacing])).toEqual(read);
  });

  test('is looked for in the last four hours', async () => {
    outside.say(
      { job: 'deployments' },
      'deployed service=checkout version=2.1 replacing=2.0',
      4 * 3_600 + 60,
    );
    expect((await gathered({})).deployments).toEqual([]);
  });
});

const configured: Change = {
  ...{ what: 'configured', outcome: 'done', subject: 'payments', services: ['payments'] },
  ...{ environment: null, version: null, link: null, by: 'pipeline', at: new Date() },
};

function span(more: Partial<Span>): Span {
  const id = { trace: 't1', span: 's1', parent: undefined, service: 'checkout', operation: 'POST /checkout' };
  return { ...id, kind: 'server', start: new Date(), durationMs: 10, error: false, attributes: {}, ...more };
}
