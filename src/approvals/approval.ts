// Approvals: questions put to people, and their answers. The row is the authority; every card is a view of it.
// Not what runs afterwards: an answer leaves a job and the gateway decides again.
import type { ActionId, ApprovalId, IncidentId, PersonId, WorkerId } from '../ids.ts';
import type { Terms } from '../policy/policy.ts';
import { seated } from './seats.ts';

/** What the person is asked to decide on, taken from the typed action and never from free text. */
export interface Question {
  what: string;
  target: string;
  /** Every argument as it would be passed, as JSON. */
  arguments: string;
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
  policy: string;
  charter: string;
  incident: IncidentId | null;
  terms: Terms;
  /** Who may not decide, whatever their roles: who asked for it, answers for the worker or proposed its charter. */
  excluded: PersonId[];
  question: Question;
  status: 'open' | 'approved' | 'rejected' | 'lapsed' | 'withdrawn' | 'superseded';
  /** 2 once the next contacts are asked. */
  round: number;
  /** The last round whose people were reminded; 0 for none. */
  reminded: number;
  askedAt: Date;
  expiresAt: Date;
  /** Those who have approved so far, in order, or the one who rejected. */
  answers: Given[];
  /** What came of it once it was approved. */
  outcome: string | null;
  /** How the deed ended, once it has. */
  ended: Ended | null;
}

export type Ended = 'done' | 'failed' | 'indeterminate' | 'refused' | 'rejected' | 'lapsed' | 'cancelled';

export interface Given {
  person: PersonId;
  roles: string[];
  answer: 'approve' | 'reject';
  reason: string | null;
  /** They typed the target's name. */
  typed: boolean;
  at: Date;
}

export type Answer = { kind: 'approve'; typed?: string } | { kind: 'reject'; reason: string };

export type Judged =
  /** `complete`: every seat is taken, or one rejected. */
  | { kind: 'recorded'; complete: boolean; because: string }
  | { kind: 'settled'; because: string }
  | { kind: 'expired'; because: string }
  | { kind: 'not-yours'; because: string }
  /** The target's name must be typed first. */
  | { kind: 'type-target'; because: string };

interface Answering {
  id: PersonId;
  roles: string[];
}

/** Whether this person's answer counts now, and whether it is the last one needed. Pure; `now` is the database's clock. */
export function judge(approval: Approval, person: Answering, answer: Answer, now: Date): Judged {
  return (
    closed(approval, now) ??
    (approval.excluded.includes(person.id) ? excluded : undefined) ??
    weighed(approval, person, answer)
  );
}

const excluded: Judged = {
  kind: 'not-yours',
  because:
    "You asked for this, proposed this worker's charter or answer for this worker, so somebody else must decide.",
};

/** Who is asked besides when the time of this round is up; undefined when nobody is left. */
export function nextOf({ round, terms }: Approval): string[] | undefined {
  return round === 1 && terms.next?.length ? terms.next : undefined;
}

function closed(approval: Approval, now: Date): Judged | undefined {
  const { status, expiresAt } = approval;
  if (status === 'open' && now >= expiresAt && nextOf(approval)) {
    return {
      kind: 'expired',
      because:
        'Its time is up and the next contacts are being asked now, so this click did not count: answer again once the card shows its new time.',
    };
  }
  if (status === 'lapsed' || (status === 'open' && now >= expiresAt)) {
    return {
      kind: 'expired',
      because: 'Nobody answered in time, so this request has lapsed and nothing was run.',
    };
  }
  if (status === 'open') return undefined;
  const because = {
    approved: 'This was already approved: the card shows by whom.',
    rejected: 'This was already rejected: the card shows by whom.',
    withdrawn: 'This request was withdrawn: it is no longer needed.',
    superseded:
      'The rules or the facts changed since this was asked, so it is asked anew: see the newer card.',
  }[status];
  return { kind: 'settled', because };
}

function weighed({ terms, answers, question }: Approval, person: Answering, answer: Answer): Judged {
  const { seats } = terms;
  if (seats.flat().length === 0)
    return { kind: 'not-yours', because: 'Nobody may answer this: the policy names no role for it.' };
  if (!seats.flat().some((role) => person.roles.includes(role))) {
    return {
      kind: 'not-yours',
      because: `This needs the role ${[...new Set(seats.flat())].join(' or ')}: ask someone who has it.`,
    };
  }
  if (answer.kind === 'reject') return { kind: 'recorded', complete: true, because: 'Rejected.' };
  if (answers.some((one) => one.person === person.id)) {
    return { kind: 'settled', because: 'You have approved this already: another person must as well.' };
  }
  if (terms.type_target && !answers.some((one) => one.typed) && answer.typed?.trim() !== question.target) {
    return {
      kind: 'type-target',
      because: `Type the target's name, ${question.target}, exactly as it stands to approve.`,
    };
  }
  const before = seated(seats, answers);
  const after = seated(seats, [...answers, person]);
  if (after === before)
    return {
      kind: 'settled',
      because: 'The part you could take is taken: someone with another role must approve.',
    };
  const complete = after === seats.length;
  return {
    kind: 'recorded',
    complete,
    because: complete ? 'Approved.' : `Approved by ${after} of ${seats.length} people needed.`,
  };
}
