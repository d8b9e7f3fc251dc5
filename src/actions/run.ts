import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import type { AnyTool, Progress } from '../tools/tool.ts';
import type { Action } from './action.ts';
import { begin, finish, type Outcome } from './finish.ts';
import { type Gateway, toolNamed } from './gateway.ts';
import { setHandle } from './store.ts';

/** Calls the tool. The row already says *running*, so a crash from here on is seen through, not repeated. */
export async function run(gateway: Gateway, action: Action): Promise<void> {
  const tool = toolNamed(gateway, action.tool);
  const progress = await tool.start(tool.arguments.parse(action.arguments), action.id);
  await keep(gateway, action, tool, progress);
}

/**
 * Sees what became of an action that says *running*: read back by its handle, found by its mark, begun
 * again where the tool takes a key, otherwise indeterminate and a person's to look at.
 */
export async function seeThrough(gateway: Gateway, action: Action): Promise<void> {
  const tool = toolNamed(gateway, action.tool);
  const handle = action.handle ?? (await tool.find(action.id, action.startedAt ?? action.proposedAt));
  if (handle) return keep(gateway, action, tool, await tool.look(handle));
  if (tool.takesKey) return run(gateway, action);
  return end(gateway, action, { status: 'indeterminate', because: unknown(action) });
}

function unknown({ question, id }: Action): string {
  return `It is not known whether this ran: "${question.what}" was begun and then interrupted, and nothing marked ${id} was found afterwards. Look at ${question.target} before doing it again.`;
}

async function keep(gateway: Gateway, action: Action, tool: AnyTool, progress: Progress): Promise<void> {
  const given = tool.arguments.parse(action.arguments);
  switch (progress.kind) {
    case 'done':
      return end(gateway, action, {
        status: 'done',
        because: `Done: ${tool.what(given)}.`,
        output: progress.output,
      });
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

function end(gateway: Gateway, action: Action, outcome: Outcome): Promise<void> {
  return save(gateway, async (tx) => ({ result: undefined, ...(await finish(tx, action, outcome)) }));
}

function lookAgain(gateway: Gateway, action: Action, handle: string): Promise<void> {
  const after = new Date(gateway.now().getTime() + gateway.lookAgainMs);
  const again: Job & { after: Date } = { name: 'advance-action', action: action.id, after };
  return save(gateway, async (tx) => {
    if (action.handle === handle) return { result: undefined, entries: [], jobs: [again] };
    await setHandle(tx, action.id, handle);
    const begun = await begin(tx, action, handle);
    return { result: undefined, entries: begun.entries, jobs: [...begun.jobs, again] };
  });
}
