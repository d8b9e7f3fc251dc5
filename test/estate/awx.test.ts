import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../src/postgres/database.ts';
import { reachAwx } from '../../src/tools/awx-template.ts';
import { rotateLogs } from '../../src/tools/rotate-logs.ts';
import { openEmbeddedTest } from '../databases.ts';
import { type Company, openCompany, reopen } from './company.ts';

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedTest();
});
afterAll(() => database.close());

async function call({ estate }: Company, path: string, init: RequestInit = {}) {
  const authorization = `Bearer ${estate.awxToken}`;
  const response = await fetch(`${estate.awxUrl}${path}`, { headers: { authorization }, ...init });
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) };
}

/** Runs a job to its end and returns it. */
async function run(
  { awx, pass }: Company,
  template: string,
  extraVars: Record<string, string>,
  limit?: string,
) {
  const launched = await awx.launch(template, extraVars, limit);
  if (launched.kind === 'refused') throw new Error(launched.because);
  pass(8);
  return awx.job(launched.job);
}

test('a job waits, runs and ends in 3 to 8 seconds, whatever the speed', async () => {
  for (const speed of [1, 20]) {
    const { awx, pass } = await openCompany(database.db, { speed });
    const launched = await awx.launch('restart-service', {
      service: 'checkout',
      server: 'app-01',
      mark: 'action-17',
    });
    expect(launched).toEqual({ kind: 'launched', job: 1 });
    const seen: string[] = [];
    for (let tenths = 0; tenths <= 80; tenths++) {
      const { status, stdout, startedAt, finishedAt } = await awx.job(1);
      if (seen.at(-1) !== status) seen.push(status);
      if (status === 'successful') {
        expect(tenths).toBeGreaterThanOrEqual(30);
        expect(finishedAt?.getTime()).toBeGreaterThan(startedAt?.getTime() ?? Infinity);
        expect(stdout).toMatch(/TASK \[Restart checkout\] \*+\nchanged: \[app-01\]/);
        break;
      }
      expect({ stdout, finishedAt }).toEqual({});
      pass(0.1);
    }
    expect(seen).toEqual(['pending', 'waiting', 'running', 'successful']);
    expect(await awx.findJob('action-17')).toMatchObject({
      id: 1,
      template: 'restart-service',
      status: 'successful',
    });
    expect(await awx.findJob('action-18')).toBeUndefined();
  }
});

const failures: { template: string; vars: Record<string, string>; says: string }[] = [
  { template: 'restart-service', vars: { service: 'checkout' }, says: 'The variable server is not set.' },
  {
    template: 'restart-service',
    vars: { service: 'checkout', server: 'db-01' },
    says: 'Could not find the requested service checkout: host',
  },
  {
    template: 'roll-back-deployment',
    vars: { service: 'checkout', version: '1999.01.01-1' },
    says: 'Version 1999.01.01-1 of checkout is not in the registry',
  },
  {
    template: 'roll-back-deployment',
    vars: { service: 'chequeout', version: '1' },
    says: 'No deployment is called chequeout',
  },
];
test.each(failures)('$template of $vars fails', async ({ template, vars, says }) => {
  const job = await run(await openCompany(database.db), template, vars);
  expect(job.status).toBe('failed');
  expect(job.stdout).toContain(says);
});

test('a limit: to a host of the play, to another host, to a host of nobody', async () => {
  const company = await openCompany(database.db);
  expect(await run(company, 'rotate-logs', { server: 'db-01' }, 'db-01')).toMatchObject({
    status: 'successful',
    stdout: expect.stringContaining('changed: [db-01]'),
  });
  expect(await run(company, 'rotate-logs', { server: 'db-01' }, 'db-02')).toMatchObject({
    status: 'successful',
    stdout: expect.stringContaining('skipping: no hosts matched'),
  });
  expect(await run(company, 'rotate-logs', { server: 'db-01' }, 'db-99')).toMatchObject({
    status: 'failed',
    stdout: expect.stringContaining('does not match any hosts'),
  });
});

test('a job that is cancelled ends at once and changes nothing; one that has ended cannot be', async () => {
  const company = await openCompany(database.db);
  const { awx, estate, pass, now } = company;
  await estate.break('full-disk', now());
  await awx.launch('rotate-logs', { server: 'db-01' });
  pass(1);
  const cancelled = await call(company, '/api/v2/jobs/1/cancel/', {
    method: 'POST',
    headers: { authorization: `Bearer ${estate.awxToken}` },
  });
  expect([cancelled.status, cancelled.text]).toEqual([202, '']);
  const at = now();
  pass(30);
  expect(await awx.job(1)).toMatchObject({ status: 'canceled', finishedAt: at, stdout: '' });
  expect(estate.openFaults().map(({ name }) => name)).toEqual(['full-disk']);
  const again = await call(company, '/api/v2/jobs/1/cancel/', {
    method: 'POST',
    headers: { authorization: `Bearer ${estate.awxToken}` },
  });
  expect(again.status).toBe(405);
  await awx.cancel(1);
  await expect(awx.cancel(99)).rejects.toThrow('with 404');

  await estate.close();
  const after = await reopen(database.db, { at: now() });
  expect(await after.awx.job(1)).toMatchObject({ status: 'canceled', finishedAt: at });
  expect(after.estate.openFaults().map(({ name }) => name)).toEqual(['full-disk']);
});

