import { describe, expect, test } from 'vitest';
import { type Approval, judge } from '../../src/approvals/approval.ts';
import type { PersonId } from '../../src/ids.ts';

const expiresAt = new Date('2026-03-01T12:00:00Z');
const before = new Date('2026-03-01T11:59:59.999Z');
const maria = { id: 'p-maria' as PersonId, roles: ['on-call'] };

type Status = Approval['status'];
const approval = (status: Status, seats = [['on-call', 'governor']]) =>
  ({
    status,
    expiresAt,
    terms: { seats, minutes: 15, type_target: false },
    excluded: ['p-manager'],
    answers: [],
    question: { target: 'db-01' },
  }) as unknown as Approval;
const lapsed = 'Nobody answered in time, so this request has lapsed and nothing was run.';

interface Row {
  what: string;
  status?: Status;
  seats?: string[][];
  who?: string;
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
    seats: [[]],
    kind: 'not-yours',
    because: 'Nobody may answer this: the policy names no role for it.',
  },
  {
    what: 'by who answers for the worker, whatever their role',
    who: 'p-manager',
    theirs: ['governor', 'on-call'],
    kind: 'not-yours',
    because:
      "You asked for this, proposed this worker's charter or answer for this worker, so somebody else must decide.",
  },
  {
    what: 'after it was asked anew',
    status: 'superseded',
    kind: 'settled',
    because: 'The rules or the facts changed since this was asked, so it is asked anew: see the newer card.',
  },
];

describe('an answer', () => {
  test.each(rows)(
    '$what is $kind',
    ({ status = 'open', seats, who, theirs, now = before, kind, because }) => {
      const person = { id: (who ?? maria.id) as PersonId, roles: theirs ?? maria.roles };
      const judged = judge(approval(status, seats), person, { kind: 'approve' }, now);
      expect(judged).toEqual(kind === 'recorded' ? { kind, because, complete: true } : { kind, because });
      // Who says no is judged as who says yes.
      const rejected = judge(approval(status, seats), person, { kind: 'reject', reason: 'no' }, now);
      expect(rejected.kind).toBe(kind);
    },
  );
});

interface Person {
  id: PersonId;
  roles: string[];
}
const person = (id: string, ...roles: string[]): Person => ({ id: id as PersonId, roles });
const ann = person('p-ann', 'on-call');
const bea = person('p-bea', 'on-call', 'governor');
const cai = person('p-cai', 'governor');
const dan = person('p-dan', 'database-owner');
const both = [['on-call'], ['governor']];

/** An approval with seats that some have approved before, one of them having typed the target. */
function begun(seats: string[][], before: Person[], type_target = false): Approval {
  const answers = before.map(({ id, roles }, place) => ({
    person: id,
    roles,
    answer: 'approve',
    typed: place === 0,
  }));
  return {
    ...approval('open', seats),
    terms: { seats, minutes: 15, type_target },
    answers,
  } as unknown as Approval;
}

describe('several seats, every one taken by a person of its own', () => {
  const taken = 'The part you could take is taken: someone with another role must approve.';
  const rows: [what: string, seats: string[][], before: Person[], next: Person, judged: object][] = [
    [
      'the first of two',
      both,
      [],
      ann,
      { kind: 'recorded', complete: false, because: 'Approved by 1 of 2 people needed.' },
    ],
    ['the second of two', both, [ann], cai, { kind: 'recorded', complete: true, because: 'Approved.' }],
    [
      'one person with both roles fills one seat only',
      both,
      [],
      bea,
      { kind: 'recorded', complete: false, because: 'Approved by 1 of 2 people needed.' },
    ],
    [
      'the same person again',
      both,
      [bea],
      bea,
      { kind: 'settled', because: 'You have approved this already: another person must as well.' },
    ],
    [
      'somebody who could take either moves aside for the other seat',
      both,
      [bea],
      ann,
      { kind: 'recorded', complete: true, because: 'Approved.' },
    ],
    ['and the other way about', both, [bea], cai, { kind: 'recorded', complete: true, because: 'Approved.' }],
    [
      'two of the same role do not make both',
      both,
      [ann],
      person('p-eve', 'on-call'),
      { kind: 'settled', because: taken },
    ],
    [
      'two seats of one role need two people',
      [['governor'], ['governor']],
      [cai],
      bea,
      { kind: 'recorded', complete: true, because: 'Approved.' },
    ],
    [
      'of three the second',
      [['on-call'], ['governor'], ['database-owner']],
      [bea],
      dan,
      { kind: 'recorded', complete: false, because: 'Approved by 2 of 3 people needed.' },
    ],
    [
      'of three the third, whoever came first',
      [['on-call'], ['governor'], ['database-owner']],
      [bea, dan],
      cai,
      { kind: 'recorded', complete: true, because: 'Approved.' },
    ],
    [
      'somebody of no seat',
      both,
      [ann],
      dan,
      { kind: 'not-yours', because: 'This needs the role on-call or governor: ask someone who has it.' },
    ],
    [
      'somebody excluded, who has the missing role',
      both,
      [ann],
      person('p-manager', 'governor'),
      {
        kind: 'not-yours',
        because:
          "You asked for this, proposed this worker's charter or answer for this worker, so somebody else must decide.",
      },
    ],
  ];
  test.each(rows)('%s', (_, seats, before_, next, judged) => {
    expect(judge(begun(seats, before_), next, { kind: 'approve' }, before)).toEqual(judged);
  });

  test('one who may take a seat rejects for all, also who has approved before', () => {
    for (const one of [ann, cai])
      expect(judge(begun(both, [ann]), one, { kind: 'reject', reason: 'no' }, before)).toMatchObject({
        kind: 'recorded',
        complete: true,
      });
  });
});

describe("the target's name, where it must be typed", () => {
  const asks = {
    kind: 'type-target',
    because: "Type the target's name, db-01, exactly as it stands to approve.",
  };
  test.each([undefined, '', 'db-02', 'DB-01', 'db-01.', 'db-0l', '\u202Edb-01'])('%j is not it', (typed) => {
    const answer = { kind: 'approve' as const, ...(typed !== undefined && { typed }) };
    expect(judge(begun(both, [], true), ann, answer, before)).toEqual(asks);
  });

  test('as it stands, blanks around it aside, it counts', () => {
    const said = { kind: 'approve', typed: ' db-01 ' } as const;
    expect(judge(begun(both, [], true), ann, said, before)).toMatchObject({ kind: 'recorded' });
  });

  test('is typed once, by the first', () => {
    expect(judge(begun(both, [ann], true), cai, { kind: 'approve' }, before)).toMatchObject({
      kind: 'recorded',
      complete: true,
    });
  });

  test('is not asked of who may not decide, nor to reject', () => {
    expect(judge(begun(both, [], true), dan, { kind: 'approve' }, before).kind).toBe('not-yours');
    expect(judge(begun(both, [], true), ann, { kind: 'reject', reason: 'no' }, before).kind).toBe('recorded');
  });
});
