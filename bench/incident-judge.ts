// What became of one run of the incident bench: which causes were named, what was changed, what was mended.
import type { Action } from '../src/actions/action.ts';
import { actionsSince } from '../src/actions/read.ts';
import type { Target } from '../src/estate/faults/fault.ts';
import type { Company } from '../src/estate/past/company.ts';
import type { Begun, Drawn } from '../src/estate/past/draw.ts';
import type { AwxJob, Breakage, World } from '../src/estate/world.ts';
import type { Hypothesis, Incident } from '../src/incidents/incident.ts';
import { incidentsSince, logOf } from '../src/incidents/read.ts';
import { servicesOn } from '../src/inventory/inventory.ts';
import { fill, runbookFor } from '../src/knowledge/runbook.ts';
import { signalsOf } from '../src/monitoring/read.ts';
import { decide } from '../src/policy/decide.ts';
import type { Named } from './incident-dumb.ts';
import type { Worker } from './incident-worker.ts';

/** One fault of a run, and what the worker made of it. */
export interface Judged {
  fault: string;
  pair: boolean;
  right: boolean;
  dumbRight: boolean;
  /** The policy and the charter let its runbook run without a person. */
  alone: boolean;
  /** A job mended it that nobody was asked about. */
  mendedAlone: boolean;
  /** From the first signal to the end of the job that mended it, simulated. */
  mitigatedMs: number | undefined;
  /** From the first signal to the cause: what was waited for in simulated time, and what was worked in real time. */
  causeMs: number | undefined;
  /** From the mend to the end of its incident, simulated. */
  verifiedMs: number | undefined;
  said: string;
}

/** An incident and one time that its cause was looked for, with the signals it had by then. */
interface Looked {
  incident: Incident;
  raised: Date[];
  first: Hypothesis | undefined;
  diagnosedAt: Date;
  dumb: Named | undefined;
  ms: number;
}

/** Judges a run that is over; `real` are the breakages that are faults. */
export async function judgeRun(
  worker: Worker,
  { world }: Company,
  { faults }: Drawn,
  { since, real }: { since: Date; real: Breakage[] },
): Promise<{ judged: Judged[]; harmful: string[] }> {
  const looked = await lookedAt(worker, since);
  const actions = await actionsSince(worker.db, since);
  const jobs = world.jobs.filter(({ launchedAt, status }) => launchedAt >= since && status === 'successful');
  return {
    judged: faults.map((begun, nth) =>
      judgedOf(begun, real[nth] as Breakage, {
        ...{ worker, world, looked, actions, jobs, pair: faults.length > 1 },
      }),
    ),
    harmful: jobs
      .filter((job) => !real.some((one) => isOn(job, one, world)))
      .map((job) => `${jobLine(job)}, ${reasonFor(job, actions, looked)},`),
  };
}

async function lookedAt({ db, thought }: Worker, since: Date): Promise<Looked[]> {
  const found: Looked[] = [];
  for (const incident of await incidentsSince(db, since)) {
    const signals = await signalsOf(db, incident.id);
    const { ms = Number.NaN, dumb } = thought.get(incident.id) ?? {};
    for (const told of await logOf(db, incident.id)) {
      if (told.kind !== 'diagnosis') continue;
      const raised = signals.map(({ raisedAt }) => raisedAt).filter((at) => at <= told.at);
      found.push({ incident, raised, first: told.facts.hypotheses[0], diagnosedAt: told.at, dumb, ms });
    }
  }
  return found.sort((a, b) => a.diagnosedAt.getTime() - b.diagnosedAt.getTime());
}

interface Run {
  worker: Worker;
  world: World;
  looked: Looked[];
  actions: Action[];
  jobs: AwxJob[];
  pair: boolean;
}

