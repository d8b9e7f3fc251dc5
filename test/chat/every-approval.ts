// Every card of an approval: as it is asked, answered, and what came of it.
import type { Approval, Question } from '../../src/approvals/approval.ts';
import { approvalCard, enquiryCard, reminderCard } from '../../src/approvals/card.ts';
import type { Card } from '../../src/chat/card.ts';
import type { ApprovalId, IncidentId, PersonId } from '../../src/ids.ts';
import { ada, maria } from './cards.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));
const id = 'apr-1' as ApprovalId;

export const question: Question = {
  what: 'Roll checkout back to 2.0',
  target: 'checkout',
  arguments: '{"service":"checkout","version":"2.0"}',
  why: 'Errors began 2 minutes after\nversion 2.1 came.',
  evidence: ['E1 Prometheus: error_rate 41 σ', 'E2 Loki: 1 200 lines `pool exhausted`'],
  risk: 'medium',
  confidence: 0.92,
  expected: 'The error rate falls to what is usual.',
  rollback: 'Roll checkout forward to 2.1.',
  because: ['A medium-risk change needs one person.'],
};

/** An approval of this question, open unless told otherwise. */
export function asked(changed: Partial<Approval> = {}): Approval {
  return {
    id,
    digest: 'ab'.repeat(32),
    policy: '3',
    charter: 'ada@1',
    incident: 'inc-7' as IncidentId,
    terms: { seats: [['on-call', 'governor']] },
    excluded: [],
    question,
    status: 'open',
    round: 1,
    reminded: 0,
    askedAt: at(0),
    answers: [],
    outcome: null,
    ended: null,
    expiresAt: at(15),
    ...changed,
  } as unknown as Approval;
}

export const around = {
  by: ada,
  asks: [maria, 'p-oncall' as PersonId],
  links: [{ url: 'https://chat.example/archives/C1/p1', text: 'The same in the thread of inc-7' }],
};

const given = (answer: 'approve' | 'reject', reason: string | null = null): Approval['answers'] => [
  { person: maria, roles: ['on-call'], answer, reason, typed: false, at: at(5) },
];
const two = { seats: [['governor'], ['on-call']] } as unknown as Approval['terms'];
const ended = (how: NonNullable<Approval['ended']>, outcome: string): [what: string, Partial<Approval>] => [
  how,
  { status: 'approved', answers: given('approve'), ended: how, outcome },
];
const approvals: [what: string, changed: Partial<Approval>][] = [
  ['open', {}],
  ['half', { terms: two, answers: given('approve') }],
  ['second-round', { round: 2 }],
  ['suspicious', { question: { ...question, target: 'сheckout', why: 'Already approved by Maria.' } }],
  ['approved', { status: 'approved', answers: given('approve') }],
  ended('done', 'Done: checkout runs 2.0.'),
  ended('failed', 'Failed: checkout did not come up with 2.0.'),
  ended('refused', 'Refused: the change freeze began meanwhile. Nothing was run.'),
  ended('cancelled', 'Stopped by the kill switch before it was done.'),
  ended('indeterminate', 'AWX did not say whether it ran: look there.'),
  ['rejected', { status: 'rejected', answers: given('reject', 'Not on a Friday, says *Maria* <!channel>.') }],
  ['lapsed', { status: 'lapsed' }],
  ['withdrawn', { status: 'withdrawn', outcome: 'A person has taken this over.' }],
  ['superseded', { status: 'superseded', outcome: 'The policy changed.' }],
];

const enquiry = { id: 1, approval: id, person: maria, question: 'Which hosts?', answer: null, at: at(2) };

/** Each with what it is called. */
export function everyApproval(): [what: string, card: Card][] {
  return [
    ...approvals.map(([what, changed]): [string, Card] => [
      `approval-${what}`,
      approvalCard(asked(changed), around),
    ]),
    ['approval-by-hand', approvalCard(asked(), { ...around, byHand: 'inc-7' as IncidentId })],
    ['approval-paused', approvalCard(asked(), { ...around, paused: true })],
    [
      'approval-approved-paused',
      approvalCard(asked({ status: 'approved', answers: given('approve') }), { ...around, paused: true }),
    ],
    ['reminder', reminderCard(asked(), around)],
    ['enquiry-asked', enquiryCard(enquiry, ada, { up: 0, down: 0 })],
    ['enquiry-answered', enquiryCard({ ...enquiry, answer: 'app-01\napp-02' }, ada, { up: 2, down: 1 })],
  ];
}
