import type { Inventory } from '../inventory/inventory.ts';
import type { Fault, Target } from './faults/fault.ts';
import { run } from './playbooks.ts';
import { apply, type Change, type Targets } from './targets.ts';

/** One time that something broke. */
export interface Breakage {
  id: number;
  name: string;
  target: Target;
  first: boolean;
  startedAt: Date;
  mendedAt?: Date;
}

/** One job of the company's AWX; its end is known when it is launched, and comes sooner only when it is cancelled. */
export interface AwxJob {
  id: number;
  template: string;
  extraVars: Record<string, string>;
  /** AWX's limit: the hosts it may touch, or '' for all. */
  onlyHosts: string;
  launchedAt: Date;
  finishesAt: Date;
  status: 'running' | 'successful' | 'failed' | 'canceled';
  /** Why it failed on what it found then. */
  because?: string;
}

/** Everything that metrics, logs and jobs are computed from, besides the time. */
export interface World {
  inventory: Inventory;
  /** Every way for it to break. */
  faults: readonly Fault[];
  /** Everything random follows from it. */
  seed: number;
  /** How many times faster than real time faults, mends and jobs go. */
  speed: number;
  breakages: Breakage[];
  jobs: AwxJob[];
  targets: Targets;
}

/** What jobs that ended have changed, to be stored. */
export interface Settled {
  jobs: AwxJob[];
  mended: Breakage[];
  changes: Change[];
}

/** The fault behind a breakage. Throws when a stored name is of no fault there is. */
export function faultOf({ faults }: Pick<World, 'faults'>, { name }: Breakage): Fault {
  const fault = faults.find((one) => one.name === name);
  if (!fault)
    throw new Error(`The data folder holds a fault called "${name}", which this version does not have.`);
  return fault;
}

/**
 * Lets the jobs that have ended by `now` end, in turn: each gets its outcome, mends what it fits and changes what
 * it is for. Safe to call at any time and again after a restart: what happens depends on the rows alone.
 */
export function settle(world: World, now: Date): Settled {
  const ended = world.jobs.filter(({ status, finishesAt }) => status === 'running' && finishesAt <= now);
  ended.sort((a, b) => a.finishesAt.getTime() - b.finishesAt.getTime());
  const mended: Breakage[] = [];
  const changes: Change[] = [];
  for (const job of ended) {
    const { status, touched, effect } = run(job, world);
    job.status = status;
    if (status === 'successful' && touched.length > 0) mended.push(...mend(world, job));
    if (effect.kind === 'refused') job.because = effect.because;
    else if (effect.kind !== 'nothing') {
      apply(world.targets, effect);
      changes.push(effect);
    }
  }
  return { jobs: ended, mended, changes };
}

function mend(world: World, job: AwxJob): Breakage[] {
  const fits = world.breakages.filter((breakage) => {
    const { template, fits } = faultOf(world, breakage).mend;
    const open = !breakage.mendedAt && breakage.startedAt <= job.finishesAt;
    return open && template === job.template && fits(breakage.target, job.extraVars);
  });
  for (const breakage of fits) breakage.mendedAt = job.finishesAt;
  return fits;
}
