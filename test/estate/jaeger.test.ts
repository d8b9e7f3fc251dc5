import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fernwood } from '../../src/estate/company.ts';
import { faults } from '../../src/estate/faults/all.ts';
import type { Database } from '../../src/postgres/database.ts';
import type { Span } from '../../src/systems/jaeger/read.ts';
import { openEmbeddedTest } from '../databases.ts';
import { friday, openCompany, reopen } from './company.ts';

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedTest();
});
afterAll(() => database.close());

const minute = 60_000;
const ago = (milliseconds: number) => new Date(friday.getTime() - milliseconds);

const published = parse(readFileSync('test/recorded/schemas/jaeger-query.openapi.yaml', 'utf8'));
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'jaeger', ...published });

/** What the published description says against an answer: it also says nothing that is not described there. */
function objections(operation: string, answer: unknown): string[] {
  const schema = published.paths[operation].get.responses['200'].content['application/json'].schema;
  const valid = ajv.compile({ $ref: `jaeger${schema.$ref}` });
  if (valid(answer)) return unknownIn(answer, schema.$ref);
  return (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
}

function unknownIn(value: unknown, ref: string): string[] {
  const at = (given: Schema | undefined): Schema => {
    const to = given?.$ref ?? given?.allOf?.[0]?.$ref;
    return to ? published.components.schemas[to.split('/').at(-1) ?? ''] : (given ?? {});
  };
  const walk = (one: unknown, schema: Schema, path: string): string[] => {
    if (Array.isArray(one)) return one.flatMap((item) => walk(item, at(schema.items), `${path}[]`));
    if (typeof one !== 'object' || one === null) return [];
    return Object.entries(one).flatMap(([name, inside]) => {
      const known = schema.properties?.[name];
      return known ? walk(inside, at(known), `${path}.${name}`) : [`${path}.${name} is not described`];
    });
  };
  return [...new Set(walk(value, at({ $ref: ref }), ''))];
}

type Params = Record<string, string>;
const around = {
  'query.startTimeMin': ago(minute).toISOString(),
  'query.startTimeMax': friday.toISOString(),
};

async function asked(url: string, params: Params, path = '/api/v3/traces') {
  const response = await fetch(`${url}${path}?${new URLSearchParams(params)}`);
  const body = (await response.json()) as { result?: { resourceSpans: unknown[] }; error?: object };
  return { status: response.status, body };
}

test('whatever is broken, an answer is as published', async () => {
  const { estate, pass, now } = await openCompany(database.db);
  for (const { name } of faults) await estate.break(name, now());
  pass(90);
  const params = { 'query.startTimeMin': friday.toISOString(), 'query.startTimeMax': now().toISOString() };
  const { status, body } = await asked(estate.jaegerUrl, { ...params, 'query.searchDepth': '150' });
  expect(status).toBe(200);
  expect(objections('/api/v3/traces', body.result)).toEqual([]);
  expect(JSON.stringify(body)).toMatch(/"exception.type"/);
  const { body: services } = await asked(estate.jaegerUrl, {}, '/api/v3/services');
  expect(objections('/api/v3/services', services)).toEqual([]);
  expect(objections('/api/v3/traces', { resourceSpans: [{ spans: 7 }] })).toEqual([
    '.resourceSpans[].spans is not described',
  ]);
  expect(objections('/api/v3/traces', { resourceSpans: 7 })).toEqual(['/resourceSpans must be array']);
});

test('requests go where a service depends on another, and each waits for those it called', async () => {
  const { jaeger } = await openCompany(database.db);
  const spans = await jaeger.findSpans('storefront', ago(minute), friday, 100);
  const byId = new Map(spans.map((one) => [one.span, one]));
  expect(byId.size).toBe(spans.length);
  const edges = new Set<string>();
  for (const one of spans) {
    const parent = one.parent ? byId.get(one.parent) : undefined;
    if (!parent) expect(one).toMatchObject({ parent: undefined, service: 'storefront', kind: 'server' });
    else {
      expect(one.trace).toBe(parent.trace);
      expect(one.start >= parent.start).toBe(true);
      expect(one.start.getTime() + one.durationMs).toBeLessThanOrEqual(
        parent.start.getTime() + parent.durationMs + 2,
      );
      if (one.service !== parent.service) edges.add(`${parent.service} ${one.service}`);
    }
    const hosts = fernwood.servers
      .filter(({ services }) => services.includes(one.service))
      .map(({ id }) => id);
    expect(hosts).toContain(one.attributes['host.name']);
    expect(one.attributes['service.version']).toMatch(/^\d{4}\.\d\d\.\d\d-\d+$/);
  }
  const needs = fernwood.services.flatMap(({ id, dependsOn }) => dependsOn.map((to) => `${id} ${to}`));
  expect([...edges].sort()).toEqual(needs.sort());
});

test('as many traces as asked for at most, the newest, and the same whenever they are asked for', async () => {
  const { jaeger, estate } = await openCompany(database.db);
  const newest = (spans: Span[]) =>
    spans
      .filter(({ parent }) => parent === undefined)
      .toSorted((a, b) => b.start.getTime() - a.start.getTime())
      .map(({ trace }) => trace);
  const all = await jaeger.findSpans('checkout', ago(5 * minute), friday, 100);
  expect(newest(all)).toHaveLength(100);
  const few = await jaeger.findSpans('checkout', ago(5 * minute), friday, 7);
  expect(newest(few)).toEqual(newest(all).slice(0, 7));
  await estate.close();
  const after = await reopen(database.db, { at: new Date(friday.getTime() + 60 * minute) });
  expect(await after.jaeger.findSpans('checkout', ago(5 * minute), friday, 100)).toEqual(all);
  const { body } = await asked(after.estate.jaegerUrl, {
    ...around,
    'query.startTimeMin': '2026-01-01T00:00:00Z',
    'query.searchDepth': '999999',
    'query.operationName': 'nothing',
  });
  expect(body).toEqual({ error: { httpCode: 404, message: 'No traces found' } });
});

/** How many failed, and the median milliseconds, of the spans that are so. */
function told(spans: Span[], fits: (one: Span) => boolean) {
  const own = spans.filter(fits);
  const durations = own.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return {
    failed: own.filter(({ error }) => error).length / own.length,
    median: durations[own.length >> 1] ?? 0,
  };
}

test('a bad deployment throws in its own spans; who calls it is slow and fails for no reason of its own', async () => {
  const { jaeger, estate, pass, now } = await openCompany(database.db);
  await estate.break('bad-deployment', now());
  const after = pass(60);
  const before = await jaeger.findSpans('checkout', ago(2 * minute), friday, 200);
  const spans = await jaeger.findSpans('checkout', new Date(after.getTime() - 45_000), after, 200);
  const its = ({ service, kind }: Span) => service === 'checkout' && kind === 'server';
  const callers = ({ service, kind }: Span) => service === 'storefront' && kind === 'server';
  const others = ({ service }: Span) => service === 'payments';
  expect(told(spans, its).failed).toBeGreaterThan(0.15);
  expect(told(before, its).failed).toBeLessThan(0.06);
  expect(told(spans, its).median).toBeGreaterThan(1.8 * told(before, its).median);
  expect(told(spans, callers).median).toBeGreaterThan(1.5 * told(before, callers).median);
  expect(told(spans, others).median).toBeLessThan(1.2 * told(before, others).median);
  const thrown = spans.filter(({ attributes }) => attributes['exception.type'] === 'TypeError');
  expect(thrown.length).toBeGreaterThan(0);
  expect(thrown.every(its)).toBe(true);
  expect(new Set(thrown.map(({ attributes }) => attributes['service.version'])).size).toBe(1);
  expect(thrown[0]?.attributes['exception.message']).toMatch(/reading 'currency'/);
});

test('a leak slows the spans of its own server alone; mended, they are as before', async () => {
  const { jaeger, estate, awx, pass, now } = await openCompany(database.db);
  const broken = await estate.break('memory-leak', now());
  if (broken.kind === 'refused') throw new Error(broken.because);
  const { service, server = '' } = broken.target;
  const slow = pass(90);
  const during = await jaeger.findSpans(service, new Date(slow.getTime() - 20_000), slow, 200);
  const here = (one: Span) =>
    one.service === service && one.kind === 'server' && one.attributes['host.name'] === server;
  const there = (one: Span) =>
    one.service === service && one.kind === 'server' && one.attributes['host.name'] !== server;
  const before = await jaeger.findSpans(service, ago(2 * minute), friday, 200);
  expect(told(during, here).median).toBeGreaterThan(2 * told(before, here).median);
  if (before.some(there)) expect(told(during, there).median).toBeLessThan(1.3 * told(before, there).median);
  await awx.launch('restart-service', { service, server });
  const mended = pass(120);
  const after = await jaeger.findSpans(service, new Date(mended.getTime() - 60_000), mended, 200);
  expect(told(after, here).median).toBeLessThan(1.3 * told(before, here).median);
});

test('a fault of a database shows where the data are asked for', async () => {
  const { jaeger, estate, pass, now } = await openCompany(database.db);
  await estate.break('full-disk', now());
  const after = pass(120);
  const spans = await jaeger.findSpans('orders', new Date(after.getTime() - 90_000), after, 300);
  const asks = ({ attributes }: Span) => attributes['server.address'] === 'db-01';
  expect(told(spans, asks).failed).toBeGreaterThan(0.015);
  expect(
    spans.find(({ attributes }) => /No space left/.test(attributes['exception.message'] ?? '')),
  ).toBeDefined();
});

test('a search by duration, operation or attribute finds what has it', async () => {
  const { estate } = await openCompany(database.db);
  const count = async (more: Params) =>
    (await asked(estate.jaegerUrl, { ...around, 'query.searchDepth': '500', ...more })).body.result
      ?.resourceSpans.length ?? 0;
  const all = await count({});
  const rows: Params[] = [
    { 'query.durationMin': '0.3s' },
    { 'query.durationMax': '70ms', 'query.serviceName': 'storefront', 'query.operationName': 'GET /' },
    { 'query.operation_name': 'POST /capture' },
    { 'query.attributes': '{"error":"true"}' },
    { 'query.attributes': '{"host.name":"web-01"}' },
  ];
  for (const row of rows) {
    const found = await count(row);
    expect(found, JSON.stringify(row)).toBeGreaterThan(0);
    expect(found, JSON.stringify(row)).toBeLessThan(all);
  }
});

const refusals: [params: Params, says: string][] = [
  [{}, 'start_time_min and start_time_max are required'],
  [{ ...around, 'query.startTimeMin': 'yesterday' }, 'malformed parameter query.startTimeMin'],
  [{ ...around, 'query.startTimeMax': '1795168800' }, 'malformed parameter query.startTimeMax'],
  [{ ...around, 'query.searchDepth': '0' }, 'malformed parameter query.searchDepth'],
  [{ ...around, 'query.durationMin': '10' }, 'malformed parameter query.durationMin'],
  [{ ...around, 'query.attributes': '{' }, 'malformed parameter query.attributes'],
  [{ ...around, 'query.filter': '{}' }, 'structured filters are not enabled'],
];
test.each(refusals)('%o is refused in plain words', async (params, says) => {
  const { estate } = await openCompany(database.db);
  expect(await asked(estate.jaegerUrl, params)).toEqual({
    status: 400,
    body: { error: { httpCode: 400, message: says } },
  });
});
