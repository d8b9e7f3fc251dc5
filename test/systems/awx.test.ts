import { expect, onTestFinished, test } from 'vitest';
import { openAwx } from '../../src/systems/awx/read.ts';
import { openAwxLauncher } from '../../src/systems/awx/write.ts';
import { openWire, type Seen } from './wire.ts';

const template = {
  id: 11,
  name: 'restart-service',
  description: '',
  ask_variables_on_launch: true,
  ask_limit_on_launch: true,
  survey_enabled: false,
};
const job = {
  id: 41,
  name: 'restart-service',
  status: 'running',
  started: '2026-11-20T10:00:00.123456Z',
  finished: null,
  extra_vars: '{}',
};

type Said = Exclude<ReturnType<Parameters<typeof openWire>[0]>, 'silence'>;

/** An AWX with these templates that answers a launch like this. */
async function awx(
  templates: unknown[],
  launch: Said | 'silence' = { status: 201, body: { job: 41, ignored_fields: {} } },
) {
  const wire = await openWire(({ method, path }: Seen) => {
    if (method === 'GET')
      return { body: { count: templates.length, next: null, previous: null, results: templates } };
    return path.endsWith('/cancel/') ? { status: 202, body: '' } : launch;
  });
  onTestFinished(wire.close);
  const posts = () => wire.seen.filter(({ method }) => method === 'POST');
  return { launcher: openAwxLauncher({ url: wire.url, token: 't', timeoutMs: 300 }), seen: wire.seen, posts };
}

test('a launch finds the template by name and sends variables and limit', async () => {
  const { launcher, seen, posts } = await awx([template]);
  expect(await launcher.launch('restart-service', { service: 'x', mark: 'action-1' }, 'web-01')).toEqual({
    kind: 'launched',
    job: 41,
  });
  expect(seen[0]?.params.get('name')).toBe('restart-service');
  expect(
    posts().map(({ path, body, authorization }) => ({ path, body: JSON.parse(body), authorization })),
  ).toEqual([
    {
      path: '/api/v2/job_templates/11/launch/',
      body: { extra_vars: { service: 'x', mark: 'action-1' }, limit: 'web-01' },
      authorization: 'Bearer t',
    },
  ]);
});

const unfit = [
  { what: 'an unknown name', templates: [], says: 'AWX has no job template named "restart-service".' },
  {
    what: 'one name twice',
    templates: [template, { ...template, id: 12 }],
    says: 'AWX has 2 job templates named "restart-service": give them different names.',
  },
  {
    what: 'variables not asked for',
    templates: [{ ...template, ask_variables_on_launch: false }],
    says: 'The AWX template "restart-service" ignores variables: switch on "Prompt on launch" for them.',
  },
  {
    what: 'a limit not asked for',
    templates: [{ ...template, ask_limit_on_launch: false }],
    says: 'The AWX template "restart-service" ignores a limit: switch on "Prompt on launch" for it.',
  },
];
test.each(unfit)('$what: refused before anything starts', async ({ templates, says }) => {
  const { launcher, posts } = await awx(templates);
  expect(await launcher.launch('restart-service', { service: 'x' }, 'web-01')).toEqual({
    kind: 'refused',
    because: says,
  });
  expect(posts()).toEqual([]);
});

test('variables that AWX takes note of and ignores: the job is called off at once', async () => {
  const ignored_fields = { extra_vars: { service: 'x' } };
  const survey = { ...template, ask_variables_on_launch: false, survey_enabled: true };
  const { launcher, posts } = await awx([survey], { status: 201, body: { job: 41, ignored_fields } });
  const because = 'AWX started job 41 of "restart-service" ignoring extra_vars; it was told to cancel it.';
  expect(await launcher.launch('restart-service', { service: 'x' })).toEqual({ kind: 'refused', because });
  expect(posts().map(({ path }) => path)).toEqual([
    '/api/v2/job_templates/11/launch/',
    '/api/v2/jobs/41/cancel/',
  ]);
});

test('a 4xx is a no; a 5xx or silence leaves it unknown and throws', async () => {
  const no = await awx([template], {
    status: 400,
    body: { variables_needed_to_start: ["'version' value missing"] },
  });
  expect(await no.launcher.launch('restart-service', {})).toEqual({
    kind: 'refused',
    because: `AWX answered POST /api/v2/job_templates/11/launch/ with 400: {"variables_needed_to_start":["'version' value missing"]}`,
  });
  const broken = await awx([template], { status: 502, body: 'bad gateway' });
  await expect(broken.launcher.launch('restart-service', {})).rejects.toThrow('with 502: bad gateway');
  const silent = await awx([template], 'silence');
  await expect(silent.launcher.launch('restart-service', {})).rejects.toThrow('no answer within 0.3 s');
});

