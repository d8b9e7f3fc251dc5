// AWX, read: job templates, how a job is getting on, and what the inventory says of a host.
// Not where jobs are started: that is write.ts.
import { z } from 'zod';
import { type Access, ask, askText, SystemFailed } from '../http.ts';

const statuses = [
  'new',
  'pending',
  'waiting',
  'running',
  'successful',
  'failed',
  'error',
  'canceled',
] as const;

export interface Job {
  id: number;
  template: string;
  status: (typeof statuses)[number];
  startedAt?: Date;
  finishedAt?: Date;
  /** The last 20,000 characters of what the playbook printed; only when the job has ended. */
  stdout?: string;
}

export interface Template {
  id: number;
  name: string;
  description: string;
  /** Whether it takes any variables given at launch. */
  asksVariables: boolean;
  /** Whether it takes only the variables of its survey. */
  hasSurvey: boolean;
  /** Whether it takes a limit to some hosts at launch. */
  asksLimit: boolean;
}

export interface Awx {
  /** The job, with its output once it has ended. */
  job(id: number): Promise<Job>;
  /**
   * The newest job whose extra variables hold `marker`, without its output; looks at jobs created since `since`,
   * or at the newest 1,000. AWX refuses to filter by extra variables, so the list is searched here.
   */
  findJob(marker: string, since?: Date): Promise<Job | undefined>;
  templates(): Promise<Template[]>;
  /**
   * The variables of the host of that name itself, without its groups'; undefined when there is no such host.
   * Throws `SystemFailed` too when several inventories have one: it is not known which is meant.
   */
  variables(host: string): Promise<Record<string, unknown> | undefined>;
}

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const jobShape = z.object({
  id: z.int(),
  name: z.string(),
  status: z.enum(statuses),
  started: time.nullable(),
  finished: time.nullable(),
  extra_vars: z.string(),
});
const hostShape = z.object({ id: z.int() });
const variablesShape = z.record(z.string(), z.unknown());
const templateShape = z
  .object({
    id: z.int(),
    name: z.string(),
    description: z.string(),
    ask_variables_on_launch: z.boolean(),
    survey_enabled: z.boolean(),
    ask_limit_on_launch: z.boolean(),
  })
  .transform(
    ({ id, name, description, ask_variables_on_launch, survey_enabled, ask_limit_on_launch }): Template => {
      const asks = {
        asksVariables: ask_variables_on_launch,
        asksLimit: ask_limit_on_launch,
        hasSurvey: survey_enabled,
      };
      return { id, name, description, ...asks };
    },
  );

/** A client of the AWX at `access`. Its methods throw `SystemFailed`; a job that is not there is a 404. */
export function openAwx(access: Access): Awx {
  return {
    async job(id) {
      const job = told(await ask('AWX', access, { path: `/api/v2/jobs/${id}/` }, jobShape));
      if (!job.finishedAt) return job;
      const stdout = await askText('AWX', access, {
        path: `/api/v2/jobs/${id}/stdout/`,
        query: { format: 'txt' },
      });
      return { ...job, stdout: stdout.slice(-20_000) };
    },
    async findJob(marker, since) {
      const query = { order_by: '-id', ...(since ? { created__gte: since.toISOString() } : {}) };
      for await (const job of list(access, '/api/v2/jobs/', query, jobShape, since ? undefined : 5)) {
        if (job.extra_vars.includes(marker)) return told(job);
      }
      return undefined;
    },
    async templates() {
      return Array.fromAsync(list(access, '/api/v2/job_templates/', { order_by: 'name' }, templateShape));
    },
    async variables(host) {
      const found = await Array.fromAsync(list(access, '/api/v2/hosts/', { name: host }, hostShape));
      if (found.length > 1) throw new SystemFailed('AWX', undefined, severalHosts(host, found.length));
      const path = `/api/v2/hosts/${found[0]?.id}/variable_data/`;
      return found[0] && ask('AWX', access, { path }, variablesShape);
    },
  };
}

/** The templates named `name`: names are unique within an organization only. Throws `SystemFailed`. */
export async function templatesNamed(access: Access, name: string): Promise<Template[]> {
  return Array.fromAsync(list(access, '/api/v2/job_templates/', { name }, templateShape));
}

function severalHosts(host: string, count: number): string {
  return `AWX has ${count} hosts named "${host}": show the token the inventory alone that is meant.`;
}

/** Walks a paged list by page number: AWX's `next` is relative to a root that a proxy may have moved. */
async function* list<T>(
  access: Access,
  path: string,
  query: Record<string, string>,
  item: z.ZodType<T>,
  mostPages = 1_000,
) {
  const shape = z.object({ next: z.string().nullable(), results: z.array(item) });
  for (let page = 1; page <= mostPages; page++) {
    const { next, results } = await ask(
      'AWX',
      access,
      { path, query: { ...query, page, page_size: 200 } },
      shape,
    );
    yield* results;
    if (!next) return;
  }
}

function told({ id, name, status, started, finished }: z.output<typeof jobShape>): Job {
  return {
    id,
    template: name,
    status,
    ...(started && { startedAt: started }),
    ...(finished && { finishedAt: finished }),
  };
}
