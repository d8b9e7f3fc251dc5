import { describe, expect, test } from 'vitest';
import type { ApprovalId, IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import type { Asked } from '../../src/scorecards/facts.ts';
import { type Finding, habitsOf, habitsOfOne } from '../../src/scorecards/habits.ts';
import { reportingSchema } from '../../src/scorecards/reporting.ts';

const reporting = reportingSchema.parse({});
const gale = 'gale' as PersonId;
const asked = new Date('2026-11-20T10:00:00Z');

interface Decided {
  no?: boolean;
  regretted?: boolean;
  seconds: number;
  person?: PersonId;
}

let last = 0;
function question({ no = false, regretted = false, seconds, person = gale }: Decided): Asked {
  last += 1;
  const at = new Date(asked.getTime() + seconds * 1_000);
  const answer = no ? ('reject' as const) : ('approve' as const);
  return {
    ...{ id: `apr-${last}` as ApprovalId, incident: `inc-${last}` as IncidentId, worker: 'rex' as WorkerId },
    ...{ at, askedAt: asked, what: 'Restart checkout', status: no ? 'rejected' : 'approved', rounds: 1 },
    answers: [{ person, answer, at, reason: null }],
    regretted,
  };
}
const many = (count: number, decided: Decided) => Array.from({ length: count }, () => question(decided));

describe('what is found in how somebody decides', () => {
  const fast = { seconds: 3 };
  const slow = { seconds: 90 };
  test.each<[what: string, questions: Asked[], enquired: number, found: Finding[]]>([
    ['half of it within 10 s and all yes', [...many(12, fast), ...many(12, slow)], 0, ['rubber-stamping']],
    ['a little less than half', [...many(11, fast), ...many(13, slow)], 0, []],
    ['at 10 s it is not quicker', many(10, { seconds: 10 }), 0, []],
    ['all fast, and one no of ten', [...many(9, fast), question({ ...fast, no: true })], 0, []],
    [
      'all fast, and one no of fifty',
      [...many(49, fast), question({ ...fast, no: true })],
      0,
      ['rubber-stamping'],
    ],
    ['half of it no', [...many(5, slow), ...many(5, { ...slow, no: true })], 0, ['over-reviewing']],
    ['fewer than half no', [...many(6, slow), ...many(5, { ...slow, no: true })], 0, []],
    ['asked for more on four of five', many(5, slow), 4, ['over-reviewing']],
    ['asked for more on three of five', many(5, slow), 3, []],
    ['all fast, and too few', many(4, fast), 0, []],
  ])('%s', (_, questions, enquired, found) => {
    const asking = enquired > 0 ? [{ person: gale, questions: enquired }] : [];
    expect(habitsOfOne(gale, questions, asking, reporting).found).toEqual(found);
  });
});

test('numbers are counted from the rows, of each person alone', () => {
  const other = 'greer' as PersonId;
  const bad = question({ seconds: 4, regretted: true });
  const questions = [
    ...many(3, { seconds: 2 }),
    bad,
    ...many(2, { seconds: 60, no: true, regretted: true }),
    ...many(7, { seconds: 30, person: other }),
  ];
  expect(habitsOf(questions, [{ person: other, questions: 2 }], reporting)).toEqual([
    {
      ...{ person: gale, decided: 6, yes: 4 / 6, quick: 4 / 6, seconds: 3, enquired: 0, found: [] },
      // What was rejected cannot be regretted.
      ...{ regretted: [bad.incident], often: [{ what: 'Restart checkout', times: 6 }] },
    },
    {
      ...{ person: other, decided: 7, yes: 1, quick: 0, seconds: 30, enquired: 2, found: [], regretted: [] },
      often: [{ what: 'Restart checkout', times: 7 }],
    },
  ]);
});

test('who decided nothing has no habits', () => {
  expect(habitsOf([], [{ person: gale, questions: 9 }], reporting)).toEqual([]);
  expect(habitsOfOne(gale, [], [], reporting)).toMatchObject({ decided: 0, yes: 0, quick: 0, found: [] });
});