test('cancelling: told once, and a job that has ended is no error; anything else throws', async () => {
  const told = async (said: Said) => {
    const wire = await openWire(() => said);
    onTestFinished(wire.close);
    await openAwxLauncher({ url: wire.url, token: 't' }).cancel(41);
    return wire.seen.map(({ method, path }) => `${method} ${path}`);
  };
  expect(await told({ status: 202, body: '' })).toEqual(['POST /api/v2/jobs/41/cancel/']);
  const ended = { status: 405, body: { detail: 'Method "POST" not allowed.' } };
  expect(await told(ended)).toEqual(['POST /api/v2/jobs/41/cancel/']);
  await expect(told({ status: 404, body: { detail: 'Not found.' } })).rejects.toThrow('with 404: ');
  await expect(told({ status: 503, body: 'later' })).rejects.toThrow('with 503: later');
});

/** An AWX that has run `count` jobs, each with a mark of its own, oldest first. */
async function history(count: number) {
  const wire = await openWire(({ path, params }) => {
    if (path !== '/api/v2/jobs/') return { status: 404, body: { detail: 'Not found.' } };
    const [page, size] = [Number(params.get('page')), Number(params.get('page_size'))];
    const ids = Array.from({ length: count }, (_, nth) => count - nth).slice((page - 1) * size, page * size);
    const results = ids.map((id) => ({ ...job, id, extra_vars: `{"mark": "action-${id}."}` }));
    return {
      body: {
        count,
        next: page * size < count ? `/api/v2/jobs/?page=${page + 1}` : null,
        previous: null,
        results,
      },
    };
  });
  onTestFinished(wire.close);
  return { ...openAwx({ url: wire.url, token: 't' }), seen: wire.seen };
}

test('a job is found by its marker, however many pages back', async () => {
  const { findJob, seen } = await history(900);
  expect(await findJob('action-333.')).toEqual({
    id: 333,
    template: 'restart-service',
    status: 'running',
    startedAt: new Date('2026-11-20T10:00:00.123Z'),
  });
  expect(seen.map(({ params }) => params.get('page'))).toEqual(['1', '2', '3']);
  expect(seen[0]?.params.get('order_by')).toBe('-id');
});

test('the search ends after 1,000 jobs, or after all of those since a time', async () => {
  const { findJob, seen } = await history(3_000);
  expect(await findJob('nowhere')).toBeUndefined();
  expect(seen.length).toBe(5);
  expect(await findJob('nowhere', new Date('2026-11-20T09:00:00Z'))).toBeUndefined();
  expect(seen.length).toBe(20);
  expect(seen[6]?.params.get('created__gte')).toBe('2026-11-20T09:00:00.000Z');
});

test('the output comes once a job has ended, its end when it is long', async () => {
  const wire = await openWire(({ path, params }) => {
    if (path === '/api/v2/jobs/41/')
      return { body: { ...job, status: 'failed', finished: '2026-11-20T10:01:00Z' } };
    return { body: params.get('format') === 'txt' ? `${'.'.repeat(30_000)}the end` : '' };
  });
  onTestFinished(wire.close);
  const ended = await openAwx({ url: wire.url }).job(41);
  expect(ended.status).toBe('failed');
  expect(ended.finishedAt).toEqual(new Date('2026-11-20T10:01:00Z'));
  expect(ended.stdout).toHaveLength(20_000);
  expect(ended.stdout?.endsWith('the end')).toBe(true);
});

test('a job that is not there throws with status 404', async () => {
  const { job } = await history(0);
  await expect(job(1)).rejects.toMatchObject({ status: 404, message: expect.stringContaining('Not found.') });
});

/** An AWX whose inventories hold these hosts of one name, each with these variables. */
async function hostsNamed(ids: number[], variables: unknown = {}) {
  const wire = await openWire(({ path }) => {
    if (path !== '/api/v2/hosts/') return { body: variables };
    const results = ids.map((id) => ({ id, type: 'host', name: 'db-01', variables: '---\nmode: fast' }));
    return { body: { count: ids.length, next: null, previous: null, results } };
  });
  onTestFinished(wire.close);
  return { ...openAwx({ url: wire.url, token: 't' }), seen: wire.seen };
}

test('the variables of a host are those of the one host of its name', async () => {
  const { variables, seen } = await hostsNamed([17], { settings: { mode: 'fast' }, ansible_port: 22 });
  expect(await variables('db-01')).toEqual({ settings: { mode: 'fast' }, ansible_port: 22 });
  expect(seen.map(({ path }) => path)).toEqual(['/api/v2/hosts/', '/api/v2/hosts/17/variable_data/']);
  expect(seen[0]?.params.get('name')).toBe('db-01');
});

test('no host, two of one name, and variables that are none', async () => {
  const none = await hostsNamed([]);
  expect(await none.variables('db-01')).toBeUndefined();
  expect(none.seen.length).toBe(1);
  const two = await hostsNamed([17, 18]);
  await expect(two.variables('db-01')).rejects.toThrow('AWX has 2 hosts named "db-01"');
  expect(two.seen.length).toBe(1);
  const odd = await hostsNamed([17], 'mode: fast');
  await expect(odd.variables('db-01')).rejects.toThrow('/api/v2/hosts/17/variable_data/');
});