test('a tool stops its own work: cancelled, or done when it was quicker', async () => {
  const { estate, pass } = await openCompany(database.db);
  const tool = rotateLogs(reachAwx({ url: estate.awxUrl, token: estate.awxToken }));
  const begun = async (key: string) => {
    const progress = await tool.start({ server: 'db-01' }, key);
    if (progress.kind !== 'running') throw new Error(progress.kind);
    return progress.handle;
  };
  expect(await tool.cancel?.(await begun('act-1'))).toEqual({ kind: 'cancelled' });
  const quick = await begun('act-2');
  pass(8);
  expect(await tool.cancel?.(quick)).toMatchObject({
    kind: 'done',
    output: expect.stringContaining('changed: [db-01]'),
  });
});

test('templates and jobs come as AWX lists them, in pages', async () => {
  const company = await openCompany(database.db);
  for (let nth = 0; nth < 5; nth++) await run(company, 'rotate-logs', { server: 'db-01', nth: String(nth) });
  const list = z.object({
    count: z.int(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    results: z.array(z.looseObject({ id: z.int() })),
  });
  const templates = list.parse((await call(company, '/api/v2/job_templates/?name=rotate-logs')).json());
  expect(templates.results).toMatchObject([
    { name: 'rotate-logs', ask_variables_on_launch: true, type: 'job_template' },
  ]);
  const second = list.parse((await call(company, '/api/v2/jobs/?order_by=-id&page_size=2&page=2')).json());
  expect(second.results.map(({ id }) => id)).toEqual([3, 2]);
  expect([second.count, second.next, second.previous]).toEqual([
    5,
    expect.stringContaining('page=3'),
    expect.stringContaining('page=1'),
  ]);
  expect(second.results[0]).toMatchObject({
    type: 'job',
    status: 'successful',
    failed: false,
    extra_vars: '{"server":"db-01","nth":"2"}',
    job_template: 8,
  });
  const since = encodeURIComponent(String(second.results[0]?.created));
  expect(list.parse((await call(company, `/api/v2/jobs/?created__gte=${since}`)).json()).count).toBe(3);
  expect(list.parse((await call(company, '/api/v2/jobs/?status=running')).json()).count).toBe(0);
});

test('a launch answers 201 with the job, and says what it ignored', async () => {
  const company = await openCompany(database.db);
  const body = JSON.stringify({ extra_vars: '{"service": "checkout", "version": 7}', limit: 'app-01' });
  const { status, json } = await call(company, '/api/v2/job_templates/9/launch/', {
    method: 'POST',
    body,
    headers: { authorization: 'Bearer let-me-in', 'content-type': 'application/json' },
  });
  expect(status).toBe(201);
  expect(json()).toMatchObject({
    job: 1,
    id: 1,
    ignored_fields: { limit: 'app-01' },
    status: 'pending',
    extra_vars: '{"service":"checkout","version":"7"}',
    started: null,
  });
});

const launch = '/api/v2/job_templates/7/launch/';
const doors = [
  {
    what: 'no token',
    path: '/api/v2/jobs/',
    init: { headers: {} },
    status: 401,
    says: 'Authentication credentials were not provided.',
  },
  {
    what: 'a wrong token',
    path: '/api/v2/jobs/',
    init: { headers: { authorization: 'Bearer x' } },
    status: 401,
    says: 'Authentication credentials',
  },
  { what: 'a ping without one', path: '/api/v2/ping/', init: { headers: {} }, status: 200, says: 'version' },
  { what: 'an unknown job', path: '/api/v2/jobs/99/', status: 404, says: 'Not found.' },
  {
    what: 'an unknown template',
    path: '/api/v2/job_templates/99/launch/',
    init: { method: 'POST' },
    status: 404,
    says: 'Not found.',
  },
  { what: 'a page too far', path: '/api/v2/jobs/?page=2', status: 404, says: 'Invalid page.' },
  {
    what: 'a search of variables, as AWX itself',
    path: '/api/v2/jobs/?extra_vars__icontains=x',
    status: 403,
    says: 'Filtering on extra_vars is not allowed.',
  },
  {
    what: 'an unknown field',
    path: '/api/v2/jobs/?colour=red',
    status: 400,
    says: "no field named 'colour'",
  },
  { what: 'an unknown lookup', path: '/api/v2/jobs/?id__near=3', status: 400, says: 'Unsupported lookup' },
  {
    what: 'another method',
    path: '/api/v2/jobs/',
    init: { method: 'POST' },
    status: 405,
    says: 'not allowed',
  },
  {
    what: 'a launch that is no JSON',
    path: launch,
    init: { method: 'POST', body: '{' },
    status: 400,
    says: 'JSON parse error',
  },
  {
    what: 'variables that are no object',
    path: launch,
    init: { method: 'POST', body: '{"extra_vars": [1]}' },
    status: 400,
    says: 'Cannot parse as JSON',
  },
  { what: 'what a template asks for', path: launch, status: 200, says: '"ask_variables_on_launch":true' },
];
test.each(doors)('$what answers $status', async ({ path, init, status, says }) => {
  const company = await openCompany(database.db);
  const answer = await call(company, path, init as RequestInit);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(says);
});

test('a template that is not there is refused by the launcher', async () => {
  const { awx } = await openCompany(database.db);
  expect(await awx.launch('reboot-everything', {})).toEqual({
    kind: 'refused',
    because: 'AWX has no job template named "reboot-everything".',
  });
});
