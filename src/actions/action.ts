// Actions: one proposed deed and its life. The gateway: the only road from a worker to a side effect.
// Not what a tool does, nor what is allowed: tools and policy say that, this room asks both and keeps the row.
import type { Approval, Question } from '../approvals/approval.ts';
import { contentsDigest } from '../charter/force.ts';
import type { ActionId, IncidentId, PersonId, WorkerId } from '../ids.ts';
import type { Decision } from '../policy/decide.ts';

/** ready → running → done | failed | indeterminate; waiting for an approval before, or ended without running. */
export type Status =
  | 'ready'
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  /** It was begun and nobody can say whether it ran: a person must look. */
  | 'indeterminate'
  | 'refused'
  | 'rejected'
  | 'lapsed'
  /** Stopped by a kill switch while it was running. */
  | 'cancelled';

export type Health = 'better' | 'same' | 'worse';

export interface Action {
  id: ActionId;
  incident: IncidentId | null;
  /** Which step of the incident's runbook, from 0; null for what is no step. */
  step: number | null;
  /** How often a person had the incident begun afresh before. */
  attempt: number;
  /** The action that this one rolls back. */
  undoes: ActionId | null;
  /** It would prevent what is foretold and not there yet. */
  foretold: boolean;
  /** What a person said that it came from, such as a message: asked for once, however often that is heard. */
  request: string | null;
  worker: WorkerId;
  /** The versions it was decided under, for people; the digests say what stood in them. */
  charter: string;
  charterDigest: string;
  policy: string;
  policyDigest: string;
  tool: string;
  toolVersion: number;
  arguments: unknown;
  target: string;
  digest: string;
  confidence: number;
  question: Question;
  status: Status;
  decision: Decision;
  /** It ran without an approval, and counts against the incident's allowance. */
  autonomous: boolean;
  /** Who asked for it, when a person did: they may not approve it. */
  requestedBy: PersonId | null;
  /** What the approval relied on, as the system outside had it when it was asked. */
  reliedOn: Record<string, string>;
  /** It says *running* and its tool was not called yet: its change record is being opened. */
  awaitsRecord: boolean;
  handle: string | null;
  output: string | null;
  /** How its incident was afterwards: *same* and *worse* count as having failed. */
  health: Health | null;
  proposedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** What an approval is bound to: exactly what runs, and under which rules. */
export type Bound = Pick<
  Action,
  'tool' | 'toolVersion' | 'arguments' | 'target' | 'charter' | 'charterDigest' | 'policy' | 'policyDigest'
>;

/** SHA-256 (hex) of exactly what would run and under which rules: what an approval is bound to. */
export function digestOf(bound: Bound): string {
  const { tool, toolVersion, arguments: given, target, charter, charterDigest, policy, policyDigest } = bound;
  const rules = { charter, charterDigest, policy, policyDigest };
  return contentsDigest({ tool, toolVersion, arguments: given, target, ...rules });
}

export type Permission =
  | { kind: 'run'; autonomous: boolean }
  | { kind: 'ask' }
  | { kind: 'wait' }
  /** What was asked for is not what would run now: it is asked anew. */
  | { kind: 'again'; because: string }
  | { kind: 'end'; status: 'refused' | 'rejected' | 'lapsed'; because: string };

/** What is known at the moment of deciding. */
export interface Now {
  decision: Decision;
  /** Of what would run now, under the rules in force now. */
  digest: string;
  approval: Approval | undefined;
  /** A fact the approval relied on that is another one now: a sentence. */
  drift: string | undefined;
  /** A person has paused the incident: what may run waits. */
  paused: boolean;
}

/** Whether an action may run now. Pure. An approval counts only for exactly what it was given for. */
export function permit({ decision, digest, approval, drift, paused }: Now): Permission {
  const end = (status: 'refused' | 'rejected' | 'lapsed', because: string): Permission => {
    return { kind: 'end', status, because };
  };
  const run = (autonomous: boolean): Permission => (paused ? { kind: 'wait' } : { kind: 'run', autonomous });
  if (decision.kind === 'refuse') return end('refused', decision.because.join(' '));
  if (!approval || approval.status === 'superseded') {
    return decision.kind === 'ask' ? { kind: 'ask' } : run(true);
  }
  if (approval.status === 'rejected') return end('rejected', 'A person rejected it.');
  if (approval.status === 'lapsed') return end('lapsed', 'Nobody approved it in time.');
  if (approval.status === 'withdrawn') return end('refused', 'What it was asked for is no longer needed.');
  if (approval.digest !== digest)
    return { kind: 'again', because: 'The action, its charter or the policy changed since this was asked.' };
  if (drift !== undefined) return { kind: 'again', because: drift };
  return approval.status === 'approved' ? run(false) : { kind: 'wait' };
}
