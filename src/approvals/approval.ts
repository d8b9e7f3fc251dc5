// Approvals: questions put to people, and their answers. The row is the authority; every card is a view of it.
// Not what runs afterwards: an answer leaves a job and the gateway decides again.
import type { ActionId, ApprovalId, IncidentId, PersonId, WorkerId } from '../ids.ts';

/** What the person is asked to decide on, taken from the typed action and never from free text. */
export interface Question {
  what: string;
  target: string;
  why: string;
  evidence: string[];
  risk: string;
  /** 0–1 */
  confidence: number;
  expected: string;
  rollback: string;
  /** Why it is asked at all, one sentence a rule. */
  because: string[];
}

export interface Approval {
  id: ApprovalId;
  action: ActionId;
  worker: WorkerId;
  /** SHA-256 of exactly what would run. */
  digest: string;
  incident: IncidentId | null;
  terms: { roles: string[]; minutes: number };
  question: Question;
  status: 'open' | 'approved' | 'rejected' | 'lapsed' | 'withdrawn';
  askedAt: Date;
  expiresAt: Date;
  answeredBy: PersonId | null;
  answeredAt: Date | null;
  reason: string | null;
  /** What came of it once it was approved. */
  outcome: string | null;
}

export type Answer = { kind: 'approve' } | { kind: 'reject'; reason: string };

export type Judged =
  | { kind: 'recorded'; because: string }
  | { kind: 'settled'; because: string }
  | { kind: 'expired'; because: string }
  | { kind: 'not-yours'; because: string };

interface Answering {
  id: PersonId;
  roles: string[];
}

/** Whether this person's answer counts now. Pure; `now` is the database's clock. */
export function judge(approval: Approval, person: Answering, answer: Answer, now: Date): Judged {
  if (approval.status === 'lapsed' || (approval.status === 'open' && now >= approval.expiresAt)) {
    return {
      kind: 'expired',
      because: 'Nobody answered in time, so this request has lapsed and nothing was run.',
    };
  }
  if (approval.status === 'withdrawn') {
    return { kind: 'settled', because: 'This request was withdrawn: it is no longer needed.' };
  }
  if (approval.status !== 'open') {
    return { kind: 'settled', because: `This was already ${approval.status}: the card shows by whom.` };
  }
  if (!approval.terms.roles.some((role) => person.roles.includes(role))) {
    const wanted = approval.terms.roles.join(' or ');
    const because = wanted
      ? `This needs the role ${wanted}: ask someone who has it.`
      : 'Nobody may answer this: the policy names no role for it.';
    return { kind: 'not-yours', because };
  }
  return { kind: 'recorded', because: answer.kind === 'approve' ? 'Approved.' : 'Rejected.' };
}
