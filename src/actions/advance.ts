import canonicalize from 'canonicalize';
import type { Approval } from '../approvals/approval.ts';
import { approvalOf, noteOutcome, replace, useUp } from '../approvals/read.ts';
import { widened } from '../approvals/seats.ts';
import { showJobs } from '../approvals/shown.ts';
import { reserve } from '../budgets/budget.ts';
import type { ActionId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { budgetsFor } from '../policy/limits.ts';
import type { Tx } from '../postgres/database.ts';
import type { AnyTool } from '../tools/tool.ts';
import { type Action, permit } from './action.ts';
import { finish, outcomeJobs } from './finish.ts';
import { type Gateway, type Weighed, weigh } from './gateway.ts';
import { type Effect, mayBegin } from './in-flight.ts';
import { askFor, decided, questionFor, factsNow as readFacts, termsOf } from './propose.ts';
import { endUncalled, mayCall, unrecordable } from './recording.ts';
import { isStillPermitted, run, seeThrough } from './run.ts';
import {
  databaseNow,
  grantMore,
  load,
  lock,
  overtaking,
  setRunning,
  setWaiting,
  useAllowance,
} from './store.ts';

type Begun = { kind: 'begun'; action: Action; tool: AnyTool } | { kind: 'not-now' };

/**
 * Takes an action one step further: decides again on the facts as they are now, and runs it, asks, ends
 * it or waits; or sees what became of one that is running. Safe to call at any time and any number of
 * times: the row says how far it got, and *running* is committed before the tool is called.
 */
export async function advance(gateway: Gateway, id: ActionId): Promise<void> {
  const action = await load(gateway.db, id);
  if (action?.status === 'running')
    return action.awaitsRecord ? goOn(gateway, action) : seeThrough(gateway, action);
  if (action?.status !== 'ready' && action?.status !== 'waiting') return;
  // Asked outside the transaction, which must not wait for a system outside.
  const factsNow = await readFacts(gateway, action);
  const unmet = unrecordable(gateway, action) ?? (await gateway.unmet?.(action));
  const beginning = mayBegin(gateway.inFlight, action);
  try {
    const begun = await begin(gateway, id, factsNow, unmet);
    if (begun.kind === 'begun') await call(gateway, begun.action, begun.tool, beginning);
  } finally {
    gateway.inFlight.beginning.delete(beginning);
  }
}

/** Calls the tool of a running action, once its change record is open or was tried to be. */
async function call(gateway: Gateway, action: Action, tool: AnyTool, beginning: Effect): Promise<void> {
  if (await mayCall(gateway, action, beginning)) await run(gateway, action, tool, beginning);
}

/** Goes on with an action that a crash left waiting for its record: its tool was not called yet. */
async function goOn(gateway: Gateway, action: Action): Promise<void> {
  const tool = gateway.tools.find(({ name }) => name === action.tool);
  if (!tool || !(await isStillPermitted(gateway, action))) return endUncalled(gateway, action);
  const beginning = mayBegin(gateway.inFlight, action);
  try {
    await call(gateway, action, tool, beginning);
  } finally {
    gateway.inFlight.beginning.delete(beginning);
  }
}

type Facts = Record<string, string>;

function begin(gateway: Gateway, id: ActionId, factsNow: Facts, unmet: string | undefined): Promise<Begun> {
  return save<Begun>(gateway, async (tx) => {
    const found = await lock(tx, id);
    if (found?.status !== 'ready' && found?.status !== 'waiting') return notNow(nothing);
    const weighed = await weigh(gateway, tx, found);
    if (weighed.kind === 'unknown')
      return notNow(await finish(gateway, tx, found, { status: 'refused', because: weighed.because }));
    const approval = await approvalOf(tx, id);
    const { decision, digest } = weighed;
    const drift = driftOf(found.reliedOn, factsNow) ?? (approval && regrouped(approval, gateway, weighed));
    const paused = weighed.facts.incident?.paused ?? false;
    const permission = permit({ decision, digest, approval, drift, paused });
    const action: Action = { ...found, ...weighed.bound, digest };
    switch (permission.kind) {
      case 'wait':
        return notNow(nothing);
      case 'end':
        return notNow(await end(gateway, tx, action, weighed, permission));
      case 'ask':
        return notNow(await askNow(gateway, tx, { ...action, reliedOn: factsNow }, weighed));
      case 'again': {
        const replaced = approval ? await replacing(tx, approval, permission.because) : nothing;
        const asked = await askNow(gateway, tx, { ...action, reliedOn: factsNow }, weighed);
        return notNow({
          entries: [...replaced.entries, ...asked.entries],
          jobs: [...replaced.jobs, ...asked.jobs],
        });
      }
      case 'run':
        if (unmet)
          return notNow(await end(gateway, tx, action, weighed, { status: 'refused', because: unmet }));
        return (
          (await giveWay(gateway, tx, action, weighed)) ??
          start(gateway, tx, action, { weighed, approval, autonomous: permission.autonomous })
        );
    }
  });
}

/** A step that is being done for another incident is not begun beside it; one that was done since this was proposed is not done again. */
async function giveWay(gateway: Gateway, tx: Tx, action: Action, weighed: Weighed) {
  const other = await overtaking(tx, action);
  if (!other) return undefined;
  if (other.status === 'done') {
    const because = `"${action.question.what}" was done for ${other.incident} since this was proposed, so it is not done again.`;
    return notNow(await end(gateway, tx, action, weighed, { status: 'refused', because }));
  }
  const after = new Date((await databaseNow(tx)).getTime() + gateway.lookAgainMs);
  return notNow({ entries: [], jobs: [{ name: 'advance-action', action: action.id, after }] });
}

const nothing: Consequences = { entries: [], jobs: [] };

function notNow({ entries, jobs }: Consequences): { result: Begun } & Consequences {
  return { result: { kind: 'not-now' }, entries, jobs };
}

/** The first fact that an approval relied on and that is another one now, as a sentence. */
function driftOf(then: Facts, now: Facts): string | undefined {
  const changed = Object.keys({ ...then, ...now }).find((name) => then[name] !== now[name]);
  if (changed === undefined) return undefined;
  return `The ${changed} was ${then[changed] ?? 'unknown'} when this was asked and is ${now[changed] ?? 'unknown'} now.`;
}

/** Other people would be asked now, in another way or for another time, than were asked: a sentence. */
function regrouped(approval: Approval, gateway: Gateway, weighed: Weighed): string | undefined {
  const { terms, excluded, round } = approval;
  const now = termsOf(gateway, weighed);
  const seats = round === 1 ? now.seats : widened(now.seats, now.next ?? []);
  const wouldAsk = canonicalize({ terms: { ...now, seats }, excluded: weighed.excluded });
  if (wouldAsk === canonicalize({ terms, excluded })) return undefined;
  return 'Who must approve this, or how, changed since it was asked.';
}

async function replacing(tx: Tx, approval: Approval, because: string): Promise<Consequences> {
  await replace(tx, approval.id, because);
  const about = { approval: approval.id, action: approval.action, incident: approval.incident ?? undefined };
  const entry = {
    kind: 'approval.superseded' as const,
    by: { roster: 'gateway' },
    about,
    because: [because],
  };
  return { entries: [entry], jobs: showJobs(approval) };
}

async function end(
  gateway: Gateway,
  tx: Tx,
  action: Action,
  weighed: Weighed,
  { status, because }: { status: 'refused' | 'rejected' | 'lapsed'; because: string },
): Promise<Consequences> {
  const ended = await finish(gateway, tx, action, { status, because });
  return { entries: [decidedEntry(action, weighed), ...ended.entries], jobs: ended.jobs };
}

/** Asks with what would run now: a card never shows what was asked for before. */
async function askNow(gateway: Gateway, tx: Tx, action: Action, weighed: Weighed): Promise<Consequences> {
  const asking: Action = {
    ...action,
    decision: weighed.decision,
    question: questionFor(weighed, action.question),
  };
  await setWaiting(tx, asking);
  const asked = await askFor(gateway, tx, asking, weighed);
  return { entries: [decidedEntry(action, weighed), ...asked.entries], jobs: asked.jobs };
}

interface Start {
  weighed: Weighed;
  approval: Approval | undefined;
  autonomous: boolean;
}

async function start(
  gateway: Gateway,
  tx: Tx,
  action: Action,
  { weighed, approval, autonomous }: Start,
): Promise<{ result: Begun } & Consequences> {
  const { limits } = gateway.policy;
  const { incident, digest, policy, charter } = action;
  // An approval that came as the deed no longer needed one is left as it is and used up all the same.
  if (approval?.status === 'approved' && !(await useUp(tx, { id: approval.id, digest, policy, charter })))
    return notNow(
      await end(gateway, tx, action, weighed, {
        status: 'lapsed',
        because: 'The approval ran out before it could be used. Nothing was run.',
      }),
    );
  const amounts = { calls: 1, ...weighed.tool.cost?.(weighed.bound.arguments) };
  const spending = { key: action.id, run: incident, worker: action.worker, amounts };
  const reserved = await reserve(tx, spending, budgetsFor(gateway.policy, weighed.facts.target.units));
  if (reserved.kind === 'spent')
    return notNow(await end(gateway, tx, action, weighed, { status: 'refused', because: reserved.because }));
  if (autonomous && incident) await useAllowance(tx, incident);
  const limited = action.decision.said.some(({ rule, kind }) => rule === 'limit' && kind === 'ask');
  if (approval && limited && incident) await grantMore(tx, incident, limits.autonomous_changes_per_incident);
  const owed = await gateway.recording?.owe(tx, action.id);
  await setRunning(tx, action, { autonomous, awaitsRecord: owed !== undefined });
  if (approval) await noteOutcome(tx, approval.id, 'Running…');
  const running = { ...decidedEntry(action, weighed), kind: 'action.running' as const };
  const begun: Begun = { kind: 'begun', action, tool: weighed.tool };
  return { result: begun, entries: [running], jobs: [...outcomeJobs(action, approval), ...(owed ?? [])] };
}

function decidedEntry(action: Action, weighed: Weighed) {
  return {
    kind: 'action.decided' as const,
    by: { worker: action.worker, charter: action.charter },
    about: { action: action.id, incident: action.incident ?? undefined },
    versions: { policy: action.policy, tool: `${action.tool}@${action.toolVersion}` },
    facts: { ...decided(weighed), digest: action.digest },
    because: weighed.decision.because,
  };
}
