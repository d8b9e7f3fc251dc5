import { z } from 'zod';
import type { Action } from '../actions/action.ts';
import type { Incident, Logged } from './incident.ts';

/** What came of an incident, for whoever reads it by machine. */
export const resultSchema = z.strictObject({
  root_cause: z.string().nullable(),
  /** 0–1 */
  confidence: z.number().min(0).max(1),
  actions_taken: z.array(z.strictObject({ what: z.string(), status: z.string(), at: z.string() })),
  status: z.string(),
  post_mortem: z.array(z.string()),
});

export type Result = z.infer<typeof resultSchema>;

interface Recorded {
  incident: Pick<Incident, 'cause' | 'status'>;
  entries: Logged[];
  actions: Action[];
}

/** From recorded rows alone: what nobody did is not in it, and what no rule or model stood for is no cause. Pure. */
export function resultOf({ incident: { cause, status }, entries, actions }: Recorded): Result {
  return {
    root_cause: cause?.says ?? null,
    confidence: cause?.confidence ?? 0,
    actions_taken: actions.flatMap(({ question, status: ended, startedAt }) =>
      startedAt ? [{ what: question.what, status: ended, at: startedAt.toISOString() }] : [],
    ),
    status,
    post_mortem: entries.findLast((one) => one.kind === 'post-mortem')?.facts.lines ?? [],
  };
}
