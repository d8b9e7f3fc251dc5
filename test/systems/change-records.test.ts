import { expect, onTestFinished, test } from 'vitest';
import type { SystemFailed } from '../../src/systems/http.ts';
import { openJira } from '../../src/systems/jira/read.ts';
import { openJiraWriter } from '../../src/systems/jira/write.ts';
import { openServiceNow } from '../../src/systems/servicenow/read.ts';
import { openServiceNowWriter } from '../../src/systems/servicenow/write.ts';
import { openWire } from './wire.ts';

const row = { sys_id: '0123456789abcdef0123456789abcdef', number: 'CHG0030001', state: '-5' };
const login = { user: 'roster', password: 'p', timeoutMs: 500 };
const basic = `Basic ${Buffer.from('roster:p').toString('base64')}`;

async function wire(...given: Parameters<typeof openWire>) {
  const opened = await openWire(...given);
  onTestFinished(opened.close);
  return { ...opened, access: { ...login, url: opened.url } };
}

test('ServiceNow: a change is looked for by its correlation id, made and changed as the Table API wants it', async () => {
  const { access, seen } = await wire(({ method }) => ({
    body: { result: method === 'GET' ? [row] : { ...row, state: '-1' } },
  }));
  const change = { id: row.sys_id, number: 'CHG0030001', state: -5 };
  expect(await openServiceNow(access).findChange('act-1')).toEqual(change);
  const writer = openServiceNowWriter(access);
  await writer.createChange({ short_description: 'Restart', correlation_id: 'act-1' });
  expect(await writer.updateChange(row.sys_id, { state: '-1' })).toEqual({ ...change, state: -1 });
  const table = '/api/now/table/change_request';
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET ${table}`,
    `POST ${table}`,
    `PATCH ${table}/${row.sys_id}`,
  ]);
  expect(seen[0]?.params.get('sysparm_query')).toBe('correlation_id=act-1^ORDERBYsys_created_on');
  expect(seen[1]?.params.get('sysparm_input_display_value')).toBe('false');
  expect(JSON.parse(seen[1]?.body ?? '')).toEqual({ short_description: 'Restart', correlation_id: 'act-1' });
  expect(seen.map(({ authorization }) => authorization)).toEqual([basic, basic, basic]);
});

test('ServiceNow: a page of a hibernating instance is no answer, and no change is made up from it', async () => {
  const { access } = await wire(() => ({ body: '<html>Your instance is hibernating</html>' }));
  await expect(openServiceNow(access).findChange('act-1')).rejects.toThrow('a body that is not JSON');
});

test('Jira: an issue is looked for by its label, made with a document, commented on and moved', async () => {
  const { access, seen } = await wire(({ method, path }) => {
    if (path === '/rest/api/3/search/jql')
      return { body: { issues: [{ id: '1', key: 'OPS-1' }], isLast: true } };
    if (method === 'GET')
      return { body: { transitions: [{ id: '21', name: 'Implement', to: { name: 'Implementing' } }] } };
    if (path.endsWith('/transitions')) return { status: 204, body: '' };
    return { status: 201, body: { id: '1', key: 'OPS-1', self: 'x' } };
  });
  const [reader, writer] = [openJira(access), openJiraWriter(access)];
  expect(await reader.issueWith('OPS', 'roster-act-1')).toEqual({ id: '1', key: 'OPS-1' });
  const description = ['Why: it grows.', '', 'Target: web-1'];
  const issue = { project: 'OPS', issueType: 'Change', summary: 'Restart', description, labels: ['roster'] };
  await writer.createIssue({ ...issue, fields: { customfield_10010: 'ops/change', project: 'NOT' } });
  await writer.comment('OPS-1', ['Running.']);
  expect(await reader.transitionsOf('OPS-1')).toEqual([{ id: '21', name: 'Implement', to: 'Implementing' }]);
  await writer.transition('OPS-1', '21');
  expect(seen[0]?.params.get('jql')).toBe('project = "OPS" AND labels = "roster-act-1" ORDER BY created ASC');
  const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  expect(JSON.parse(seen[1]?.body ?? '')).toEqual({
    fields: {
      customfield_10010: 'ops/change',
      project: { key: 'OPS' },
      issuetype: { name: 'Change' },
      summary: 'Restart',
      description: {
        type: 'doc',
        version: 1,
        content: [paragraph('Why: it grows.'), paragraph('Target: web-1')],
      },
      labels: ['roster'],
    },
  });
  expect(JSON.parse(seen[2]?.body ?? '').body.content).toEqual([paragraph('Running.')]);
  expect(JSON.parse(seen[4]?.body ?? '')).toEqual({ transition: { id: '21' } });
});

const failures = [
  {
    what: 'ServiceNow',
    ask: (url: string) => openServiceNow({ ...login, url }).change(row.sys_id),
    body: { error: { message: 'No Record found', detail: 'ACL restricts it' }, status: 'failure' },
    says: `ServiceNow answered GET /api/now/table/change_request/${row.sys_id} with 404: No Record found: ACL restricts it`,
  },
  {
    what: 'Jira',
    ask: (url: string) => openJira({ ...login, url }).statusOf('OPS-1'),
    body: { errorMessages: ['Issue does not exist.'], errors: { key: 'is wrong' } },
    says: 'Jira answered GET /rest/api/3/issue/OPS-1 with 404: Issue does not exist. key: is wrong',
  },
];
test.each(failures)('$what says itself what went wrong', async ({ ask, body, says }) => {
  const { url } = await wire(() => ({ status: 404, body }));
  await expect(ask(url)).rejects.toThrow(says);
});

const waits: [header: string | undefined, ms: [number, number] | undefined][] = [
  ['120', [120_000, 120_000]],
  [new Date(Date.now() + 60_000).toUTCString(), [50_000, 61_000]],
  ['soon', undefined],
  [undefined, undefined],
];
test.each(waits)('Retry-After: %s', async (header, ms) => {
  const { access } = await wire(() => ({
    status: 429,
    ...(header !== undefined && { headers: { 'retry-after': header } }),
  }));
  const failed: SystemFailed = await openServiceNow(access)
    .findChange('act-1')
    .then(
      () => {
        throw new Error('It answered.');
      },
      (error) => error,
    );
  expect(failed.status).toBe(429);
  if (!ms) return expect(failed.retryAfterMs).toBeUndefined();
  expect(failed.retryAfterMs).toBeGreaterThanOrEqual(ms[0]);
  expect(failed.retryAfterMs).toBeLessThanOrEqual(ms[1]);
});
