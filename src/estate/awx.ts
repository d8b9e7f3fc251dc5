import { hosts } from './awx-hosts.ts';
import { list } from './awx-list.ts';
import { jobRow, templateRow } from './awx-rows.ts';
import { type Answer, json, type Request, text } from './http.ts';
import { type Playbook, playbooks, run } from './playbooks.ts';
import type { AwxJob, World } from './world.ts';

/** A job as it is asked for: AWX starts it, with what it ignored of the request already gone. */
export type Order = Pick<AwxJob, 'template' | 'extraVars' | 'onlyHosts'>;

interface Awx {
  world: World;
  token: string;
  launch(order: Order): Promise<AwxJob>;
  /** False when it had ended. */
  cancel(job: AwxJob): Promise<boolean>;
}

type Row = Record<string, unknown>;

const place =
  /^\/api\/v2\/(?:(ping)|(jobs|job_templates|hosts)\/(?:(\d+)\/(?:(stdout|launch|cancel|variable_data)\/)?)?$)/;

/** The company's AWX: its templates, launching one, the jobs, cancelling one, and the hosts. Bearer token required, except to ping. */
export async function answerAwx(request: Request, awx: Awx, now: Date): Promise<Answer> {
  const [found, ping, kind, id, verb] = place.exec(request.path) ?? [];
  if (ping) return json(200, { ha: false, version: '24.6.1', active_node: 'awx-1', instances: [] });
  if (request.authorization !== `Bearer ${awx.token}`) return unknownCaller();
  if (!found) return missing();
  if (kind === 'job_templates') return templates(request, awx, id, verb, now);
  if (kind === 'jobs' && id && verb === 'cancel') return cancel(request, awx, Number(id), now);
  if (request.method !== 'GET') return wrongMethod(request);
  if (kind === 'hosts') return hosts(request, awx.world, id ? Number(id) : undefined, verb) ?? missing();
  return id ? oneJob(request, awx.world, Number(id), verb, now) : jobs(request, awx.world, now);
}

async function templates(
  request: Request,
  awx: Awx,
  id: string | undefined,
  verb: string | undefined,
  now: Date,
) {
  const launches = verb === 'launch' && request.method === 'POST';
  if (request.method !== 'GET' && !launches) return wrongMethod(request);
  if (!id) return list(request, playbooks.map(templateRow), ['id', 'name', 'created', 'modified']);
  const playbook = playbooks.find((one) => one.id === Number(id));
  if (!playbook || (verb && verb !== 'launch')) return missing();
  if (launches) return launch(request, awx, playbook, now);
  return json(200, verb ? launchForm(playbook) : templateRow(playbook));
}

function jobs(request: Request, { jobs }: World, now: Date): Answer {
  const rows = jobs.map((job) => jobRow(job, now));
  return list(request, rows, ['id', 'name', 'status', 'created', 'modified', 'finished', 'job_template']);
}

function oneJob({ params }: Request, world: World, id: number, verb: string | undefined, now: Date): Answer {
  const job = world.jobs.find((one) => one.id === id);
  if (!job || (verb && verb !== 'stdout')) return missing();
  if (!verb) return json(200, jobRow(job, now));
  const stdout = job.finishesAt <= now && job.status !== 'canceled' ? run(job, world).stdout : '';
  if (params.get('format') === 'json') return json(200, { range: { start: 0 }, content: stdout });
  return text(200, stdout);
}

async function cancel(request: Request, { world, cancel }: Awx, id: number, now: Date): Promise<Answer> {
  const job = world.jobs.find((one) => one.id === id);
  if (!job) return missing();
  if (request.method === 'GET') return json(200, { can_cancel: jobRow(job, now).finished === null });
  if (request.method !== 'POST' || !(await cancel(job))) return wrongMethod(request);
  return { status: 202, body: '', type: 'application/json', headers: {} };
}

async function launch(request: Request, awx: Awx, playbook: Playbook, now: Date): Promise<Answer> {
  const asked = parseLaunch(request.body);
  if (asked.kind === 'refused') return json(400, asked.errors);
  const ignored = asked.limit && !playbook.asksLimit ? { limit: asked.limit } : {};
  const job = await awx.launch({
    template: playbook.name,
    extraVars: asked.extraVars,
    onlyHosts: playbook.asksLimit ? asked.limit : '',
  });
  const row = jobRow(job, now);
  return json(201, { job: job.id, ignored_fields: ignored, ...row }, { location: `/api/v2/jobs/${job.id}/` });
}

type Asked =
  | { kind: 'asked'; extraVars: Record<string, string>; limit: string }
  | { kind: 'refused'; errors: Row };

/** AWX takes the variables as an object or as a text of JSON. */
function parseLaunch(body: string): Asked {
  const given = body.trim() === '' ? {} : parsed(body);
  if (!isObject(given))
    return { kind: 'refused', errors: { detail: 'JSON parse error - Expecting an object' } };
  const { extra_vars = {}, limit = '' } = given;
  const vars = typeof extra_vars === 'string' ? parsed(extra_vars.trim() || '{}') : extra_vars;
  if (!isObject(vars))
    return {
      kind: 'refused',
      errors: { extra_vars: ['Cannot parse as JSON (error: it is not an object) or YAML.'] },
    };
  if (typeof limit !== 'string') return { kind: 'refused', errors: { limit: ['Not a valid string.'] } };
  const extraVars = Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, String(value)]));
  return { kind: 'asked', extraVars, limit };
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function isObject(given: unknown): given is Row {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function launchForm({ needs, asksLimit, id, name, description }: Playbook): Row {
  return {
    can_start_without_user_input: true,
    passwords_needed_to_start: [],
    ask_variables_on_launch: true,
    ask_limit_on_launch: asksLimit,
    survey_enabled: false,
    variables_needed_to_start: [],
    job_template_data: { id, name, description },
    defaults: { extra_vars: JSON.stringify(Object.fromEntries(needs.map((need) => [need, '']))), limit: '' },
  };
}

function unknownCaller(): Answer {
  const detail =
    'Authentication credentials were not provided. To establish a login session, visit /api/login/.';
  return json(401, { detail }, { 'www-authenticate': 'Bearer realm=api' });
}

function wrongMethod({ method }: Request): Answer {
  return json(405, { detail: `Method "${method}" not allowed.` });
}

function missing(): Answer {
  return json(404, { detail: 'Not found.' });
}
