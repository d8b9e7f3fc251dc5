import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Estate } from '../../src/estate/estate.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openEmbeddedTest } from '../databases.ts';
import { openCompany, reopen } from './company.ts';

let database: Database;
let estate: Estate;
beforeAll(async () => {
  database = await openEmbeddedTest();
});
beforeEach(async () => {
  await sql`truncate estate_change restart identity`.execute(database.db);
  estate = (await openCompany(database.db)).estate;
});
afterAll(() => database.close());

type Login = Estate['jira'];

async function call(login: Login, method: string, path: string, body?: unknown) {
  const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const response = await fetch(`${login.url}${path}`, {
    method,
    headers: { authorization },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

const table = '/api/now/table/change_request';
const change = { type: 'standard', short_description: 'Restart', correlation_id: 'act-1' };
const issue = {
  project: { key: 'OPS' },
  issuetype: { name: 'Change' },
  summary: 'Restart',
  labels: ['roster-act-1'],
};

describe("the company's ServiceNow", () => {
  const made = async (fields: object = {}) =>
    (await call(estate.serviceNow, 'POST', table, { ...change, ...fields })).body.result;

  test('makes a change with a number and finds it by its correlation id, also after a restart', async () => {
    const { status, body, headers } = await call(estate.serviceNow, 'POST', table, change);
    expect([status, body.result.number, body.result.state]).toEqual([201, 'CHG0030001', '-5']);
    expect(headers.get('location')).toBe(`${table}/${body.result.sys_id}`);
    await estate.close();
    estate = (await reopen(database.db)).estate;
    const path = `${table}?sysparm_query=correlation_id%3Dact-1%5EORDERBYsys_created_on&sysparm_fields=number`;
    expect((await call(estate.serviceNow, 'GET', path)).body).toEqual({ result: [{ number: 'CHG0030001' }] });
    const page = `${estate.serviceNow.url}/nav_to.do?uri=change_request.do?sys_id=${body.result.sys_id}`;
    expect(await (await fetch(page)).text()).toContain('short_description: Restart');
  });

  const roads = [
    { type: 'standard', states: ['-2', '-1', '0', '3'] },
    { type: 'emergency', states: ['-3', '-2', '-1', '0', '3'] },
    { type: 'normal', states: ['-4', '-3', '-2', '-1', '0', '3'] },
  ];
  test.each(roads)('moves a $type change on state by state, and skips none', async ({ type, states }) => {
    const { sys_id } = await made({ type });
    const ends = { close_code: 'successful', close_notes: 'Done.' };
    const skipped = await call(estate.serviceNow, 'PATCH', `${table}/${sys_id}`, { state: '3', ...ends });
    expect([skipped.status, skipped.body.error.message]).toEqual([403, 'Operation Failed']);
    for (const state of states) {
      const moved = await call(estate.serviceNow, 'PATCH', `${table}/${sys_id}`, { state, ...ends });
      expect(moved.body.result).toMatchObject({ state });
    }
  });

  const wrong: [what: string, method: string, path: string, body: unknown, status: number][] = [
    ['another table', 'GET', '/api/now/table/nothing', undefined, 400],
    ['a change that is not there', 'GET', `${table}/${'0'.repeat(32)}`, undefined, 404],
    [
      'an end before the beginning',
      'POST',
      table,
      { ...change, start_date: '2026-11-21 10:00:00', end_date: '2026-11-21 09:00:00' },
      403,
    ],
  ];
  test.each(wrong)('refuses %s', async (_, method, path, body, status) => {
    expect((await call(estate.serviceNow, method, path, body)).status).toBe(status);
  });

  test('adds to its journal, and closes nothing without notes', async () => {
    const { sys_id } = await made();
    const path = `${table}/${sys_id}`;
    for (const [state, work_notes] of [
      ['-2', 'one'],
      ['-1', 'two'],
      ['0', 'three'],
    ])
      await call(estate.serviceNow, 'PATCH', path, { state, work_notes });
    const { body } = await call(estate.serviceNow, 'GET', path);
    expect(body.result.work_notes).toBe('three\n\ntwo\n\none');
    expect((await call(estate.serviceNow, 'PATCH', path, { state: '3' })).status).toBe(403);
  });
});

describe("the company's Jira", () => {
  const made = async () => (await call(estate.jira, 'POST', '/rest/api/3/issue', { fields: issue })).body;

  test('makes an issue, finds it by its label, and shows it, also after a restart', async () => {
    expect(await made()).toMatchObject({ key: 'OPS-1', id: '10001' });
    await estate.close();
    estate = (await reopen(database.db)).estate;
    const jql = encodeURIComponent('project = "OPS" AND labels = "roster-act-1" ORDER BY created ASC');
    const { body } = await call(estate.jira, 'GET', `/rest/api/3/search/jql?jql=${jql}&fields=status`);
    expect(body).toMatchObject({
      isLast: true,
      issues: [{ key: 'OPS-1', fields: { status: { name: 'Review' } } }],
    });
    expect(await (await fetch(`${estate.jira.url}/browse/OPS-1`)).text()).toContain('OPS-1: Restart');
  });

  test('offers ways on by status and takes no other', async () => {
    await made();
    const path = '/rest/api/3/issue/OPS-1/transitions';
    const names = async () =>
      (await call(estate.jira, 'GET', path)).body.transitions.map(({ name }: { name: string }) => name);
    expect(await names()).toEqual(['Approve', 'Cancel']);
    expect((await call(estate.jira, 'POST', path, { transition: { id: '31' } })).status).toBe(400);
    expect((await call(estate.jira, 'POST', path, { transition: { id: '11' } })).status).toBe(204);
    expect(await names()).toEqual(['Implement', 'Cancel']);
  });

  const wrong: [what: string, fields: object, says: object][] = [
    ['a project it does not have', { project: { key: 'NOT' } }, { project: 'valid project is required' }],
    [
      'a type it does not have',
      { issuetype: { name: 'Story' } },
      { issuetype: 'Specify a valid issue type' },
    ],
    ['a label with a space', { labels: ['a b'] }, { labels: 'The label contains spaces which is invalid.' }],
  ];
  test.each(wrong)('refuses %s', async (_, fields, says) => {
    const { status, body } = await call(estate.jira, 'POST', '/rest/api/3/issue', {
      fields: { ...issue, ...fields },
    });
    expect([status, body.errors]).toEqual([400, says]);
  });
});

test('both let in only who knows the password', async () => {
  const [sn, jira] = [estate.serviceNow, estate.jira];
  expect((await call({ ...sn, password: 'x' }, 'GET', table)).status).toBe(401);
  expect((await call({ ...jira, password: 'x' }, 'GET', '/rest/api/3/issue/OPS-1')).status).toBe(401);
});
