// The weekly digest on both surfaces: once a week, however often it is looked for, late when nobody was at work, and asked for.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { dayIn, lastOccasion } from '../../src/jobs/occasion.ts';
import { save } from '../../src/jobs/save.ts';
import { openBoth } from './both-product.ts';

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
