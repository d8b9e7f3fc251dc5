import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../../src/approvals/answer.ts';
import type { Answer, Approval } from '../../src/approvals/approval.ts';
import { lapse, remind } from '../../src/approvals/lapse.ts';
import { approval as find } from '../../src/approvals/read.ts';
import { widened } from '../../src/approvals/seats.ts';
import type { Entry } from '../../src/audit/entry.ts';
import type { ApprovalId, PersonId } from '../../src/ids.ts';
import { guest, maria } from '../actions/story.ts';
import { databases } from '../databases.ts';
import { type Desk, openDesk } from './desk.ts';

const approve: Answer = { kind: 'approve' };
const lead = { id: 'p-lead' as PersonId, roles: ['manager'] };
const next = ['manager'];

let desk: Desk;
beforeAll(async () => {
  const some = databases.findLast(({ available }) => available);
  if (some) desk = await openDesk(await some.open());
});
afterAll(() => desk?.close());

const says = (approval: ApprovalId, person = maria, said: Answer = approve) =>
  answer(desk, { approval, person, answer: said });
const found = async (id: ApprovalId) => (await find(desk.db, id)) as Approval;
const refused = async (id: ApprovalId): Promise<Entry[]> => {
  const { rows } = await sql<{ entry: Entry }>`select text::jsonb -> 'entry' as entry from audit
    where text::jsonb #>> '{entry,about,approval}' = ${id} and text::jsonb #>> '{entry,kind}' = 'door.refused'
    order by seq`.execute(desk.db);
  return rows.map(({ entry }) => entry);
};

describe('the second round', () => {
  test('is reminded of half-way as the first was, each once', async () => {
    const { id, action } = await desk.asked({ next });
    const reminders = async () => {
      await Promise.all([remind(desk, id), remind(desk, id)]);
      return (await desk.entries(id)).filter((kind) => kind === 'approval.reminded').length;
    };
    expect(await reminders()).toBe(0);
    await desk.pass(id, 0.5);
    expect(await reminders()).toBe(1);
    await desk.pass(id, 1);
    const before = (await desk.jobs(id, action)).filter((job) => job === 'remind-approval').length;
    await lapse(desk, id);
    expect((await desk.jobs(id, action)).filter((job) => job === 'remind-approval')).toHaveLength(before + 1);
    // A reminder of the first round that comes late is none of the second.
    expect(await reminders()).toBe(1);
    await desk.pass(id, 0.5);
    expect(await reminders()).toBe(2);
    expect(await found(id)).toMatchObject({ round: 2, reminded: 2, status: 'open' });
    await desk.pass(id, 0.9);
    expect(await reminders()).toBe(2);
  });

  test('is due half-way and at the end, by the clock of the database', async () => {
    const { id } = await desk.asked({ next });
    await desk.pass(id, 1);
    await lapse(desk, id);
    const { rows } = await sql<{ name: string; share: number }>`select name,
        round(extract(epoch from expires_at - start_after) / 900, 2)::float8 as share
      from pgboss.job join approval on approval.id = group_id
      where group_id = ${id} and created_on > approval.asked_at and name in ('remind-approval', 'lapse-approval')
      order by created_on desc, name limit 2`.execute(desk.db);
    expect(rows).toEqual([
      { name: 'lapse-approval', share: 0 },
      { name: 'remind-approval', share: 0.5 },
    ]);
  });

  test.each([
    [
      'while nobody has begun it, is promised to whoever clicks',
      { next },
      /^Its time is up and the next contacts/,
    ],
    ['that does not come, is not', {}, /^Nobody answered in time, so this request has lapsed/],
  ] as const)('%s', async (_, terms, because) => {
    const { id } = await desk.asked(terms as { next?: string[] });
    await desk.pass(id, 1);
    for (const person of [maria, lead])
      expect(await says(id, person)).toEqual({ kind: 'expired', because: expect.stringMatching(because) });
    expect(await found(id)).toMatchObject({ status: 'open', answers: [] });
    await lapse(desk, id);
    expect((await says(id)).kind).toBe('next' in terms ? 'recorded' : 'expired');
  });

  test('that is over as well has lapsed', async () => {
    const { id } = await desk.asked({ next });
    await desk.pass(id, 1);
    await lapse(desk, id);
    await desk.pass(id, 1);
    expect((await says(id)).because).toMatch(/has lapsed and nothing was run/);
  });

  test('does not let in who is excluded, whatever role the next contacts have', async () => {
    const { id } = await desk.asked({ next });
    await desk.pass(id, 1);
    await lapse(desk, id);
    const accountable = { id: 'p-manager' as PersonId, roles: ['manager', 'governor', 'on-call'] };
    for (const said of [approve, { kind: 'reject', reason: 'no' } as const])
      expect((await says(id, accountable, said)).kind).toBe('not-yours');
    expect(await found(id)).toMatchObject({ status: 'open', round: 2, excluded: ['p-manager'], answers: [] });
    expect((await says(id, lead)).kind).toBe('recorded');
  });

  test('asks nobody where the next contacts are nobody', async () => {
    const { id } = await desk.asked({ next: [] });
    await desk.pass(id, 1);
    expect((await says(id)).because).toMatch(/has lapsed/);
    await lapse(desk, id);
    expect(await found(id)).toMatchObject({ status: 'lapsed', round: 1 });
  });

  test('does not give a seat to the next contacts that nobody may take', async () => {
    const { id } = await desk.asked({ seats: [[]], next });
    expect((await says(id)).because).toMatch(/^Nobody may answer this/);
    await desk.pass(id, 1);
    await lapse(desk, id);
    expect((await says(id, lead)).because).toMatch(/^Nobody may answer this/);
    expect((await found(id)).terms.seats).toEqual([[]]);
  });

  test.each([
    [
      [['a'], ['b']],
      ['c'],
      [
        ['a', 'c'],
        ['b', 'c'],
      ],
    ],
    [[['a', 'c']], ['c'], [['a', 'c']]],
    [[[], ['a']], ['c'], [[], ['a', 'c']]],
    [[['a']], [], [['a']]],
  ])('%j with %j are %j', (seats, more, together) => {
    expect(widened(seats, more)).toEqual(together);
  });
});

test('answers that are refused are told at once by who, how and why, and counted from then on', async () => {
  const { id } = await desk.asked();
  await Promise.all(Array.from({ length: 30 }, () => says(id, guest)));
  await says(id, guest, { kind: 'reject', reason: 'one' });
  await says(id, guest, { kind: 'reject', reason: 'two' });
  const because = ['This needs the role on-call or governor: ask someone who has it.'];
  const by = { person: guest.id };
  expect(await refused(id)).toEqual([
    { kind: 'door.refused', by, about: { approval: id }, facts: { intent: 'approve' }, because },
    { kind: 'door.refused', by, about: { approval: id }, facts: { intent: 'reject' }, because },
  ]);
  await desk.refusals.stop();
  expect((await refused(id)).slice(2).map(({ facts }) => facts)).toEqual([
    { intent: 'approve', minute: '2026-11-21T14:05', count: 29 },
    { intent: 'reject', minute: '2026-11-21T14:05', count: 1 },
  ]);
  expect(await found(id)).toMatchObject({ status: 'open', answers: [] });
});