function judgedOf({ fault, target, at }: Begun, breakage: Breakage, run: Run): Judged {
  const { looked, jobs, actions, pair } = run;
  // Its cause can have been looked for once it was seen: what was said before was of something else.
  const counted = looked.filter(({ raised }) => raised.some((one) => one.getTime() >= at));
  // Of one fault alone what is named first counts; of two at once each may be named first once.
  const [own] = counted.filter(({ first }) => !pair || first?.known.service === target.service);
  const about = own ?? counted[0];
  const dumb = (pair ? counted : counted.slice(0, 1)).some(
    (one) => one.dumb?.kind === fault.name && one.dumb.service === target.service,
  );
  const job = jobs.find((one) => breakage.mendedAt?.getTime() === one.finishesAt.getTime());
  const action = actions.find(({ handle }) => job && handle === `AWX job ${job.id}`);
  const { first, diagnosedAt, ms = Number.NaN, incident } = about ?? {};
  const raisedAt = about?.raised.find((one) => one.getTime() >= at);
  const since = (end: Date | null | undefined, begin: Date | undefined) =>
    end && begin ? end.getTime() - begin.getTime() : undefined;
  const waited = since(diagnosedAt, raisedAt);
  return {
    ...{ fault: fault.name, pair, dumbRight: dumb, alone: isAlone(fault.name, target, run) },
    right: own?.first?.kind === fault.name && own.first.known.service === target.service,
    mendedAlone: action?.autonomous === true,
    mitigatedMs: job && since(job.finishesAt, raisedAt),
    causeMs: waited === undefined ? undefined : waited + ms,
    verifiedMs: job && since(incident?.endedAt, job.finishesAt),
    said: about
      ? `${incident?.id} ${incident?.status}: ${first ? `${first.kind} ${first.known.service}/${first.known.server} ${first.confidence}` : 'no cause'}`
      : 'not noticed',
  };
}

/** Whether the shipped rules let every step of its runbook run without a person, were the cause sure. */
function isAlone(kind: string, target: Target, { worker, world: { inventory } }: Run): boolean {
  const { runbooks, gateway, policy, charters } = worker;
  const runbook = runbookFor(runbooks, 'mends', kind);
  const charter = charters.find(({ duties }) => duties.includes('resolution'));
  if (!runbook || !charter) return false;
  const { service, server, version, replaces } = target;
  const known = {
    service,
    ...(server && { server }),
    ...(version && { version }),
    ...(replaces && { previous_version: replaces }),
  };
  return runbook.steps.every((step) => {
    const filled = fill(step, known);
    const tool = gateway.tools.find(({ name }) => name === step.tool);
    if (filled.kind !== 'filled' || !tool) return false;
    const id = tool.target(filled.arguments);
    const found = inventory.servers.find((one) => one.id === id);
    const services = found ? servicesOn(inventory, id).map((one) => one.id) : [service];
    const teams = inventory.services.filter((one) => services.includes(one.id)).map(({ team }) => team);
    const { kind: decided } = decide(
      {
        tool,
        target: { id, class: found?.class ?? 'service', services, units: [...new Set(teams)] },
        confidence: 0.95,
        worker: { id: charter.worker, name: charter.name, authority: charter.authority },
        ...{ site: 'trial', signedFor: 'trial', at: '2026-11-21T14:00:00Z' },
        incident: { autonomousChanges: 0, granted: 8, held: false },
      },
      policy,
    );
    return decided === 'allow' || decided === 'notify';
  });
}

/** Whether a job changed what was broken when it began: the same service, and the same server where it names one. */
function isOn(
  { extraVars: { service, server }, launchedAt, finishesAt }: AwxJob,
  { target, startedAt, mendedAt }: Breakage,
  { inventory }: World,
): boolean {
  const open = startedAt <= launchedAt && (!mendedAt || mendedAt >= finishesAt);
  const hosts = inventory.servers.filter(({ services }) => services.includes(target.service));
  const there = target.server ? [target.server] : hosts.map(({ id }) => id);
  return (
    open &&
    (service === undefined || service === target.service) &&
    (server === undefined || there.includes(server))
  );
}

/** What it was done for: the cause that was acted on, and how sure of it the worker was. */
function reasonFor(job: AwxJob, actions: Action[], looked: Looked[]): string {
  const action = actions.find(({ handle }) => handle === `AWX job ${job.id}`);
  const its = looked.findLast(({ incident }) => incident.id === action?.incident);
  const { kind, raw, confidence } = its?.first ?? {};
  const times = [job.launchedAt, job.finishesAt].map((at) => at.toISOString().slice(11, 19)).join('–');
  return `${times}, for ${kind} (${raw} by rule, ${confidence}) of ${action?.incident}, ${action?.autonomous ? 'alone' : 'approved'}`;
}

function jobLine({ template, extraVars: { roster_action: _, ...vars } }: AwxJob): string {
  return `${template} ${JSON.stringify(vars)}`;
}
