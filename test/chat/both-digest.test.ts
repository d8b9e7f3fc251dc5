// The weekly digest on both surfaces: once a week, however often it is looked for, late when nobody was at work, and asked for.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApprovals } from '../../src/approvals/read.ts';
import { charterInForce } from '../../src/charter/force.ts';
import type { WorkerId } from '../../src/ids.ts';
import type { Job } from '../../src/jobs/job.ts';
import { dayIn, lastOccasion } from '../../src/jobs/occasion.ts';
import { save } from '../../src/jobs/save.ts';
import { openBoth } from './both-product.ts';

const slow = { timeout: 20_000 };
const weekMs = 7 * 86_400_000;
const minute = 60_000;
const timezone = 'Europe/Berlin';
// The audit begins when the product does, by the database's own clock: the first Monday after that is the first to be told.
const first = lastOccasion({ cron: '0 8 * * 1', timezone }, new Date(Date.now() + weekMs));
let now = new Date(first.getTime() - minute);
let both: Awaited<ReturnType<typeof openBoth>>;

beforeAll(async () => {
  both = await openBoth({ now: () => now });
}, 60_000);
afterAll(() => both.close());

const look = async (times = 1) => {
  const jobs = Array.from({ length: times }, (): Job => ({ name: 'tell-digest' }));
  await save(both.wired.store, async () => ({ result: undefined, entries: [], jobs }));
};
const pages = () =>
  both
    .inSlackStands()
    .filter(({ method, thread }) => method === 'chat.postMessage' && thread === undefined)
    .map(({ blocks }) => blocks[0].text.text);
const told = async () => (await both.entries('digest.told')).map(({ facts }) => facts?.day);

test('nothing is told of a time before anything was recorded', async () => {
  await both.wired.notes.note({ kind: 'app.started', by: { roster: 'app' } });
  await both.wired.handlers['tell-digest']({});
  expect(await told()).toEqual([]);
});

test('on Monday at eight it is told once, with what is behind it in its thread', async () => {
  now = new Date(first.getTime());
  await look(3);
  await expect.poll(told, { timeout: 20_000 }).toEqual([dayIn(timezone, first)]);
  await expect.poll(pages, { timeout: 20_000 }).toHaveLength(1);
  expect(pages()[0]).toMatch(/a quiet week, no incident$/);
  await expect
    .poll(() => both.inSlackStands().filter(({ thread }) => thread), { timeout: 20_000 })
    .toHaveLength(6);
});

test('asked for, it is answered to who asks', async () => {
  // Slack's requests are signed with the time that it is.
  now = new Date();
  expect(await both.commandsInSlack('gale', 'digest')).toMatch(/a quiet week, no incident/);
  expect(await both.commandsInSlack('gale', 'digest now')).toMatch(/a quiet week, no incident/);
  expect(await both.commandsInSlack('gale', 'scorecard nobody')).toMatch(
    /Say \/roster scorecard and one of ada/,
  );
  expect(await both.commandsInSlack('gale', 'scorecard rex')).toMatch(/Rex's scorecard, last four weeks/);
  expect(await both.commandsInSlack('gale', 'calibration')).toMatch(
    /Calibration: not enough data, wanted 20 outcomes/,
  );
  expect(await both.commandsInSlack('gale', 'maturity')).toMatch(/Maturity: level 1 of 5, reactive/);
});

test('nobody was at work on a Monday: on Wednesday it is told, once, and what was missed before is left', async () => {
  now = new Date(first.getTime() + 2 * weekMs + 2 * 86_400_000);
  await look(2);
  const late = dayIn(timezone, new Date(first.getTime() + 2 * weekMs));
  await expect.poll(told, { timeout: 20_000 }).toEqual([dayIn(timezone, first), late]);
  now = new Date(now.getTime() + 60 * minute);
  await both.wired.handlers['tell-digest']({});
  expect(await told()).toHaveLength(2);
  await expect.poll(pages, { timeout: 20_000 }).toHaveLength(2);
});

test('a band that is not earned is named, and narrowed by a governor and somebody else, never by itself', async () => {
  now = new Date();
  const { db } = both.wired.store;
  const at = new Date(now.getTime() - 3_600_000);
  await sql`insert into action (id, worker, tool, status, autonomous, decision, health, confidence, started_at, ended_at,
      charter, policy, tool_version, arguments, target, digest, question)
    select 'act-b' || n, 'rex', 'restart-service', 'done', true, '{"kind":"allow"}', case when n % 2 = 0 then 'better' else 'same' end,
      0.9, ${at}, ${at}, 'rex@3', '1', 1, '{}', 'app-01', '', '{"what":"Restart"}' from generate_series(1, 24) n`.execute(
    db,
  );
  const said = 'Rex runs restart-service alone and was right 50 % of 24 times';
  expect(await both.commandsInSlack('gale', 'calibration')).toContain(said);
  expect(await both.commandsInSlack('gale', 'digest now')).toContain(said);
  const asks = { do: 'let-it-ask', worker: 'rex', tool: 'restart-service' };
  await both.inSlack('gale', asks);
  await expect.poll(() => both.notes().at(-1), slow).toMatch(/Somebody other than you must approve it/);
  await expect.poll(() => openApprovals(db), slow).toHaveLength(1);
  const [asked] = await openApprovals(db);
  await both.inSlack('gale', { do: 'approve', approval: asked?.id });
  await expect.poll(() => both.notes().at(-1), slow).toMatch(/somebody else must decide/);
  await both.inSlack('greer', { do: 'approve', approval: asked?.id });
  const force = async () => (await charterInForce(db, 'rex' as WorkerId))?.authority;
  await expect.poll(async () => (await force())?.ask, slow).toContain('restart-service');
  expect((await force())?.autonomous).not.toContain('restart-service');
  await both.inSlack('gale', asks);
  await expect.poll(() => both.notes().at(-1), slow).toMatch(/nothing is put forward/);
}, 60_000);
