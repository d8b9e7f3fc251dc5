import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer } from '../../src/approvals/answer.ts';
import type { Answer, Approval } from '../../src/approvals/approval.ts';
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

async function cards(id: ApprovalId, said: Answer | 'nothing' | undefined, outcome: string | undefined) {
  if (said === 'nothing') await timeIsUp(id);
  else if (said) await answer(desk, { approval: id, person: maria, answer: said });
  if (outcome) await transact(desk.db, (tx) => noteOutcome(tx, id, outcome));
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

test.each<[what: string, said?: Answer | 'nothing', outcome?: string]>([
  ['open'],
  ['approved', { kind: 'approve' }],
  ['done', { kind: 'approve' }, 'Done: Roll checkout back to 2026.11.20-1.'],
  ['rejected', { kind: 'reject', reason: 'Not on a Friday, says *Maria* <!channel>.' }],
  ['lapsed', 'nothing'],
  ['withdrawn', undefined, 'A person has taken this incident over. Nothing was run.'],
])('a question that is asked and then %s looks like this', async (what, said, outcome) => {
  const { id } = await desk.asked();
  const card = await cards(id, said, outcome);
  await expect(`${JSON.stringify(card, undefined, 2)}\n`).toMatchFileSnapshot(
    `../golden/approval-${what}.json`,
  );
  expect(card.blocks.some(({ kind }) => kind === 'buttons')).toBe(what === 'open');
});

test('nobody is mentioned once it is settled, so that nobody is called for nothing', async () => {
  const { id } = await desk.asked();
  const { blocks, fallback } = await cards(id, { kind: 'approve' }, 'Done.');
  expect(JSON.stringify({ blocks, fallback })).not.toContain('p-omar');
});
