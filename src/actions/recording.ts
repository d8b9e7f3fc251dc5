import type { ActionId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import { requiresRecord } from '../policy/recorded.ts';
import type { Tx } from '../postgres/database.ts';
import type { Action, Status } from './action.ts';
import { finish, type Outcome } from './finish.ts';
import { type Gateway, targetOf } from './gateway.ts';
import type { Effect } from './in-flight.ts';
import { killedFor } from './stops.ts';
import { lock, setCallable } from './store.ts';

/** Where every executed change leaves its record in systems outside. What it returns becomes due with the change itself. */
export interface Recording {
  /** A record is owed from here on: in the transaction in which an action begins to run. */
  owe(tx: Tx, id: ActionId): Promise<(Job & { after?: Date })[]>;
  /** Has the record opened in every system, for at most `waitMs`; where one was just away, only when it `must`. Never throws. */
  open(id: ActionId, wait: { waitMs: number; must: boolean }): Promise<RecordOpened>;
  /** The system outside took the work. */
  begun(tx: Tx, id: ActionId): Promise<Job[]>;
  /** The action ended; one whose tool was never called leaves no record. */
  ended(
    tx: Tx,
    action: Pick<Action, 'id' | 'undoes'>,
    end: { status: Status; called: boolean },
  ): Promise<Job[]>;
}

export type RecordOpened =
  | { kind: 'open' }
  | { kind: 'missing'; because: string }
  /** Somebody else is at it, or was when its process died: it is looked for again. */
  | { kind: 'busy' };

/** How long a tool waits for its record: a little where the change goes on without, longer where it does not. */
const patienceMs = { possible: 2_000, required: 10_000 };

/** Why a change of this action may not begin on a site that keeps no change records; undefined when it may. */
export function unrecordable(gateway: Gateway, { target }: Pick<Action, 'target'>): string | undefined {
  if (gateway.recording || !isRequired(gateway, target)) return undefined;
  return 'The policy requires a change record for this, and no system is set to keep one: set SERVICENOW_URL or JIRA_URL, or change change_records in the policy.';
}

/**
 * Has the change record of a running action opened, and says whether its tool may be called now: by one caller
 * alone, once. Outside any transaction until the last step, which looks for kill switches and for who has ended the action
 * meanwhile. Safe to call again after a crash. Throws when a record that is required is being opened by somebody else.
 */
export async function mayCall(gateway: Gateway, action: Action, beginning: Effect): Promise<boolean> {
  if (!gateway.recording) return true;
  const required = isRequired(gateway, action.target);
  const waitMs = required ? patienceMs.required : patienceMs.possible;
  const opened = await gateway.recording.open(action.id, { waitMs, must: required });
  if (required && opened.kind === 'busy')
    throw new Error(`The change record of ${action.id} is being opened elsewhere: it is looked for again.`);
  const stop = required && opened.kind === 'missing' ? withoutRecord(opened.because) : undefined;
  return save(gateway, async (tx) => {
    const found = await lock(tx, action.id);
    if (found?.status !== 'running' || !found.awaitsRecord) return { result: false, entries: [], jobs: [] };
    const killed = beginning.killed || (await killedFor(tx, found)).length > 0;
    const outcome = killed ? stoppedBefore : stop;
    if (outcome) return { result: false, ...asCancelled(outcome, await finish(gateway, tx, found, outcome)) };
    return { result: await setCallable(tx, found.id), entries: [], jobs: [] };
  });
}

/** Ends an action that waits for its record, after a kill switch was thrown; false when it does not wait. */
export function cancelUncalled(gateway: Gateway, id: ActionId): Promise<boolean> {
  return endWaiting(gateway, id, stoppedBefore);
}

/** Ends an action that waits for its record and is not permitted any more. */
export async function endUncalled(gateway: Gateway, { id }: Action): Promise<void> {
  await endWaiting(gateway, id, {
    status: 'refused',
    because: 'It was interrupted before it began, and what it was permitted for changed meanwhile.',
  });
}

function endWaiting(gateway: Gateway, id: ActionId, outcome: Outcome): Promise<boolean> {
  return save(gateway, async (tx) => {
    const found = await lock(tx, id);
    if (found?.status !== 'running' || !found.awaitsRecord) return { result: false, entries: [], jobs: [] };
    return { result: true, ...asCancelled(outcome, await finish(gateway, tx, found, outcome)) };
  });
}

/** What stopped it between the commit of *running* and the call of its tool. */
export const stoppedBefore: Outcome = {
  status: 'cancelled',
  because: 'Stopped by the kill switch before it began: nothing was run.',
};

function withoutRecord(missing: string): Outcome {
  return {
    status: 'refused',
    because: `The policy requires a change record before this begins, and it could not be opened: ${missing}`,
  };
}

function asCancelled({ status }: Outcome, { entries, jobs }: Awaited<ReturnType<typeof finish>>) {
  if (status !== 'cancelled') return { entries, jobs };
  return { entries: entries.map((entry) => ({ ...entry, kind: 'action.cancelled' as const })), jobs };
}

function isRequired(gateway: Gateway, target: string): boolean {
  return requiresRecord(gateway.policy, targetOf(gateway, target, gateway.now()));
}
