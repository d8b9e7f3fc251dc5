// The team's morning on both surfaces, through the whole product: told, read, replied to, people's own beside it.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Card } from '../../src/chat/card.ts';
import { openIncidents } from '../../src/incidents/read.ts';
import { serversOf } from '../../src/inventory/inventory.ts';
import { tellStandups } from '../../src/standup/tell.ts';
import { channel, openBoth } from './both-product.ts';

let both: Awaited<ReturnType<typeof openBoth>>;
beforeAll(async () => {
  both = await openBoth();
}, 60_000);
afterAll(() => both.close());

const slow = { timeout: 20_000 };
const [slack, teams] = ['slack:C01APPROVALS', `teams:${channel}`];

/** Told as by workers whose hour has come, whatever hour it is. */
async function told(timezone: string): Promise<string> {
  const { morning } = both.wired;
  const standup = { cron: '* * * * *', timezone };
  const team = () => morning.team().map((one) => ({ ...one, cadence: { ...one.cadence, standup } }));
  const at = morning.now();
  await Promise.all(
    [1, 2, 3].map(() => tellStandups({ ...morning, team, began: async () => undefined, now: () => at })),
  );
  const { rows } = await sql<{ id: string }>`select id from standup where timezone = ${timezone}`.execute(
    both.wired.store.db,
  );
  expect(rows).toHaveLength(1);
  return `standup:${rows[0]?.id}`;
}

const rootOf = (subject: string, place: string) => both.shownAt(subject, 'standup', place);
/** What stands in Slack under a title now. */
const inSlack = (title: RegExp) => {
  const last = both.inSlackStands().findLast(({ blocks }) => title.test(blocks[0]?.text?.text ?? ''));
  return JSON.stringify(last?.blocks ?? []);
};
async function answered(times: number): Promise<string> {
  await expect.poll(async () => (await both.answers()).length, slow).toBe(times);
  const { rows } = await sql<{
    answer: Card;
  }>`select answer from delivery order by received_at desc limit 1`.execute(both.wired.store.db);
  return JSON.stringify(rows[0]?.answer);
}

let subject = '';

test('the morning is told once on both, with what is open and links to it', async () => {
  await both.commandsInSlack('gale', 'declare search it finds nothing');
  await both.commandsInSlack('gale', 'declare orders nobody can order');
  await expect
    .poll(() => both.titlesInTeams().filter((one) => /it finds nothing|can order/.test(one)).length, slow)
    .toBeGreaterThan(1);
  await expect.poll(async () => (await openIncidents(both.wired.store.db)).length, slow).toBe(2);
  subject = await told('UTC');
  await expect.poll(() => rootOf(subject, slack), slow).not.toBe('');
  await expect.poll(() => rootOf(subject, teams), slow).not.toBe('');
  expect(both.titlesInTeams().filter((one) => /Stand-up, /.test(one))).toHaveLength(1);
  expect(inSlack(/Stand-up, /)).toMatch(
    /<https:\/\/shop\.slack\.com\/archives\/C01APPROVALS\/p[\d.]+\|inc-\d+>/,
  );
}, 90_000);

test('a reply on either is done, and where it is not clear which is meant it is asked back', async () => {
  const [first, second] = await openIncidents(both.wired.store.db);
  if (!first || !second) throw new Error('Two are open.');
  await both.saysInSlack('gale', 'pause', await rootOf(subject, slack));
  expect(await answered(1)).toContain(
    `Which one: ${first.id} on ${first.service} or ${second.id} on ${second.service}?`,
  );
  await both.saysInTeams('greer', '1901', `pause ${second.id}`, await rootOf(subject, teams));
  expect(await answered(2)).toContain('Paused: nothing new begins');
  expect(await both.entries('incident.paused')).toMatchObject([
    { by: { person: 'greer' }, about: { incident: second.id } },
  ]);
  await both.saysInSlack('gale', 'go on', await rootOf(subject, slack));
  expect(await answered(3)).toContain(second.id);
  expect(await both.entries('incident.resumed')).toMatchObject([
    { by: { person: 'gale' }, about: { incident: second.id } },
  ]);
  const [server] = serversOf(both.wired.site.inventory, second.service);
  await both.saysInTeams('greer', '1902', `Ada, skip ${server?.id}`, await rootOf(subject, teams));
  expect(await answered(4)).toContain(`not at ${server?.id}`);
}, 90_000);

test('people’s own stands in it, and who joined is asked with the next', async () => {
  await both.saysInTeams('greer', '1903', 'mine: yesterday db-02, today tests', await rootOf(subject, teams));
  expect(await answered(5)).toContain('It stands in the stand-up');
  await expect.poll(() => inSlack(/Stand-up, /), slow).toContain('yesterday db-02, today tests');
  const join = JSON.parse(await both.commandsInSlack('gale', 'standup join'));
  expect(JSON.stringify(join)).toContain('You are asked for yours in the next stand-up');
  expect(await both.commandsInSlack('greer', 'standup join')).toContain('You are asked for yours');
  expect(await both.commandsInSlack('greer', 'standup maybe')).toContain('standup join');
  // Greer told hers with the last one: only Gale is asked.
  const next = await told('Asia/Tokyo');
  await expect.poll(() => rootOf(next, slack), slow).not.toBe('');
  await expect.poll(() => inSlack(/Stand-up, /), slow).toMatch(/<@U0GALE>, yours\?/);
  expect(inSlack(/Stand-up, /)).not.toContain('<@U0GREER>, yours?');
  await both.saysInSlack('gale', 'yesterday nothing, today db-01', await rootOf(next, slack));
  expect(await answered(6)).toContain('It stands in the stand-up');
  await expect.poll(() => inSlack(/Stand-up, /), slow).not.toContain('yours?');
  expect(await both.commandsInSlack('gale', 'standup leave')).toContain('You are not asked for yours');
  expect((await both.entries('standup.joined')).map(({ by }) => by)).toEqual([
    { person: 'gale' },
    { person: 'greer' },
  ]);
  expect(await both.entries('standup.left')).toMatchObject([{ by: { person: 'gale' } }]);
  expect(await both.commandsInSlack('gale', 'standup')).toContain('Stand-up so far');
}, 90_000);
