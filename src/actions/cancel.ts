import type { ActionId } from '../ids.ts';
import { save } from '../jobs/save.ts';
import type { Action } from './action.ts';
import { finish, type Outcome } from './finish.ts';
import type { Gateway } from './gateway.ts';
import { load } from './store.ts';

/**
 * Stops a running effect after a kill switch was thrown, as far as the system outside lets it, and says so on
 * the action either way. Safe to call twice.
 */
export async function cancel(gateway: Gateway, id: ActionId): Promise<void> {
  const action = await load(gateway.db, id);
  if (action?.status !== 'running') return;
  const outcome = await stopped(gateway, action).catch((error: unknown): Outcome => {
    const why = error instanceof Error ? error.message : String(error);
    return {
      status: 'indeterminate',
      because: `The kill switch was thrown, and it is not known whether this was stopped: ${why}`,
    };
  });
  await save(gateway, async (tx) => {
    const { entries, jobs } = await finish(tx, action, outcome);
    return {
      result: undefined,
      entries: entries.map((entry) => ({ ...entry, kind: 'action.cancelled' as const })),
      jobs,
    };
  });
}

async function stopped({ tools }: Gateway, action: Action): Promise<Outcome> {
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
