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

const hour = 3_600_000;
const day = 24 * hour;
const ago = (milliseconds: number) => new Date(friday.getTime() - milliseconds);

test('background lines of a service: one info line every 30 s, an error now and then', async () => {
  const { loki } = await openCompany(database.db);
  const info = await loki.queryRange('{app="checkout", level="info"}', ago(hour), friday, 5_000);
  const errors = await loki.queryRange('{app="checkout", level="error"}', ago(hour), friday, 5_000);
  expect(Math.abs(info.length - 120)).toBeLessThanOrEqual(1);
  expect(Math.abs(errors.length - 6)).toBeLessThanOrEqual(1);
  expect(info[0]?.labels).toEqual({ job: 'apps', app: 'checkout', level: 'info', instance: 'app-01' });
  for (const lines of [info, errors]) {
    expect(lines).toEqual(lines.toSorted((a, b) => b.at.getTime() - a.at.getTime()));
    expect(lines.every(({ at }) => at >= ago(hour) && at < friday)).toBe(true);
  }
});

test('a limit keeps the newest, a filter what holds its words', async () => {
  const { loki } = await openCompany(database.db);
  const all = await loki.queryRange('{job="apps"}', ago(hour), friday, 5_000);
  expect(await loki.queryRange('{job="apps"}', ago(hour), friday, 10)).toEqual(all.slice(0, 10));
  const posts = await loki.queryRange('{job="apps"} |= "POST /checkout" |= `200`', ago(hour), friday, 5_000);
  expect(posts.length).toBeGreaterThan(0);
  expect(posts).toEqual(all.filter(({ line }) => line.includes('POST /checkout') && line.includes('200')));
});

test('the same hour always holds the same lines, however it is cut', async () => {
  const { loki } = await openCompany(database.db);
  const whole = await loki.queryRange('{job="apps"}', ago(hour), friday, 5_000);
  const cut = ago(hour / 3);
  const parts = await Promise.all([
    loki.queryRange('{job="apps"}', cut, friday, 5_000),
    loki.queryRange('{job="apps"}', ago(hour), cut, 5_000),
  ]);
  expect(parts.flat()).toEqual(whole);
});

test('deployments happen on working days, and each replaces what the one before brought', async () => {
  const { loki } = await openCompany(database.db);
  const lines = await loki.queryRange('{job="deployments"}', ago(21 * day), friday, 1_000);
  expect(lines.length).toBeGreaterThan(15);
  const deployments = lines.reverse().map(({ at, labels, line }) => {
    const [, service, version, replacing] =
      /^deployed service=(\S+) version=(\S+) replacing=(\S+) by=pipeline$/.exec(line) ?? [];
    expect(labels).toEqual({ job: 'deployments', service });
    expect([0, 6]).not.toContain(at.getUTCDay());
    expect(version).toBe(`${at.toISOString().slice(0, 10).replaceAll('-', '.')}-1`);
    return { service, version, replacing };
  });
  for (const [service, own] of Map.groupBy(deployments, ({ service }) => service)) {
    expect(service).toBeTruthy();
    for (const [nth, { replacing }] of own.entries())
      if (nth > 0) expect(replacing).toBe(own[nth - 1]?.version);
  }
});

test('answers have the shape of its HTTP API, forward too', async () => {
  const { estate } = await openCompany(database.db);
  const shape = z.strictObject({
    status: z.literal('success'),
    data: z.strictObject({
      resultType: z.literal('streams'),
      result: z.array(
        z.strictObject({
          stream: z.record(z.string(), z.string()),
          values: z.array(z.tuple([z.string().regex(/^\d{19}$/), z.string()])),
        }),
      ),
      stats: z.object({}),
    }),
  });
  const params = new URLSearchParams({
    query: '{app="orders"}',
    start: '2026-11-20T09:00:00Z',
    end: `${friday.getTime() / 1000}`,
    limit: '7',
    direction: 'FORWARD',
  });
  const response = await fetch(`${estate.lokiUrl}/loki/api/v1/query_range?${params}`);
  const { data } = shape.parse(await response.json());
  const times = data.result.flatMap(({ values }) => values.map(([at]) => at));
  expect(times).toHaveLength(7);
  expect(times.every((at) => BigInt(at) >= 1795165200000000000n)).toBe(true);
  for (const { values } of data.result)
    expect(values).toEqual(values.toSorted(([a], [b]) => (a < b ? -1 : 1)));
});

const refusals = [
  { params: {}, says: 'parse error at line 1, col 1: syntax error: unexpected $end' },
  { params: { query: 'rate({app="a"}[1m])' }, says: /^parse error at line 1, col 1: syntax error/ },
  {
    params: { query: '{app=~"a.*"}' },
    says: /^parse error at line 1, col \d+: syntax error: unexpected "=~"/,
  },
  { params: { query: '{app=""}' }, says: /^parse error : queries require at least one/ },
  { params: { query: '{app="a"}', limit: '0' }, says: 'limit must be a positive value' },
  {
    params: { query: '{app="a"}', limit: '5001' },
    says: 'max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)',
  },
  { params: { query: '{app="a"}', start: 'yesterday' }, says: "could not parse 'start' parameter" },
  {
    params: { query: '{app="a"}', start: '2026-11-20T10:00:00Z', end: '2026-11-20T09:00:00Z' },
    says: 'end timestamp must not be before or equal to start time',
  },
  {
    params: { query: '{app="a"}', start: '2026-09-20T10:00:00Z' },
    says: /^the query time range exceeds the limit/,
  },
  { params: { query: '{app="a"}', direction: 'sideways' }, says: "invalid direction 'sideways'" },
];
test.each(refusals)('$params is refused in plain words', async ({ params, says }) => {
  const { estate } = await openCompany(database.db);
  const response = await fetch(
    `${estate.lokiUrl}/loki/api/v1/query_range?${new URLSearchParams(params as Record<string, string>)}`,
  );
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await response.text()).toEqual(says instanceof RegExp ? expect.stringMatching(says) : says);
});
