import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer } from '../../src/approvals/answer.ts';
import type { Answer, Approval, Ended } from '../../src/approvals/approval.ts';
import { approvalCard } from '../../src/approvals/card.ts';
import { lapse } from '../../src/approvals/lapse.ts';
import { approval as find, noteOutcome, replace } from '../../src/approvals/read.ts';
import type { ApprovalId, PersonId } from '../../src/ids.ts';
import { transact } from '../../src/postgres/database.ts';
import { maria } from '../actions/story.ts';
import { databases } from '../databases.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  const some = databases.findLast(({ available }) => available);
  if (some) desk = await openDesk(await some.open());
});
afterAll(() => desk?.close());

const around = {
  by: { name: 'Ada', role: 'Operations worker', avatar: ':owl:' },
  asks: [maria.id, 'p-omar' as PersonId],
  links: [{ url: 'https://ops.slack.com/archives/C1/p1', text: 'The same in the thread of inc-1' }],
};

/** What the row says, with an id and times that are the same in every run. */
function still(approval: Approval | undefined): Approval {
  if (!approval) throw new Error('There is no such approval.');
  return {
    ...approval,
    id: 'apr-1' as ApprovalId,
    askedAt: new Date('2026-11-21T14:05:00Z'),
    expiresAt: new Date('2026-11-21T14:20:00Z'),
    answers: approval.answers.map((one) => ({ ...one, at: new Date('2026-11-21T14:07:00Z') })),
  };
}

async function cards(id: ApprovalId, said?: Answer | 'nothing', outcome?: string, ended?: Ended) {
  if (said === 'nothing') await timeIsUp(id);
  else if (said) await answer(desk, { approval: id, person: maria, answer: said });
  if (outcome) await transact(desk.db, (tx) => noteOutcome(tx, id, outcome, ended));
  return approvalCard(still(await find(desk.db, id)), around);
}

async function timeIsUp(id: ApprovalId): Promise<void> {
  await sql`update approval set expires_at = clock_timestamp() where id = ${id}`.execute(desk.db);
  await lapse(desk, id);
}

test.each(['part', 'second-round', 'superseded'])('and in between: %s', async (what) => {
  const { id } = await desk.asked({ seats: [['governor'], ['on-call']], minutes: 15, next: ['manager'] });
  if (what === 'part') await answer(desk, { approval: id, person: maria, answer: { kind: 'approve' } });
  if (what === 'second-round') await timeIsUp(id);
  if (what === 'superseded') await transact(desk.db, (tx) => replace(tx, id, 'The policy changed.'));
  const card = approvalCard(still(await find(desk.db, id)), around);
  await expect(`${JSON.stringify(card, undefined, 2)}\n`).toMatchFileSnapshot(
    `../golden/approval-${what}.json`,
  );
  expect(card.blocks.some(({ kind }) => kind === 'buttons')).toBe(what !== 'superseded');
});

test.each<[what: string, said?: Answer | 'nothing', outcome?: string, ended?: Ended]>([
  ['open'],
  ['approved', { kind: 'approve' }],
  ['done', { kind: 'approve' }, 'Done: Roll checkout back to 2026.11.20-1.', 'done'],
  ['failed', { kind: 'approve' }, 'AWX job 41 ended as failed.', 'failed'],
  ['refused', { kind: 'approve' }, 'The kill switch is thrown for all. Nothing was run.', 'refused'],
  [
    'ran-out',
    { kind: 'approve' },
    'The approval ran out before it could be used. Nothing was run.',
    'lapsed',
  ],
  ['cancelled', { kind: 'approve' }, 'Stopped by the kill switch: AWX job 41.', 'cancelled'],
  ['indeterminate', { kind: 'approve' }, 'It is not known whether this ran.', 'indeterminate'],
  ['rejected', { kind: 'reject', reason: 'Not on a Friday, says *Maria* <!channel>.' }],
  ['lapsed', 'nothing'],
  ['withdrawn', undefined, 'A person has taken this incident over. Nothing was run.'],
])('a question that is asked and then %s looks like this', async (what, said, outcome, ended) => {
  const { id } = await desk.asked();
  const card = await cards(id, said, outcome, ended);
  await expect(`${JSON.stringify(card, undefined, 2)}\n`).toMatchFileSnapshot(
    `../golden/approval-${what}.json`,
  );
  expect(card.blocks.some(({ kind }) => kind === 'buttons')).toBe(what === 'open');
});

test.each<[Ended, tone: string, title: RegExp]>([
  ['done', 'good', /^Approved: /],
  ['refused', 'neutral', /^Approved, but not run: /],
  ['lapsed', 'neutral', /^Approved, but not run: /],
  ['failed', 'warning', /^Approved, but it failed: /],
  ['cancelled', 'warning', /^Approved, then stopped: /],
  ['indeterminate', 'critical', /^Approved, and nobody knows whether it ran: /],
])('what was approved and is then %s is %s, and says so', async (ended, tone, title) => {
  const { id } = await desk.asked();
  const card = await cards(id, { kind: 'approve' }, 'So it ended.', ended);
  expect(card).toMatchObject({ tone, title: expect.stringMatching(title) });
  expect(JSON.stringify(card.blocks)).toContain('So it ended.');
});

test('nobody is mentioned once it is settled, so that nobody is called for nothing', async () => {
  const { id } = await desk.asked();
  const { blocks, fallback } = await cards(id, { kind: 'approve' }, 'Done.');
  expect(JSON.stringify({ blocks, fallback })).not.toContain('p-omar');
});

test.each<[what: string, said?: Answer]>([['open'], ['approved', { kind: 'approve' }]])(
  'on an incident that is paused, one that is %s says that it waits',
  async (_, said) => {
    const { id } = await desk.asked();
    await cards(id, said, undefined);
    const card = approvalCard(still(await find(desk.db, id)), { ...around, paused: true });
    expect(JSON.stringify(card.blocks)).toContain(
      'This incident is paused: what is approved runs only after it is resumed.',
    );
    expect(JSON.stringify(card.blocks)).not.toContain('Running…');
  },
);
