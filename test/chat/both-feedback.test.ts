// Thumbs on answers and on an incident that is over, on both surfaces and through the whole product.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Intent } from '../../src/chat/intent.ts';
import { doorHandlers } from '../../src/handlers.ts';
import { similar } from '../../src/knowledge/similar.ts';
import { openBoth } from './both-product.ts';

let both: Awaited<ReturnType<typeof openBoth>>;
beforeAll(async () => {
  both = await openBoth();
}, 60_000);
afterAll(() => both.close());

const slow = { timeout: 20_000 };
type Vote = Extract<Intent, { do: 'vote' }>;

async function delivered(words: string): Promise<string> {
  const find = async () => {
    const { rows } = await sql<{ id: string }>`select id from delivery where text = ${words}
      and answer is not null`.execute(both.wired.store.db);
    return rows[0]?.id;
  };
  await expect.poll(find, slow).toBeDefined();
  return (await find()) ?? '';
}
const votes = async () => {
  const { rows } = await sql<object>`select person, worker, up, line from answer_vote
    order by at`.execute(both.wired.store.db);
  return rows;
};
/** The labels of the thumbs on the message that Slack was told to post or change last. */
const thumbsInSlack = () =>
  JSON.stringify(both.inSlackStands().at(-1)?.blocks)
    .match(/[👍👎](?: \d+)?(?=")/gu)
    ?.join(' ');

test('an answer in Slack carries two thumbs; a press counts at once, the other one moves it, the same again changes nothing', async () => {
  await both.saysInSlack('gale', 'which incidents are there?', '1.1');
  const subject = `delivery:${await delivered('which incidents are there?')}` as const;
  await expect.poll(thumbsInSlack, slow).toBe('👍 👎');
  const up: Vote = { do: 'vote', subject, up: true };
  await both.inSlack('gale', up);
  await expect.poll(thumbsInSlack, slow).toBe('👍 1 👎');
  const posted = both.inSlackStands().length;
  await both.inSlack('gale', up);
  await both.inSlack('greer', up);
  await expect.poll(thumbsInSlack, slow).toBe('👍 2 👎');
  // The second press of the same person changed no message, and nobody got one more.
  expect(both.inSlackStands().slice(posted)).toMatchObject([{ method: 'chat.update' }]);
  expect(both.notes()).toEqual([]);
  await both.inSlack('gale', { ...up, up: false });
  await expect.poll(() => both.formsInSlack()).toEqual(['What was wrong?']);
  // While the form is open the message stays as it is: in Teams a message that changes closes it.
  expect(thumbsInSlack()).toBe('👍 2 👎');
  const handlers = doorHandlers(both.wired);
  const sent = { account: 'slack:U0GALE', intent: { ...up, up: false }, answer: ' It is  not\nup to date. ' };
  expect(await handlers.submitted(sent)).toEqual({ kind: 'nothing' });
  await expect.poll(thumbsInSlack, slow).toBe('👍 1 👎 1');
  await handlers.submitted(sent);
  expect(await votes()).toEqual([
    { person: 'greer', worker: 'ada', up: true, line: null },
    { person: 'gale', worker: 'ada', up: false, line: 'It is not up to date.' },
  ]);
  const told = await both.entries('answer.voted');
  expect(told.map(({ by, facts }) => [by, facts?.up])).toEqual([
    [{ person: 'gale' }, true],
    [{ person: 'greer' }, true],
    [{ person: 'gale' }, false],
    [{ person: 'gale' }, false],
  ]);
  expect(JSON.stringify(told)).not.toContain('up to date');
}, 60_000);

test('in Teams thumbs down asks in place of the card, and an empty line is as good', async () => {
  await both.saysInTeams('greer', '1790', 'what is going on?');
  const subject = `delivery:${await delivered('what is going on?')}` as const;
  const down: Vote = { do: 'vote', subject, up: false };
  expect(await both.inTeams('greer', down)).toBe('What was wrong?');
  const account = 'teams:00000000-0000-4000-8000-000000000104';
  expect(await doorHandlers(both.wired).submitted({ account, intent: down, answer: '' })).toEqual({
    kind: 'nothing',
  });
  expect((await votes()).at(-1)).toEqual({ person: 'greer', worker: 'ada', up: false, line: null });
}, 60_000);

test('a command gets no thumbs, and nobody has an opinion of what is not there or not over', async () => {
  await both.saysInTeams('greer', '1791', 'incidents');
  const subject = `delivery:${await delivered('incidents')}` as const;
  const nothing = 'There is nothing here to have an opinion of: it may have been opened again.';
  expect(await both.inTeams('greer', { do: 'vote', subject, up: true })).toBe(nothing);
  expect(await both.inTeams('greer', { do: 'vote', subject: 'enquiry:9', up: true })).toBe(nothing);
  expect(await both.inTeams('greer', { do: 'vote', subject: 'incident:inc-9', up: true })).toBe(nothing);
  expect(await both.inTeams('greer', { do: 'vote', subject: 'person:greer', up: true })).toMatch(
    /^Unknown|none of ours|cannot be read/,
  );
}, 60_000);

test('what was wrong with a closed incident stands beside it when a later one is like it, until it is erased', async () => {
  const { db } = both.wired.store;
  await sql`insert into incident (id, service, severity, worker, kind, status, opened_at, ended_at)
    values ('inc-70', 'search', 2, 'rex', 'incident', 'closed', now() - interval '2 h', now() - interval '1 h')`.execute(
    db,
  );
  await sql`insert into past_incident (id, source, key, title, symptoms, root_cause, resolution, opened_at, metrics, templates)
    values ('inc-70', 'own', 'inc-70', 'Search is slow', 'latency', 'memory leak', 'Restarted.', now() - interval '2 h', '{}', '{}')`.execute(
    db,
  );
  const down: Vote = { do: 'vote', subject: 'incident:inc-70', up: false };
  expect(await both.inTeams('gale', down)).toBe('What was wrong?');
  const answer = 'The index was full, not the memory.';
  await doorHandlers(both.wired).submitted({ account: 'slack:U0GALE', intent: down, answer });
  const none = { service: null, near: [], servers: [], metrics: [], templates: [] };
  const like = async () => {
    const symptoms = { title: 'Search is slow', text: 'latency', ...none };
    return (await similar(db, { symptoms, before: new Date() })).similar[0]?.past;
  };
  expect(await like()).toMatchObject({ id: 'inc-70', found: answer });
  expect((await votes()).at(-1)).toEqual({ person: 'gale', worker: 'rex', up: false, line: answer });
  await sql`update answer_vote set line = null`.execute(db);
  expect(await like()).toMatchObject({ found: null });
}, 60_000);
