import type { ActionId, WorkerId } from '../ids.ts';
import type { AnyTool } from '../tools/tool.ts';
import type { Action } from './action.ts';
import type { Gateway } from './gateway.ts';
import { propose } from './propose.ts';
import { load } from './store.ts';

export type Undoing =
  | { kind: 'deed'; tool: string; arguments: unknown; says: string }
  | { kind: 'none'; because: string };

/** How an action is rolled back with these tools, or why it is not. Pure. */
export function undoingOf(action: Action, tools: AnyTool[]): Undoing {
  const { what } = action.question;
  const none = (because: string): Undoing => ({ kind: 'none', because });
  if (action.undoes) return none(`"${what}" rolled something back itself, and that is not rolled back.`);
  if (action.status !== 'done')
    return none(`"${what}" is ${action.status}: only what is done is rolled back.`);
  const tool = tools.find(({ name }) => name === action.tool);
  if (!tool || tool.version !== action.toolVersion)
    return none(`"${what}" was done by ${action.tool}@${action.toolVersion}, which is not here any more.`);
  const inverse = tool.inverse(tool.arguments.parse(action.arguments));
  if (inverse.kind === 'none') return none(`"${what}" has no inverse. ${inverse.says}`);
  const by = tools.find(({ name }) => name === inverse.tool);
  if (!by?.arguments.safeParse(inverse.arguments).success)
    return none(`"${what}" is undone by ${inverse.tool}, which cannot do it here: ${inverse.says}`);
  return { kind: 'deed', tool: inverse.tool, arguments: inverse.arguments, says: inverse.says };
}

interface Reason {
  worker: WorkerId;
  attempt: number;
  /** 0–1, that undoing it is right. */
  confidence: number;
  /** A sentence that goes on after "This undoes …". */
  because: string;
  evidence: string[];
}

export type RolledBack = { kind: 'proposed'; action: ActionId } | { kind: 'none'; because: string };

/** Puts an action's inverse before the gateway, as an action of its own. Rolled back twice, it is the first one's action. */
export async function rollBack(gateway: Gateway, id: ActionId, reason: Reason): Promise<RolledBack> {
  const action = await load(gateway.db, id);
  if (!action) return { kind: 'none', because: `There is no action ${id}.` };
  const undoing = undoingOf(action, gateway.tools);
  if (undoing.kind === 'none') return undoing;
  const { worker, attempt, confidence, because, evidence } = reason;
  const proposed = await propose(gateway, {
    worker,
    incident: action.incident,
    step: null,
    attempt,
    undoes: action.id,
    tool: undoing.tool,
    arguments: undoing.arguments,
    confidence,
    why: `This undoes "${action.question.what}": ${because}`,
    evidence,
    expected: `${undoing.says} ${action.target} is then as it was before.`,
  });
  return { kind: 'proposed', action: proposed };
}
