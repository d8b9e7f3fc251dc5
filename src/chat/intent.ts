// Everything a button can mean. What comes back from a click is parsed here and trusted nowhere.
import { z } from 'zod';
import type { ApprovalId, IncidentId, SignalId, SilenceId, WorkerId } from '../ids.ts';

const id = <T extends string>() => z.string().regex(/^[a-z0-9-]{1,64}$/i) as unknown as z.ZodType<T>;

const count = z.int().min(0).max(1_000_000);
const step = { incident: id<IncidentId>(), attempt: count, step: count };

/** What somebody can have an opinion of: an answer, an answer to a question on an approval, an incident that is over. */
const votable = z
  .string()
  .regex(/^(delivery|enquiry|incident):[a-z0-9-]{1,64}$/)
  .transform((text) => text as Votable);
export type Votable = `${'delivery' | 'enquiry' | 'incident'}:${string}`;

const intent = z.discriminatedUnion('do', [
  z.object({ do: z.literal('approve'), approval: id<ApprovalId>() }),
  z.object({ do: z.literal('reject'), approval: id<ApprovalId>() }),
  z.object({ do: z.literal('enquire'), approval: id<ApprovalId>() }),
  z.object({ do: z.literal('false-alarm'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('take'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('hand-back'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('pause'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('resume'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('wrong-cause'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('reopen'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('resolved'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('declare') }),
  z.object({ do: z.literal('escalate'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('redirect'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('by-hand'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('done-by-me'), ...step }),
  z.object({ do: z.literal('let-worker'), ...step }),
  z.object({ do: z.literal('skip-step'), ...step }),
  z.object({ do: z.literal('give-rest'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('edit-post-mortem'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('add-task'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('task-done'), incident: id<IncidentId>(), nth: z.int().min(1).max(999) }),
  z.object({ do: z.literal('file-post-mortem'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('correct-post-mortem'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('adopt-runbook'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('decline-runbook'), incident: id<IncidentId>() }),
  z.object({ do: z.literal('investigate'), signal: id<SignalId>() }),
  z.object({ do: z.literal('expected'), signal: id<SignalId>() }),
  z.object({ do: z.literal('mute'), signal: id<SignalId>() }),
  z.object({ do: z.literal('not-useful'), signal: id<SignalId>() }),
  z.object({ do: z.literal('unmute'), silence: id<SilenceId>() }),
  z.object({ do: z.literal('vote'), subject: votable, up: z.boolean() }),
  z.object({ do: z.literal('rate'), worker: id<WorkerId>() }),
  z.object({
    do: z.literal('put-forward'),
    worker: id<WorkerId>(),
    quarter: z.string().regex(/^20\d\d-Q[1-4]$/),
  }),
  z.object({ do: z.literal('let-it-ask'), worker: id<WorkerId>(), tool: id<string>() }),
  z.object({ do: z.literal('kill') }),
]);

export type Intent = z.infer<typeof intent>;

/** Every `do` there is. */
export const everyDo: Intent['do'][] = intent.options.map((one) => one.shape.do.value);

/** The text a button carries, at most 2,000 characters. */
export function writeIntent(meant: Intent): string {
  return JSON.stringify(meant);
}

/** What a button's text means, or undefined when it is none of ours. */
export function readIntent(text: unknown): Intent | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return intent.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
