// How somebody decides is told to that person alone, once a month, on both surfaces and through the whole product.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commanded, does } from '../../src/commanded.ts';
import { doorHandlers } from '../../src/handlers.ts';
import type { PersonId } from '../../src/ids.ts';
import { lastBeginning } from '../../src/jobs/occasion.ts';
import { readManifests } from '../../src/manifests.ts';
import { notesTold } from '../../src/scorecards/trust/note.ts';
import { commands } from '../../src/workers/command.ts';
import { decide } from '../scorecards/decided.ts';
import { galeAlone, openBoth } from './both-product.ts';

const { reporting, calendar } = readManifests('manifests');
const holidays = calendar.holidays.map(({ date }) => date);
const dayMs = 86_400_000;
/** The first working day after what is recorded from now on. */
const due = lastBeginning({ months: 1, ...reporting.digest, holidays }, new Date(Date.now() + 40 * dayMs));
let clock = due;

let both: Awaited<ReturnType<typeof openBoth>>;
beforeAll(async () => {
  both = await openBoth({ now: () => clock, absent: ['greer'] });
  const at = (nth: number) => new Date(due.getTime() - (1 + nth) * dayMs);
  const fast = (nth: number) => ({ person: 'gale', at: at(nth), seconds: 4, badly: nth === 1 || nth === 3 });
  const slow = (nth: number) => ({ person: 'greer', at: at(nth), seconds: 300, no: nth % 2 === 0 });
  // Of somebody who is not known here.
  const gone = (nth: number) => ({ person: 'gone', at: at(nth), seconds: 4 });
  const days = Array.from({ length: 24 }, (_, nth) => nth);
  await decide(both.wired.store.db, [...days.map(fast), ...days.map(slow), ...days.map(gone)]);
}, 60_000);
afterAll(() => both.close());

const slow = { timeout: 20_000 };
const tell = () => both.wired.handlers['tell-habits']({});
const inGalesSlack = () => both.inSlackStands().filter(({ channel }) => channel === galeAlone.slack);
const numbers = /24 of your 24 decisions of the last 30 days came within 10 s/;

test('before it is due nothing is told', async () => {
  clock = new Date(due.getTime() - 60_000);
  await tell();
  expect(await both.entries('habits.told')).toEqual([]);
});

test('on the first working day it is told once, however often and by however many it is looked for', async () => {
  clock = new Date(due.getTime() + 60_000);
  await Promise.all([tell(), tell(), tell()]);
  await tell();
  await expect.poll(() => inGalesSlack().length, slow).toBe(1);
  await expect.poll(() => both.inGalesChat().length, slow).toBe(1);
  const month = due.toISOString().slice(0, 7);
  // What the audit keeps has no numbers, and of whoever cannot be told alone nothing.
  expect(await both.entries('habits.told')).toEqual([
    {
      kind: 'habits.told',
      by: { worker: 'ada', charter: expect.any(String) },
      facts: { person: 'gale', month },
    },
  ]);
  const said = JSON.stringify(inGalesSlack());
  expect(said).toMatch(numbers);
  expect(said).toContain('2 of what you approved turned out badly: inc-4, inc-2.');
  expect(both.inGalesChat().join()).toMatch(numbers);
}, 60_000);

test('nothing of it stands anywhere else: no other place, no log, no audit', async () => {
  const elsewhere = both.inSlackStands().filter(({ channel }) => channel !== galeAlone.slack);
  expect(JSON.stringify([elsewhere, both.titlesInTeams(), both.notes()])).not.toMatch(/How you decide|10 s/);
  expect(both.log.lines.join('\n')).not.toMatch(/gale|habit/i);
  const { rows } = await sql<{ text: string }>`select text from audit
    where text like '%"habits.%'`.execute(both.wired.store.db);
  expect(rows).toHaveLength(1);
});

test('shown again, as after a crash, it is the same message', async () => {
  const { rows } = await sql<{ id: string }>`select id from habit_note`.execute(both.wired.store.db);
  for (const { id } of rows) await both.wired.handlers.show({ subject: `note:${id}` });
  expect(inGalesSlack()).toHaveLength(1);
  expect(both.inGalesChat()).toHaveLength(1);
}, 60_000);

test('of the team it is told how many at most, and only where three or more decide', async () => {
  const { db } = both.wired.store;
  const to = new Date(due.getTime() + 3_600_000);
  expect(await notesTold(db, { from: new Date(due.getTime() - 30 * dayMs), to })).toBe(1);
  expect(await notesTold(db, { from: due, to })).toBeUndefined();
});

