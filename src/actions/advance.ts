import type { Approval } from '../approvals/approval.ts';
import { approvalOf, noteOutcome } from '../approvals/read.ts';
import type { ActionId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { type Action, permit } from './action.ts';
import { finish, outcomeJobs } from './finish.ts';
import { type Gateway, type Weighed, weigh } from './gateway.ts';
import { askFor, decided } from './propose.ts';
import { run, seeThrough } from './run.ts';
import { grantMore, load, lock, setRunning, setWaiting, takeAllowance } from './store.ts';

type Begun = { kind: 'begun'; action: Action } | { kind: 'not-now' };

/**
 * Takes an action one step further: decides again on the facts as they are now, and runs it, asks, ends
 * it or waits; or sees what became of one that is running. Safe to call at any time and any number of
 * times: the row says how far it got, and *running* is committed before the tool is called.
 */
export async function advance(gateway: Gateway, id: ActionId): Promise<void> {
  const action = await load(gateway.db, id);
  if (action?.status === 'running') return seeThrough(gateway, action);
  const begun = await begin(gateway, id);
  if (begun.kind === 'begun') await run(gateway, begun.action);
}

function begin(gateway: Gateway, id: ActionId): Promise<Begun> {
  return save<Begun>(gateway, async (tx) => {
    const action = await lock(tx, id);
    if (action?.status !== 'ready' && action?.status !== 'waiting') return notNow({ entries: [], jobs: [] });
    const weighed = await weigh(gateway, tx, action);
    const approval = await approvalOf(tx, id);
    const permission = permit(weighed.decision, weighed.digest, approval);
    switch (permission.kind) {
      case 'wait':
        return notNow({ entries: [], jobs: [] });
      case 'end':
        return notNow(await finish(tx, action, { status: permission.status, because: permission.because }));
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

async function askNow(tx: Tx, action: Action, weighed: Weighed): Promise<Consequences> {
  await setWaiting(tx, action.id, weighed.decision);
  const question = { ...action.question, because: weighed.decision.because };
  const asked = await askFor(tx, { ...action, question }, weighed.decision);
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
  how: Start,
): Promise<{ result: Begun } & Consequences> {
  const { weighed, approval, autonomous } = how;
  const granted = gateway.policy.limits.autonomous_changes_per_incident;
  if (autonomous && action.incident && !(await takeAllowance(tx, action.incident, granted))) {
    // Others used the last of it since the facts were read: once more round, and the limit's rule asks.
    return notNow({ entries: [], jobs: [{ name: 'advance-action', action: action.id }] });
  }
  const limited = action.decision.said.some(({ rule, kind }) => rule === 'limit' && kind === 'ask');
  if (approval && limited && action.incident) await grantMore(tx, action.incident, granted);
  await setRunning(tx, action.id, autonomous);
  if (approval) await noteOutcome(tx, approval.id, 'Running…');
  const running = { ...decidedEntry(action, weighed), kind: 'action.running' as const };
  return { result: { kind: 'begun', action }, entries: [running], jobs: outcomeJobs(action, approval) };
}

function decidedEntry(action: Action, weighed: Weighed) {
  return {
    kind: 'action.decided' as const,
    by: { worker: action.worker, charter: weighed.charter },
    about: { action: action.id, incident: action.incident ?? undefined },
    versions: { policy: action.policy, tool: `${action.tool}@${action.toolVersion}` },
    facts: { ...decided(weighed), digest: weighed.digest },
    because: weighed.decision.because,
  };
}
