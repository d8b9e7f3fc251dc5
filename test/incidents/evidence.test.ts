import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { gather } from '../../src/incidents/evidence/gather.ts';
import type { Responder } from '../../src/incidents/responder.ts';
import type { Monitor } from '../../src/monitoring/monitor.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { monitorOver } from '../monitoring/outside.ts';
import { cycleMs, manifests } from '../shift.ts';
import { openOutside } from './outside.ts';

const outside = openOutside();
let monitor: Monitor;
beforeAll(async () => {
  monitor = await monitorOver(outside.prometheus, manifests.metrics, cycleMs, new Date());
});
beforeEach(outside.reset);

async function gathered(signal: Partial<Signal>) {
  const now = new Date();
  const signals = [
    { service: 'checkout', server: null, raisedAt: new Date(now.getTime() - 30_000), ...signal },
  ];
  const from = { inventory: fernwood, monitor, loki: outside.loki };
  return gather(from as unknown as Responder, signals as Signal[], now);
}

test('every source is asked, and each finding has a line for people', async () => {
  outside.deployBadly();
  const { evidence } = await gathered({});
  expect(evidence.map(({ id, source, found, read }) => [id, source, found, read])).toEqual([
    ['E1', 'Metrics', expect.stringMatching(/^error rate of checkout 180 .*\b40\b/), true],
    ['E2', 'Error logs', '1 error lines, the newest: answering 500 version=2.1', true],
    ['E3', 'Deployments', expect.stringMatching(/^checkout went from 2\.0 to 2\.1 at \d\d:\d\d UTC$/), true],
    [
      'E4',
      'Inventory',
      'Checkout runs on app-01, app-02, needs catalog, payments, orders, criticality 1',
      true,
    ],
  ]);
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
  const { evidence, readings } = await gathered({});
  expect(evidence.map(({ found, read }) => (read ? 'read' : found))).toEqual([
    'read',
    'Not checked: Loki did not answer within 10 s.',
    'Not checked: Loki did not answer within 10 s.',
    'read',
  ]);
  expect(readings.length).toBeGreaterThan(0);
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
