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
  'name' | 'version' | 'risk' | 'arguments' | 'what' | 'target' | 'rollback'
>;

/** A tool that runs the AWX job template of its own name, its arguments as extra variables. */
export function awxTemplate<Arguments extends Record<string, string>>(
  awx: Awx,
  described: Described<Arguments>,
): Tool<Arguments> {
  return {
    ...described,
    takesKey: false,
    start: async (given, key) => {
      const launch = await awx.launch.launch(described.name, { ...given, roster_action: key });
      if (launch.kind === 'refused') return { kind: 'failed', because: launch.because };
      return { kind: 'running', handle: handleOf(launch.job) };
    },
    look: async (handle) => progressOf(await awx.read.job(Number(handle.replace(handleOf(''), '')))),
    find: async (key, since) => {
      const job = await awx.read.findJob(key, new Date(since.getTime() - clockSkewMs));
      return job && handleOf(job.id);
    },
  };
}

/** How far AWX's clock may be behind ours. */
const clockSkewMs = 300_000;

const handleOf = (job: number | '') => `AWX job ${job}`;

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
