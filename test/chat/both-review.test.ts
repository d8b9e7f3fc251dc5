// A role review: told once a quarter, rated, put forward on one surface and approved on the other, never by one person.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { charterInForce } from '../../src/charter/force.ts';
import { commanded } from '../../src/commanded.ts';
import { doorHandlers } from '../../src/handlers.ts';
import type { ActionId, PersonId, WorkerId } from '../../src/ids.ts';
import { save } from '../../src/jobs/save.ts';
import { readManifests } from '../../src/manifests.ts';
import { reviewAskedFor } from '../../src/role-review.ts';
import { quarterOf } from '../../src/scorecards/review/review.ts';
import { decide } from '../scorecards/decided.ts';
import { openBoth } from './both-product.ts';

const { reporting } = readManifests('manifests');
const started = new Date();
/** The quarter that is recorded now, and a day by which it is over and reviews are due. */
const quarter = quarterOf(reporting, started);
const rex = 'rex' as WorkerId;
const clock = new Date(quarter.period.to.getTime() + 12 * 86_400_000);

let both: Awaited<ReturnType<typeof openBoth>>;
beforeAll(async () => {
  both = await openBoth({ now: () => clock });
  const { store } = both.wired;
  const tool = 'roll-back-deployment';
  const minute = (nth: number) =>
    new Date(Math.max(quarter.period.from.getTime(), started.getTime() - nth * 60_000));
  await decide(
    store.db,
    Array.from({ length: 20 }, (_, nth) => ({ person: 'gale', at: minute(nth), seconds: 30, tool })),
  );
  // What ran is in the record, before and after.
  const by = { worker: rex, charter: 'rex@2' };
  const entries = Array.from({ length: 20 }, (_, nth) => `act-d${nth + 1}` as ActionId).flatMap(
    (action): Entry[] => [
      { kind: 'action.running', by, about: { action } },
      { kind: 'action.ended', by, about: { action } },
    ],
  );
  await save(store, async () => ({ result: undefined, entries, jobs: [] }));
}, 60_000);
afterAll(() => both.close());

const slow = { timeout: 20_000 };
const tell = () => both.wired.handlers['tell-reviews']({});
const put = { do: 'put-forward', worker: 'rex', quarter: quarter.name };
const governor = { id: 'greer' as PersonId, name: 'Greer', roles: ['governor'], accounts: [] };

