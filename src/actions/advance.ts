import type { Approval } from '../approvals/approval.ts';
import { approvalOf, noteOutcome } from '../approvals/read.ts';
import type { ActionId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import type { AnyTool } from '../tools/tool.ts';
import { type Action, permit } from './action.ts';
import { finish, outcomeJobs } from './finish.ts';
import { type Gateway, type Weighed, weigh } from './gateway.ts';
import { askFor, decided } from './propose.ts';
import { run, seeThrough } from './run.ts';
import { grantMore, load, lock, setRunning, setWaiting, useAllowance } from './store.ts';

type Begun = { kind: 'begun'; action: Action; tool: AnyTool } | { kind: 'not-now' };

/**
 * Takes an action one step further: decides again on the facts as they are now, and runs it, asks, ends
 * it or waits; or sees what became of one that is running. Safe to call at any time and any number of
 * times: the row says how far it got, and *running* is committed before the tool is called.
 */
export async function advance(gateway: Gateway, id: ActionId): Promise<void> {
  const action = await load(gateway.db, id);
  if (action?.status === 'running') return seeThrough(gateway, action);
  const begun = await begin(gateway, id);
  if (begun.kind === 'begun') await run(gateway, begun.action, begun.tool);
}

function begin(gateway: Gateway, id: ActionId): Promise<Begun> {
  return save<Begun>(gateway, async (tx) => {
    const found = await lock(tx, id);
    if (found?.status !== 'ready' && found?.status !== 'waiting') return notNow({ entries: [], jobs: [] });
    const weighed = await weigh(gateway, tx, found);
    if (weighed.kind === 'unknown')
      return notNow(await finish(tx, found, { status: 'refused', because: weighed.because }));
    const approval = await approvalOf(tx, id);
    const permission = permit(weighed.decision, weighed.digest, approval);
    const action: Action = { ...found, ...weighed.bound, digest: weighed.digest };
    switch (permission.kind) {
      case 'wait':
        return notNow({ entries: [], jobs: [] });
      case 'end':
        return notNow(await end(tx, action, weighed, permission));
      case 'ask':
        return notNow(await askNow(tx, action, weighed));
      case 'run':
        return start(gateway, tx, action, { weighed, approval, autonomous: permission.autonomous });
    }
  });
}

function notNow({ entries, jobs }: Consequences): { result: Begun } & Consequences {
  return { result: { kind: 'not-now' }, entries, jobs };
}

async function end(
  tx: Tx,
  action: Action,
  weighed: Weighed,
  { status, because }: { status: 'refused' | 'rejected' | 'lapsed'; because: string },
): Promise<Consequences> {
  const ended = await finish(tx, action, { status, because });
  return { entries: [decidedEntry(action, weighed), ...ended.entries], jobs: ended.jobs };
}

async function askNow(tx: Tx, action: Action, weighed: Weighed): Promise<Consequences> {
  const { decision } = weighed;
  await setWaiting(tx, { ...action, decision });
  const question = { ...action.question, because: decision.because };
  const asked = await askFor(tx, { ...action, question }, decision);
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
  const { incident } = action;
  if (autonomous && incident) await useAllowance(tx, incident);
  const limited = action.decision.said.some(({ rule, kind }) => rule === 'limit' && kind === 'ask');
  if (approval && limited && incident)
    await grantMore(tx, incident, gateway.policy.limits.autonomous_changes_per_incident);
  await setRunning(tx, action, autonomous);
  if (approval) await noteOutcome(tx, approval.id, 'Running…');
  const running = { ...decidedEntry(action, weighed), kind: 'action.running' as const };
  const begun: Begun = { kind: 'begun', action, tool: weighed.tool };
  return { result: begun, entries: [running], jobs: outcomeJobs(action, approval) };
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
