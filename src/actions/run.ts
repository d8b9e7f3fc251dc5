import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import { transact } from '../postgres/database.ts';
import type { AnyTool, Progress } from '../tools/tool.ts';
import type { Action } from './action.ts';
import { endStopped, halt, neverBegan } from './cancel.ts';
import { begin, finish, type Outcome } from './finish.ts';
import { type Gateway, weigh } from './gateway.ts';
import { type Effect, hold } from './in-flight.ts';
import { databaseNow, setHandle } from './store.ts';

/**
 * Calls the tool, unless a kill switch was heard of while it was `beginning`. The row already says *running*, so a
 * crash from here on is seen through, not repeated.
 */
export async function run(
  gateway: Gateway,
  action: Action,
  tool: AnyTool,
  beginning?: Effect,
): Promise<void> {
  const effect = hold(gateway.inFlight, action, gateway.now());
  if (beginning?.killed) return neverBegan(gateway, effect);
  if (effect.killed) return halt(gateway, effect);
  const progress = await started(effect, tool);
  if (progress?.kind === 'running') effect.action.handle = progress.handle;
  if (!progress || (effect.killed && progress.kind === 'running')) return halt(gateway, effect);
  await keep(gateway, action, progress);
}

/** Undefined: a kill switch was heard of meanwhile, and it is not known whether it began. */
async function started(effect: Effect, tool: AnyTool): Promise<Progress | undefined> {
  const { action } = effect;
  effect.starting = true;
  try {
    return await tool.start(tool.arguments.parse(action.arguments), action.id);
  } catch (error) {
    if (effect.killed) return undefined;
    throw error;
  } finally {
    effect.starting = false;
  }
}

/**
 * Sees what became of an action that says *running*: read back by its handle, found by its mark, begun
 * again where the tool takes a key, otherwise indeterminate and a person's to look at.
 */
export async function seeThrough(gateway: Gateway, action: Action): Promise<void> {
  hold(gateway.inFlight, action, gateway.now());
  const tool = gateway.tools.find(({ name }) => name === action.tool);
  const handle = action.handle ?? (await tool?.find(action.id, action.startedAt ?? action.proposedAt));
  if (tool && handle) return keep(gateway, action, await tool.look(handle));
  if (tool?.takesKey && (await isStillPermitted(gateway, action))) return run(gateway, action, tool);
  return end(gateway, action, { status: 'indeterminate', because: unknown(action) });
}

/** Nothing that it was permitted for has changed since, and nobody has taken it out of the workers' hands. */
export async function isStillPermitted(gateway: Gateway, action: Action): Promise<boolean> {
  const weighed = await transact(gateway.db, (tx) => weigh(gateway, tx, action));
  if (weighed.kind === 'unknown') return false;
  return weighed.digest === action.digest && weighed.decision.kind !== 'refuse';
}

function unknown({ question, id }: Action): string {
  return `It is not known whether this ran: "${question.what}" was begun and then interrupted, and nothing marked ${id} was found afterwards. Look at ${question.target} before doing it again.`;
}

/** Whoever stopped it meanwhile knows better than whoever looked. */
async function keep(gateway: Gateway, action: Action, progress: Progress): Promise<void> {
  const stopped = await gateway.inFlight.effects.get(action.id)?.stopped;
  if (stopped) return endStopped(gateway, action, stopped);
  switch (progress.kind) {
    case 'done': {
      const because = `Done: ${action.question.what}.`;
      return end(gateway, action, { status: 'done', because, output: progress.output });
    }
    case 'failed': {
      const { because, output } = progress;
      return end(
        gateway,
        action,
        output === undefined ? { status: 'failed', because } : { status: 'failed', because, output },
      );
    }
    case 'running':
      return lookAgain(gateway, action, progress.handle);
  }
}

async function end(gateway: Gateway, action: Action, outcome: Outcome): Promise<void> {
  await save(gateway, async (tx) => ({ result: undefined, ...(await finish(gateway, tx, action, outcome)) }));
  gateway.inFlight.effects.delete(action.id);
}

/** Keeps the handle and looks again later; work whose action has ended meanwhile, as by a kill switch, is stopped. */
async function lookAgain(gateway: Gateway, action: Action, handle: string): Promise<void> {
  const kept = await save(gateway, async (tx) => {
    // By the database's clock, as the queue reads it: a wrong one here would look for ever, or not for long.
    const after = new Date((await databaseNow(tx)).getTime() + gateway.lookAgainMs);
    const again: Job & { after: Date } = { name: 'advance-action', action: action.id, after };
    if (action.handle === handle) return { result: true, entries: [], jobs: [again] };
    if (!(await setHandle(tx, action.id, handle))) return { result: false, entries: [], jobs: [] };
    const begun = await begin(gateway, tx, action, handle);
    return { result: true, entries: begun.entries, jobs: [...begun.jobs, again] };
  });
  if (kept) return;
  gateway.inFlight.effects.delete(action.id);
  await gateway.tools.find(({ name }) => name === action.tool)?.cancel?.(handle);
}
