import { setTimeout } from 'node:timers/promises';
import type { ActionId } from '../ids.ts';
import { save } from '../jobs/save.ts';
import type { Action } from './action.ts';
import { finish, type Outcome } from './finish.ts';
import type { Gateway } from './gateway.ts';
import { type Effect, mark } from './in-flight.ts';
import { cancelUncalled, stoppedBefore } from './recording.ts';
import { isScope } from './stops.ts';
import { load } from './store.ts';

/**
 * Stops a running effect after a kill switch was thrown, as far as the system outside lets it, and says so on
 * the action either way. Safe to call twice.
 */
export async function cancel(gateway: Gateway, id: ActionId): Promise<void> {
  const held = gateway.inFlight.effects.get(id);
  if (held) held.killed = true;
  const before = await load(gateway.db, id);
  if (before?.awaitsRecord && (await cancelUncalled(gateway, id))) return;
  const action = await onceTaken(gateway, id);
  if (action?.status !== 'running') return;
  // What is still being called here is stopped by its caller too, when it comes back.
  const outcome = held && !held.starting ? stop(gateway, held) : stopped(gateway, action);
  await endStopped(gateway, action, await outcome);
}

/** The action as it is, after at most 1 s in which the system outside may take what was only just begun. */
async function onceTaken(gateway: Gateway, id: ActionId): Promise<Action | undefined> {
  for (const ms of [50, 150, 300, 500]) {
    const action = await load(gateway.db, id);
    const began = action?.startedAt?.getTime() ?? 0;
    const isNew = gateway.now().getTime() - began < 2_000;
    if (action?.status !== 'running' || action.handle || !isNew) return action;
    await setTimeout(ms);
  }
  return load(gateway.db, id);
}

/**
 * A kill switch was heard of: what this process is at is stopped at once, without the database. Resolves when all
 * of it is written down. Words that are no scope are nobody's.
 */
export async function hearKill(gateway: Gateway, scope: string): Promise<void> {
  if (!isScope(scope)) return;
  await Promise.all(mark(gateway.inFlight, scope).map((effect) => halt(gateway, effect)));
}

/**
 * Stops an effect of this process at once. What came of it the switch's own job writes down; where there is none,
 * as when the database was down, it is done here a little later, for as long as it takes.
 */
export async function halt(gateway: Gateway, effect: Effect): Promise<void> {
  await stop(gateway, effect);
  await setTimeout(Math.min(gateway.lookAgainMs, 1_000), undefined, { ref: false });
  await writeDown(gateway, effect);
}

/** Ends what was stopped between the commit of *running* and the call of its tool. */
export async function neverBegan(gateway: Gateway, effect: Effect): Promise<void> {
  effect.stopped = Promise.resolve(stoppedBefore);
  await writeDown(gateway, effect);
}

/** An hour: then it is for whoever looks at the action next. */
const mostTries = 3_600;

async function writeDown(gateway: Gateway, effect: Effect): Promise<void> {
  const { action } = effect;
  const outcome = await stop(gateway, effect);
  for (let tries = 0; tries < mostTries && gateway.inFlight.effects.get(action.id) === effect; tries += 1) {
    const written = await endStopped(gateway, action, outcome).then(
      () => true,
      () => false,
    );
    if (!written) await setTimeout(1_000, undefined, { ref: false });
  }
}

/** Ends an action whose effect was stopped. Does nothing when it had ended. */
export async function endStopped(gateway: Gateway, action: Action, outcome: Outcome): Promise<void> {
  await save(gateway, async (tx) => {
    const { entries, jobs } = await finish(gateway, tx, action, outcome);
    return {
      result: undefined,
      entries: entries.map((entry) => ({ ...entry, kind: 'action.cancelled' as const })),
      jobs,
    };
  });
  gateway.inFlight.effects.delete(action.id);
}

/** Once, however many want it stopped, so that they all say the same. */
function stop(gateway: Gateway, effect: Effect): Promise<Outcome> {
  effect.stopped ??= stopped(gateway, effect.action);
  return effect.stopped;
}

function stopped(gateway: Gateway, action: Action): Promise<Outcome> {
  return stoppedOutside(gateway, action).catch((error: unknown): Outcome => {
    const why = error instanceof Error ? error.message : String(error);
    return {
      status: 'indeterminate',
      because: `The kill switch was thrown, and it is not known whether this was stopped: ${why}`,
    };
  });
}

async function stoppedOutside({ tools }: Gateway, action: Action): Promise<Outcome> {
  const tool = tools.find(({ name }) => name === action.tool);
  const handle = action.handle ?? (await tool?.find(action.id, action.startedAt ?? action.proposedAt));
  if (!tool?.cancel || !handle) {
    return {
      status: 'indeterminate',
      because: `The kill switch was thrown while "${action.question.what}" was running, and it cannot be stopped from here: look at ${action.target}.`,
    };
  }
  const cancelled = await tool.cancel(handle);
  if (cancelled.kind === 'done')
    return {
      status: 'done',
      because: `Done before it could be stopped: ${action.question.what}.`,
      output: cancelled.output,
    };
  return {
    status: 'cancelled',
    because: `Stopped by the kill switch: ${handle}. What it had done by then is not undone; look at ${action.target}.`,
  };
}
