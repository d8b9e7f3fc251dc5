// The company as a made-up past and the incident bench break it: its systems on loopback, on a clock of its own, nothing stored.
import { answerAwx } from '../awx.ts';
import { fernwood } from '../company.ts';
import type { Fault } from '../faults/fault.ts';
import { serve } from '../http.ts';
import { answerJaeger } from '../jaeger.ts';
import { answerLoki } from '../loki.ts';
import { answerPrometheus } from '../prometheus.ts';
import { targetsOf } from '../targets.ts';
import { type AwxJob, settle, type World } from '../world.ts';

interface Settings {
  seed: number;
  faults: Fault[];
  now(): Date;
  /** How long the next job of its AWX takes, in seconds. */
  jobSeconds(): number;
}

export interface Company {
  world: World;
  prometheus: { url: string };
  loki: { url: string };
  jaeger: { url: string };
  awx: { url: string; token: string };
  /** The time, with every job that has ended by then ended. */
  look(): Date;
  close(): Promise<void>;
}

/** Serves the company in the wire formats of its systems. */
export async function openCompany({ seed, faults, now, jobSeconds }: Settings): Promise<Company> {
  const world: World = {
    ...{ inventory: fernwood, faults, seed, speed: 1, breakages: [], jobs: [] },
    targets: targetsOf(fernwood, []),
  };
  const token = 'let-me-in';
  const look = () => {
    const at = now();
    settle(world, at);
    return at;
  };
  let jobs = 0;
  const awx = {
    world,
    token,
    launch: async (order: Pick<AwxJob, 'template' | 'extraVars' | 'onlyHosts'>) => {
      const launchedAt = look();
      const finishesAt = new Date(launchedAt.getTime() + 1_000 * jobSeconds());
      jobs += 1;
      const job: AwxJob = { ...order, id: jobs, launchedAt, finishesAt, status: 'running' };
      world.jobs.push(job);
      return job;
    },
    cancel: async (job: AwxJob) => {
      if (job.status !== 'running') return false;
      Object.assign(job, { status: 'canceled', finishesAt: look() } satisfies Partial<AwxJob>);
      return true;
    },
  };
  const { url, close } = await serve(0, {
    prometheus: (request) => answerPrometheus(request, world, look()),
    loki: (request) => answerLoki(request, world, look()),
    jaeger: (request) => answerJaeger(request, world, look()),
    awx: (request) => answerAwx(request, awx, look()),
  });
  const at = (name: string) => ({ url: `${url}/${name}` });
  return {
    ...{ world, look, close },
    ...{ prometheus: at('prometheus'), loki: at('loki'), jaeger: at('jaeger') },
    awx: { ...at('awx'), token },
  };
}
