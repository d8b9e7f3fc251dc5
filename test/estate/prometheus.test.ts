import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../src/postgres/database.ts';
import { openEmbeddedTest } from '../databases.ts';
import { friday, openCompany } from './company.ts';

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedTest();
});
afterAll(() => database.close());

/** QueryOutputBody and QueryRangeOutputBody of Prometheus' OpenAPI description, for the types this company answers. */
const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
const answers = {
  vector: z.strictObject({
    status: z.literal('success'),
    data: z.strictObject({
      resultType: z.literal('vector'),
      result: z.array(z.strictObject({ metric: labels, value: point })),
    }),
  }),
  matrix: z.strictObject({
    status: z.literal('success'),
    data: z.strictObject({
      resultType: z.literal('matrix'),
      result: z.array(z.strictObject({ metric: labels, values: z.array(point) })),
    }),
  }),
  error: z.strictObject({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
};

async function get(base: string, path: string, params: Record<string, string> = {}, init: RequestInit = {}) {
  const response = await fetch(`${base}${path}?${new URLSearchParams(params)}`, init);
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) };
}

const metrics = [
  { query: 'node_memory_MemAvailable_bytes', series: 12, has: { job: 'node', instance: 'app-03' } },
  {
    query: 'node_filesystem_avail_bytes{mountpoint="/"}',
    series: 12,
    has: { job: 'node', instance: 'db-01', mountpoint: '/' },
  },
  {
    query: 'node_cpu_seconds_total{mode="user"}',
    series: 12,
    has: { job: 'node', instance: 'web-01', mode: 'user' },
  },
  { query: 'http_requests_total', series: 6, has: { job: 'apps', service: 'checkout' } },
  { query: 'http_requests_errors_total', series: 6, has: { job: 'apps', service: 'orders' } },
  { query: 'http_request_duration_p95_seconds', series: 6, has: { job: 'apps', service: 'search' } },
];
test.each(metrics)('$query: now, and over 21 days', async ({ query, series, has }) => {
  const { prometheus } = await openCompany(database.db);
  const now = await prometheus.query(query, friday);
  const name = query.replace(/\{.*/, '');
  expect(now).toHaveLength(series);
  expect(now.map(({ labels }) => labels)).toContainEqual({ __name__: name, ...has });
  expect(now.every(({ value, at }) => value > 0 && at.getTime() === friday.getTime())).toBe(true);
  const history = await prometheus.queryRange(
    query,
    new Date(friday.getTime() - 21 * 86_400_000),
    friday,
    300,
  );
  expect(history.map(({ values }) => values.length)).toEqual(Array(series).fill(21 * 288 + 1));
  expect(history.map(({ values }) => values.at(-1)?.[1])).toEqual(now.map(({ value }) => value));
});

test('rate() is what the counter gained, by the second, without its name', async () => {
  const { prometheus } = await openCompany(database.db);
  const [rate] = await prometheus.query('rate(http_requests_total{service="checkout"}[1m30s])', friday);
  const [end] = await prometheus.query('http_requests_total{service="checkout"}', friday);
  const [start] = await prometheus.query(
    'http_requests_total{service="checkout"}',
    new Date(friday.getTime() - 90_000),
  );
  expect(rate?.labels).toEqual({ job: 'apps', service: 'checkout' });
  expect(rate?.value).toBeCloseTo(((end?.value ?? 0) - (start?.value ?? 0)) / 90, 6);
  expect(rate?.value).toBeGreaterThan(10);
});

test('when a certificate ends, and how long that is from now', async () => {
  const { prometheus } = await openCompany(database.db);
  const [ends] = await prometheus.query('probe_ssl_earliest_cert_expiry{instance="web-01"}', friday);
  const [left] = await prometheus.query('probe_ssl_earliest_cert_expiry{instance="web-01"} - time()', friday);
  expect(ends?.labels).toEqual({ ...left?.labels, __name__: 'probe_ssl_earliest_cert_expiry' });
  expect(left?.value).toBeCloseTo((ends?.value ?? 0) - friday.getTime() / 1_000, 3);
  expect(left?.value).toBeGreaterThan(4 * 86_400);
  expect(left?.value).toBeLessThan(7 * 86_400);
});

const selections = [
  { query: '{__name__="http_requests_total", service="orders"}', series: 1 },
  { query: `http_requests_total{service='orders',}`, series: 1 },
  { query: 'http_requests_total{service=`orders`, job="apps"}', series: 1 },
  { query: '{instance="app-01"}', series: 8 },
  { query: 'http_requests_total{service="orders", instance=""}', series: 1 },
  { query: 'http_requests_total{service="{}"}', series: 0 },
  { query: 'rate( http_requests_total { job = "apps" } [750ms] )', series: 6 },
  { query: 'unheard_of', series: 0 },
];
test.each(selections)('$query selects $series', async ({ query, series }) => {
  const { prometheus } = await openCompany(database.db);
  expect(await prometheus.query(query, friday)).toHaveLength(series);
});

test('answers have the shape of its OpenAPI description, by GET and by form alike', async () => {
  const { estate } = await openCompany(database.db);
  const instant = { query: 'http_requests_total', time: friday.toISOString() };
  const range = {
    query: 'rate(http_requests_total[5m])',
    start: '2026-11-20T10:00:00Z',
    end: '2026-11-20T10:05:00Z',
    step: '1m',
  };
  for (const [path, params, shape] of [
    ['/api/v1/query', instant, answers.vector],
    ['/api/v1/query_range', range, answers.matrix],
  ] as const) {
    const got = await get(estate.prometheusUrl, path, params);
    const posted = await get(
      estate.prometheusUrl,
      path,
      {},
      { method: 'POST', body: new URLSearchParams(params) },
    );
    expect(got.status).toBe(200);
    expect(shape.parse(got.json()).data.result).toHaveLength(6);
    expect(posted).toMatchObject({ status: 200, text: got.text });
  }
});

const long = { query: 'up', start: '1763000000', end: '1763000000', step: '15' };
const refusals = [
  {
    path: '/api/v1/query',
    params: {},
    says: 'invalid parameter "query": 1:1: parse error: no expression found in input',
  },
  {
    path: '/api/v1/query',
    params: { query: 'rate(http_requests_total)' },
    says: 'invalid parameter "query": 1:6: parse error: expected type range vector in call to function "rate", got instant vector',
  },
  {
    path: '/api/v1/query',
    params: { query: 'sum(http_requests_total)' },
    says: /^invalid parameter "query": 1:1: parse error: unexpected expression/,
  },
  {
    path: '/api/v1/query',
    params: { query: 'up > 1' },
    says: /^invalid parameter "query": 1:1: parse error/,
  },
  {
    path: '/api/v1/query',
    params: { query: 'http_requests_total{service=~"a|b"}' },
    says: /^invalid parameter "query": 1:\d+: parse error: unexpected "=~"/,
  },
  {
    path: '/api/v1/query',
    params: { query: 'http_requests_total{service!="a"}' },
    says: /^invalid parameter "query": 1:\d+: parse error: unexpected "!="/,
  },
  {
    path: '/api/v1/query',
    params: { query: 'http_requests_total{service}' },
    says: /^invalid parameter "query": 1:\d+: parse error: unexpected character in label matching/,
  },
  {
    path: '/api/v1/query',
    params: { query: '{service=""}' },
    says: 'invalid parameter "query": 1:1: parse error: vector selector must contain at least one non-empty matcher',
  },
  {
    path: '/api/v1/query',
    params: { query: 'rate(up[5 minutes])' },
    says: /bad number or duration syntax: "5 minutes"$/,
  },
  {
    path: '/api/v1/query',
    params: { query: 'up', time: 'soon' },
    says: `invalid parameter "time": Invalid time value for 'time': cannot parse "soon" to a valid timestamp`,
  },
  {
    path: '/api/v1/query_range',
    params: { ...long, query: 'up[5m]' },
    says: 'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
  },
  {
    path: '/api/v1/query_range',
    params: { query: 'up' },
    says: 'invalid parameter "start": cannot parse "" to a valid timestamp',
  },
  {
    path: '/api/v1/query_range',
    params: { ...long, end: '1762999999' },
    says: 'invalid parameter "end": end timestamp must not be before start time',
  },
  {
    path: '/api/v1/query_range',
    params: { ...long, step: '0' },
    says: 'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
  },
  {
    path: '/api/v1/query_range',
    params: { ...long, step: 'x' },
    says: 'invalid parameter "step": cannot parse "x" to a valid duration',
  },
  {
    path: '/api/v1/query_range',
    params: { ...long, start: '1762000000', step: '1' },
    says: 'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  },
];
test.each(refusals)('$path $params is refused as Prometheus does', async ({ path, params, says }) => {
  const { estate } = await openCompany(database.db);
  const { status, json } = await get(estate.prometheusUrl, path, params as Record<string, string>);
  expect(status).toBe(400);
  const { errorType, error } = answers.error.parse(json());
  expect(errorType).toBe('bad_data');
  expect(error).toEqual(says instanceof RegExp ? expect.stringMatching(says) : says);
});

test('nothing is known of the future, nor of what was before all counting', async () => {
  const { prometheus } = await openCompany(database.db);
  const later = new Date(friday.getTime() + 3_600_000);
  expect(await prometheus.query('http_requests_total', later)).toEqual([]);
  expect(await prometheus.query('http_requests_total', new Date(0))).toEqual([]);
  const [across] = await prometheus.queryRange(
    'http_requests_total',
    new Date(friday.getTime() - 600_000),
    later,
    300,
  );
  expect(across?.values).toHaveLength(3);
});

const doors = [
  { path: '/-/healthy', method: 'GET', status: 200 },
  { path: '/api/v1/labels', method: 'GET', status: 404 },
  { path: '/api/v1/query', method: 'DELETE', status: 405 },
];
test.each(doors)('$method $path answers $status', async ({ path, method, status }) => {
  const { estate } = await openCompany(database.db);
  expect((await get(estate.prometheusUrl, path, {}, { method })).status).toBe(status);
});

test('a body too large is refused, and the company goes on', async () => {
  const { estate, prometheus } = await openCompany(database.db);
  const body = new URLSearchParams({ query: 'x'.repeat(2_000_000) });
  expect((await get(estate.prometheusUrl, '/api/v1/query', {}, { method: 'POST', body })).status).toBe(413);
  expect((await get(estate.url, '/nowhere/at/all')).status).toBe(404);
  expect((await get(estate.url, '/constructor/x')).status).toBe(404);
  expect(await prometheus.query('http_requests_total', friday)).toHaveLength(6);
});