test('a governor rates by a command and by the form; the later of a week counts, and nobody else may', async () => {
  const say = async (text: string, roles = ['governor']) => {
    const reply = await commanded(both.wired, { ...governor, roles }, text, { surface: 'slack' });
    return reply.kind === 'card' ? reply.card.title : reply.kind;
  };
  expect(await say('rate rex 4 quick', ['manager'])).toBe('Only a governor can do this: ask one of them.');
  expect(await say('rate zed 4')).toBe('There is no worker called "zed": wanted ada, iris, nora, rex.');
  expect(await say('rate rex 6')).toMatch(/^Wanted a number from 1 to 5/);
  expect(await say('rate')).toMatch(/^Say "\/roster rate <worker> <1-5>/);
  expect(await say('rate rex 2 too  slow')).toMatch(/^Rex is rated 2 of 5 by you this week/);
  expect(await both.inTeams('greer', { do: 'rate', worker: 'rex' })).toBe('Rate Rex');
  const sent = {
    account: 'slack:U0GREER',
    intent: { do: 'rate' as const, worker: rex },
    answer: '5',
    more: { line: 'Much better.' },
  };
  expect(await doorHandlers(both.wired).submitted(sent)).toEqual({ kind: 'nothing' });
  expect(await doorHandlers(both.wired).submitted({ ...sent, answer: 'x' })).toMatchObject({ kind: 'note' });
  const { rows } = await sql<object>`select worker, person, stars, line from worker_rating`.execute(
    both.wired.store.db,
  );
  expect(rows).toEqual([{ worker: 'rex', person: 'greer', stars: 5, line: 'Much better.' }]);
  const told = await both.entries('worker.rated');
  expect(told.map(({ facts }) => facts?.stars)).toEqual([2, 5]);
  expect(JSON.stringify(told)).not.toMatch(/slow|better/);
});

test('the quarter is reviewed once, for each worker, on both surfaces', async () => {
  await Promise.all([tell(), tell()]);
  await tell();
  const told = await both.entries('role.reviewed');
  expect(told.map(({ facts }) => [facts?.worker, facts?.quarter, facts?.proposal])).toEqual([
    ['ada', quarter.name, 'keep'],
    ['iris', quarter.name, 'keep'],
    ['nora', quarter.name, 'keep'],
    ['rex', quarter.name, 'expand'],
  ]);
  const rexes = () => both.titlesInTeams().filter((title) => /Rex, .*: expand its role$/.test(title));
  await expect.poll(() => rexes().length, slow).toBe(1);
  const inSlack = () =>
    both.inSlackStands().filter(({ method, blocks }) => {
      return method === 'chat.postMessage' && /: (expand|keep) its role$/.test(blocks[0].text.text);
    });
  await expect.poll(() => inSlack().length, slow).toBe(4);
  expect(JSON.stringify(inSlack())).toContain('+    - roll-back-deployment');
}, 60_000);

test('asked for, it is what was kept; on the command line with what people wrote', async () => {
  const reply = await commanded(both.wired, governor, 'review rex', { surface: 'slack' });
  expect(reply).toMatchObject({ kind: 'card', card: { tone: 'good', by: { name: 'Rex' } } });
  expect(
    JSON.stringify(await commanded(both.wired, governor, 'review rex now', { surface: 'slack' })),
  ).toContain('so far');
  expect(JSON.stringify(await commanded(both.wired, governor, 'review', { surface: 'slack' }))).toContain(
    'wanted ada, iris, nora, rex',
  );
  const { store } = both.wired;
  const switches = {
    tell: async () => true,
    board: async () => store,
    known: () => ({ workers: [], tools: [] }),
  };
  const place = { db: store.db, folder: '', now: () => clock, switches };
  const holidays: string[] = [];
  const reviewing = () => ({
    reporting,
    holidays,
    inventory: both.wired.site.inventory,
    riskOf: () => 'low' as const,
  });
  const answer = await reviewAskedFor({ ...place, reviewing }, { worker: 'rex', soFar: false });
  expect(answer).toMatchObject({
    kind: 'json',
    value: { written: { proposal: { kind: 'expand' } }, words: { ratings: [], wrong: [] } },
  });
  expect(await reviewAskedFor({ ...place, reviewing }, { worker: 'zed', soFar: false })).toEqual({
    kind: 'wrong',
    because: 'There is no worker zed: wanted ada, iris, nora, rex.',
  });
}, 60_000);

test('put forward by one governor it is approved by another, and in force only then', async () => {
  const { db } = both.wired.store;
  const version = async () => (await charterInForce(db, rex))?.version;
  const before = (await version()) ?? 0;
  expect(await both.inTeams('greer', { ...put, worker: 'iris' })).toBe(
    'This proposes no change of the charter that could be put forward.',
  );
  expect(await both.inTeams('greer', put)).toBe(
    `Put before the approvers: charter rex@${before + 1}. Somebody other than you must approve it.`,
  );
  // Pressed again it is the same question.
  await both.inTeams('greer', put);
  const asked = async () =>
    (await sql<{ id: string }>`select id from approval where status = 'open'`.execute(db)).rows;
  await expect.poll(async () => (await asked()).length, slow).toBe(1);
  const [{ id: approval } = { id: '' }] = await asked();
  expect(await both.inTeams('greer', { do: 'approve', approval })).toMatch(
    /another person|somebody else|asked for/i,
  );
  expect(await version()).toBe(before);
  await both.inTeams('gale', { do: 'approve', approval });
  await expect.poll(version, slow).toBe(before + 1);
  const charter = await charterInForce(db, rex);
  expect(charter?.authority.autonomous).toContain('roll-back-deployment');
  expect(charter?.authority.ask).not.toContain('roll-back-deployment');
  expect(await both.inTeams('greer', put)).toMatch(/no more under "ask": it was changed since/);
}, 60_000);
