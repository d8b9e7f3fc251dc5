import { describe, expect, test } from 'vitest';
import { type Approval, judge } from '../../src/approvals/approval.ts';
import type { PersonId } from '../../src/ids.ts';

const expiresAt = new Date('2026-03-01T12:00:00Z');
const before = new Date('2026-03-01T11:59:59.999Z');
const maria = { id: 'p-maria' as PersonId, roles: ['on-call'] };

type Status = Approval['status'];
const approval = (status: Status, roles = ['on-call', 'governor']) =>
  ({ status, expiresAt, terms: { roles, minutes: 15 } }) as Approval;
const lapsed = 'Nobody answered in time, so this request has lapsed and nothing was run.';

interface Row {
  what: string;
  status?: Status;
  roles?: string[];
  theirs?: string[];
  now?: Date;
  kind: string;
  because: string;
}

const rows: Row[] = [
  { what: 'in time, by who may', kind: 'recorded', because: 'Approved.' },
  {
    what: 'by somebody with one of several roles',
    theirs: ['sales', 'governor'],
    kind: 'recorded',
    because: 'Approved.',
  },
  { what: 'in the last millisecond', now: before, kind: 'recorded', because: 'Approved.' },
  { what: 'exactly when it lapses', now: expiresAt, kind: 'expired', because: lapsed },
  {
    what: 'after it lapsed, its job not having run yet',
    now: new Date('2026-03-02'),
    kind: 'expired',
    because: lapsed,
  },
  { what: 'after it was closed for lack of an answer', status: 'lapsed', kind: 'expired', because: lapsed },
  {
    what: 'a second time',
    status: 'approved',
    kind: 'settled',
    because: 'This was already approved: the card shows by whom.',
  },
  {
    what: 'long after it was approved: not expired, but settled',
    status: 'approved',
    now: new Date('2026-03-02'),
    kind: 'settled',
    because: 'This was already approved: the card shows by whom.',
  },
  {
    what: 'after it was rejected',
    status: 'rejected',
    kind: 'settled',
    because: 'This was already rejected: the card shows by whom.',
  },
  {
    what: 'after it was withdrawn',
    status: 'withdrawn',
    kind: 'settled',
    because: 'This request was withdrawn: it is no longer needed.',
  },
  {
    what: 'by somebody without the role',
    theirs: ['sales'],
    kind: 'not-yours',
    because: 'This needs the role on-call or governor: ask someone who has it.',
  },
  {
    what: 'by somebody without any role',
    theirs: [],
    kind: 'not-yours',
    because: 'This needs the role on-call or governor: ask someone who has it.',
  },
  {
    what: 'when no role is named: nobody, not anybody',
    roles: [],
    kind: 'not-yours',
    because: 'Nobody may answer this: the policy names no role for it.',
  },
];

describe('an answer', () => {
  test.each(rows)('$what is $kind', ({ status = 'open', roles, theirs, now = before, kind, because }) => {
    const person = { ...maria, roles: theirs ?? maria.roles };
    expect(judge(approval(status, roles), person, { kind: 'approve' }, now)).toEqual({ kind, because });
    // Who says no is judged as who says yes.
    const rejected = judge(approval(status, roles), person, { kind: 'reject', reason: 'no' }, now);
    expect(rejected.kind).toBe(kind);
  });
});
