import type { Inventory } from '../inventory/inventory.ts';
import { faults } from './faults/all.ts';
import type { Fault, Target } from './faults/fault.ts';
import { run } from './playbooks.ts';

/** One time that something broke. */
export interface Breakage {
  id: number;
  name: string;
  target: Target;
  first: boolean;
  startedAt: Date;
  mendedAt?: Date;
}

/** One job of the company's AWX; its end is known when it is launched. */
export interface AwxJob {
  id: number;
  template: string;
  extraVars: Record<string, string>;
  /** AWX's limit: the hosts it may touch, or '' for all. */
  onlyHosts: string;
  launchedAt: Date;
  finishesAt: Date;
  status: 'running' | 'successful' | 'failed';
}

/** Everything that metrics, logs and jobs are computed from, besides the time. */
export interface World {
  inventory: Inventory;
  /** Everything random follows from it. */
  seed: number;
  /** How many times faster than real time faults, mends and jobs go. */
  speed: number;
  breakages: Breakage[];
  jobs: AwxJob[];
}

/** The fault behind a breakage. Throws when a stored name is of no fault there is. */
export function faultOf({ name }: Breakage): Fault {
  const fault = faults.find((one) => one.name === name);
  if (!fault)
    throw new Error(`The data folder holds a fault called "${name}", which this version does not have.`);
  return fault;
}

/**
 * Lets the jobs that have ended by `now` end: each gets its outcome and mends what it fits. Returns what changed,
 * to be stored. Safe to call at any time and again after a restart: what happens depends on the rows alone.
 */
export function settle(world: World, now: Date): { jobs: AwxJob[]; mended: Breakage[] } {
  const ended = world.jobs.filter(({ status, finishesAt }) => status === 'running' && finishesAt <= now);
  ended.sort((a, b) => a.finishesAt.getTime() - b.finishesAt.getTime());
  const mended: Breakage[] = [];
  for (const job of ended) {
    const { status, touched } = run(job, world);
    job.status = status;
    if (status === 'successful' && touched.length > 0) mended.push(...mend(world, job));
  }
  return { jobs: ended, mended };
}

function mend(world: World, job: AwxJob): Breakage[] {
  const fits = world.breakages.filter((breakage) => {
    const { template, fits } = faultOf(breakage).mend;
    const open = !breakage.mendedAt && breakage.startedAt <= job.finishesAt;
    return open && template === job.template && fits(breakage.target, job.extraVars);
  });
  for (const breakage of fits) breakage.mendedAt = job.finishesAt;
  return fits;
}
