import { setTimeout } from 'node:timers/promises';
import { type Awx as AwxReader, type Job, openAwx } from '../systems/awx/read.ts';
import { type AwxLauncher, openAwxLauncher } from '../systems/awx/write.ts';
import type { Access } from '../systems/http.ts';
import type { Progress, Tool } from './tool.ts';

export interface Awx {
  read: AwxReader;
  launch: AwxLauncher;
}

/** The AWX at `access`, to launch jobs on and to see how they go. */
export function reachAwx(access: Access): Awx {
  return { read: openAwx(access), launch: openAwxLauncher(access) };
}

type Described<Arguments> = Pick<
  Tool<Arguments>,
  'name' | 'version' | 'risk' | 'arguments' | 'what' | 'target' | 'inverse'
> &
  Partial<Pick<Tool<Arguments>, 'reliesOn'>>;

/**
 * A tool that runs the AWX job template of its own name, its arguments as extra variables: `from` and `to` as
 * `from_value` and `to_value`, because Ansible takes no Python keyword for a variable.
 */
export function awxTemplate<Arguments extends Record<string, string>>(
  awx: Awx,
  described: Described<Arguments>,
): Tool<Arguments> {
  return {
    reliesOn: async () => ({}),
    ...described,
    takesKey: false,
    start: async (given, key) => {
      const launch = await awx.launch.launch(described.name, { ...variables(given), roster_action: key });
      if (launch.kind === 'refused') return { kind: 'failed', because: launch.because };
      return { kind: 'running', handle: handleOf(launch.job) };
    },
    look: async (handle) => progressOf(await awx.read.job(jobOf(handle))),
    cancel: (handle) => cancel(awx, jobOf(handle)),
    find: async (key, since) => {
      const job = await awx.read.findJob(key, new Date(since.getTime() - clockSkewMs));
      return job && handleOf(job.id);
    },
  };
}

/** How far AWX's clock may be behind ours. */
const clockSkewMs = 300_000;

/** The fact `name`, told by the variables that AWX's inventory has of a server. */
export async function hostFact(
  awx: Awx,
  server: string,
  name: string,
  tell: (variables: Record<string, unknown>) => string,
): Promise<Record<string, string>> {
  const variables = await awx.read.variables(server);
  return { [name]: variables ? tell(variables) : `not known: AWX has no host named ${server}` };
}

function variables(given: Record<string, string>): Record<string, string> {
  const names = Object.entries(given).map(([name, value]) => [valued[name] ?? name, value]);
  return Object.fromEntries(names);
}

const valued: Record<string, string | undefined> = { from: 'from_value', to: 'to_value' };

const handleOf = (job: number | '') => `AWX job ${job}`;
const jobOf = (handle: string) => Number(handle.replace(handleOf(''), ''));

/** AWX ends a job some time after it is told to: looks from 0 to 3 s later. */
const looksAfterMs = [0, 200, 400, 900, 1_500];

/** Throws when the job has not ended within 3 s, or failed by itself: what it did is then for a person to see. */
async function cancel(
  awx: Awx,
  id: number,
): Promise<{ kind: 'cancelled' } | { kind: 'done'; output: string }> {
  await awx.launch.cancel(id);
  let status: Job['status'] = 'running';
  for (const ms of looksAfterMs) {
    await setTimeout(ms);
    const job = await awx.read.job(id);
    status = job.status;
    if (status === 'canceled') return { kind: 'cancelled' };
    if (status === 'successful') return { kind: 'done', output: job.stdout ?? '' };
    if (status === 'failed' || status === 'error') break;
  }
  throw new Error(`AWX job ${id} was told to stop and is ${status}.`);
}

function progressOf(job: Job): Progress {
  switch (job.status) {
    case 'successful':
      return { kind: 'done', output: job.stdout ?? '' };
    case 'failed':
    case 'error':
    case 'canceled':
      return {
        kind: 'failed',
        because: `AWX job ${job.id} ended as ${job.status}.`,
        output: job.stdout ?? '',
      };
    case 'new':
    case 'pending':
    case 'waiting':
    case 'running':
      return { kind: 'running', handle: handleOf(job.id) };
  }
}
