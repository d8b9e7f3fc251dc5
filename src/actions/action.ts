// Actions: one proposed deed and its life. The gateway: the only road from a worker to a side effect.
// Not what a tool does, nor what is allowed: tools and policy say that, this room asks both and keeps the row.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Approval, Question } from '../approvals/approval.ts';
import type { ActionId, IncidentId, WorkerId } from '../ids.ts';
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
  | 'lapsed';

export interface Action {
  id: ActionId;
  incident: IncidentId | null;
  /** Which step of the incident's runbook, from 0. */
  step: number | null;
  worker: WorkerId;
  charter: string;
  policy: string;
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
  handle: string | null;
  output: string | null;
  proposedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** What an approval is bound to: exactly what runs, and under which rules. */
export type Bound = Pick<Action, 'tool' | 'toolVersion' | 'arguments' | 'target' | 'charter' | 'policy'>;

/** SHA-256 (hex) of exactly what would run and under which rules: what an approval is bound to. */
export function digestOf({ tool, toolVersion, arguments: given, target, charter, policy }: Bound): string {
  const text = canonicalize({ tool, toolVersion, arguments: given, target, charter, policy });
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex');
}

export type Permission =
  | { kind: 'run'; autonomous: boolean }
  | { kind: 'ask' }
  | { kind: 'wait' }
  | { kind: 'end'; status: 'refused' | 'rejected' | 'lapsed'; because: string };

/**
 * Whether an action may run now, given what policy says now, its digest now, and its approval if it has
 * one. Pure. An approval counts only for the digest it was given for.
 */
export function permit(decision: Decision, digestNow: string, approval: Approval | undefined): Permission {
  const end = (status: 'refused' | 'rejected' | 'lapsed', because: string): Permission => {
    return { kind: 'end', status, because };
  };
  if (decision.kind === 'refuse') return end('refused', decision.because.join(' '));
  if (!approval) return decision.kind === 'ask' ? { kind: 'ask' } : { kind: 'run', autonomous: true };
  switch (approval.status) {
    case 'open':
      return { kind: 'wait' };
    case 'rejected':
      return end('rejected', 'A person rejected it.');
    case 'lapsed':
      return end('lapsed', 'Nobody approved it in time.');
    case 'withdrawn':
      return end('refused', 'What it was asked for is no longer needed.');
    case 'approved':
      if (approval.digest === digestNow) return { kind: 'run', autonomous: false };
      return end('refused', 'The action, its charter or the policy changed after it was asked for.');
  }
}