test('who wants no notes gets none, and is told when they ask', async () => {
  const gale = { id: 'gale' as PersonId, name: 'Gale', roles: ['on-call'], accounts: [] };
  expect(await commanded(both.wired, gale, 'habits off', { surface: 'slack' })).toMatchObject({
    card: { title: 'Notes on how you decide come to you no more.' },
  });
  await commanded(both.wired, gale, 'habits off', { surface: 'slack' });
  clock = lastBeginning({ months: 1, ...reporting.digest, holidays }, new Date(due.getTime() + 40 * dayMs));
  const again = (nth: number) => ({
    person: 'gale',
    at: new Date(clock.getTime() - nth * dayMs),
    seconds: 1,
  });
  await decide(
    both.wired.store.db,
    Array.from({ length: 6 }, (_, nth) => again(nth + 1)),
    500,
  );
  await tell();
  expect(await both.entries('habits.told')).toHaveLength(1);
  expect((await both.entries('habits.switched')).map(({ by, facts }) => [by, facts])).toEqual([
    [{ person: 'gale' }, { off: true }],
  ]);
  const told = JSON.stringify(await commanded(both.wired, gale, 'habits', { surface: 'slack' }));
  expect(told).toContain('of the last 30 days came within 10 s');
  expect(told).toContain('No notes come to you');
  clock = new Date(due.getTime() + 60_000);
}, 60_000);

describe('asked for', () => {
  test('in a channel it is not answered there; alone it is', async () => {
    await both.saysInTeams('gale', '1901', 'habits');
    const only = 'This is told to you alone: say "habits" to me directly, or /roster habits in Slack.';
    await expect.poll(() => both.answers(), slow).toEqual([only]);
    // By the clock of this story a request that Slack signed today is too old: it comes in behind that door.
    const handlers = doorHandlers(both.wired);
    const inSlack = { account: 'slack:U0GALE', place: 'slack:C01APPROVALS', text: 'habits', direct: false };
    await handlers.heard({ ...inSlack, message: '1.9' });
    await expect.poll(() => both.answers(), slow).toEqual([only, only]);
    const typed = await handlers.commanded({ ...inSlack, text: 'habits' });
    expect(JSON.stringify(typed)).toMatch(numbers);
    const before = inGalesSlack().length;
    const alone = { ...inSlack, place: `slack:${galeAlone.slack}`, direct: true };
    await handlers.heard({ ...alone, message: '2.0' });
    await expect.poll(() => inGalesSlack().length, slow).toBe(before + 1);
    expect(JSON.stringify(inGalesSlack().at(-1))).toMatch(numbers);
    expect((await both.entries('mention.answered')).map(({ facts }) => facts?.asked)).toEqual(
      Array.from({ length: 3 }, () => ({ about: 'command' })),
    );
  }, 60_000);

  test('by somebody who decided too little it says so', async () => {
    const robin = { id: 'robin' as PersonId, name: 'Robin', roles: ['governor'], accounts: [] };
    expect(JSON.stringify(await commanded(both.wired, robin, 'habits', { surface: 'slack' }))).toContain(
      'Not enough data: 0 of 5 decisions in the last 30 days.',
    );
  });
});

test('no command tells anybody, whatever their role, who decides how: swapped between two people every answer is the same', async () => {
  const roles = ['governor', 'manager', 'on-call', 'database-owner', 'guest'];
  const words = [...commands.map(({ word }) => word), ...Object.keys(does)];
  const bare = words.filter((word) => !['kill', 'unkill', 'declare'].includes(word));
  const said = [
    ...bare,
    ...words.flatMap((word) => [`${word} gale`, `${word} Gale 3`]),
    'digest now',
    'help',
  ];
  const everyAnswer = async () => {
    const answers: string[] = [];
    for (const role of roles) {
      const person = { id: `some-${role}` as PersonId, name: role, roles: [role], accounts: [] };
      for (const text of said) {
        const answer = await commanded(both.wired, person, text, { surface: 'slack' });
        // A picture has another id each time it is drawn.
        answers.push(JSON.stringify([role, text, answer]).replaceAll(/[0-9a-f]{40}/g, 'picture'));
      }
    }
    return answers;
  };
  const before = await everyAnswer();
  // Rejections are told by name, with their reasons: what a person says no to is theirs to stand for.
  await sql`update approval_answer set person = case person when 'gale' then 'greer' else 'gale' end
    where answer = 'approve' and person in ('gale', 'greer')`.execute(both.wired.store.db);
  expect(await everyAnswer()).toEqual(before);
  expect(before.join()).not.toMatch(/came within 10 s|were yes|all of them yes/);
}, 120_000);
