import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { openNotes } from '../../src/audit/notes.ts';
import { openRefusals, type Refusals } from '../../src/audit/refusals.ts';
import { verify } from '../../src/audit/verify.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openEmbeddedTest } from '../databases.ts';

let database: Database;
let refusals: Refusals;
let at: Date;

beforeEach(async () => {
  database = await openEmbeddedTest();
  at = new Date('2026-03-01T09:30:10Z');
  refusals = openRefusals(openNotes(database.db, 'trial'), () => at);
});
afterEach(async () => {
  await refusals.stop();
  await database.close();
});

const entries = async (): Promise<Entry[]> => {
  const rows = await database.db
    .selectFrom('audit' as never)
    .select('text' as never)
    .orderBy('seq' as never)
    .execute();
  return (rows as { text: string }[]).map((row) => JSON.parse(row.text).entry);
};
const facts = async () => (await entries()).map((entry) => entry.facts);
const tried = (account: string): Entry => ({
  kind: 'door.refused',
  by: { roster: 'door' },
  facts: { account, tried: 'command' },
  because: ['Roster does not know you.'],
});

test('ten thousand strangers at a door are one entry of that minute', async () => {
  for (let n = 0; n < 10_000; n += 1)
    refusals.refused('slack', n % 4 ? 'the signature is wrong' : 'the signature is missing');
  await refusals.flush();
  expect(await facts()).toEqual([]);
  at = new Date('2026-03-01T09:31:00Z');
  await refusals.flush();
  expect(await entries()).toEqual([
    expect.objectContaining({
      kind: 'door.refused',
      by: { roster: 'door' },
      facts: {
        door: 'slack',
        minute: '2026-03-01T09:30',
        count: 10_000,
        reasons: { 'the signature is missing': 2_500, 'the signature is wrong': 7_500 },
      },
    }),
  ]);
  await refusals.flush();
  expect(await entries()).toHaveLength(1);
  expect(await verify(database.db)).toMatchObject({ kind: 'intact' });
});

test('each door and each minute has its own, also those that stop has to write', async () => {
  refusals.refused('slack', 'a');
  refusals.refused('tickets', 'a');
  at = new Date('2026-03-01T09:31:59Z');
  refusals.refused('slack', 'b');
  await refusals.stop();
  expect(await facts()).toEqual([
    { door: 'slack', minute: '2026-03-01T09:30', count: 1, reasons: { a: 1 } },
    { door: 'tickets', minute: '2026-03-01T09:30', count: 1, reasons: { a: 1 } },
    { door: 'slack', minute: '2026-03-01T09:31', count: 1, reasons: { b: 1 } },
  ]);
});

test('reasons that would never end are counted as other', async () => {
  for (let n = 0; n < 500; n += 1) refusals.refused('slack', `reason ${n}`);
  await refusals.stop();
  const reasons = (await facts())[0]?.reasons as Record<string, number>;
  expect(Object.keys(reasons)).toHaveLength(21);
  expect(reasons.other).toBe(480);
});

test('an account that repeats itself is noted once and then counted', async () => {
  for (let n = 0; n < 50; n += 1) await refusals.attempted(tried('slack:U1'));
  await refusals.attempted(tried('slack:U2'));
  expect(await facts()).toEqual([tried('slack:U1').facts, tried('slack:U2').facts]);
  at = new Date('2026-03-01T09:31:00Z');
  await refusals.flush();
  expect((await facts()).slice(2)).toEqual([
    { ...tried('slack:U1').facts, minute: '2026-03-01T09:30', count: 49 },
  ]);
  await refusals.attempted(tried('slack:U1'));
  expect(await entries()).toHaveLength(4);
});

test('a thousand accounts in a minute are told apart, the rest counted together', async () => {
  await Promise.all(Array.from({ length: 1_200 }, (_, n) => refusals.attempted(tried(`slack:U${n}`))));
  expect(await entries()).toHaveLength(1_000);
  await refusals.stop();
  expect((await facts()).at(-1)).toMatchObject({ door: 'attempts', count: 200 });
});

test('what the database does not take is written the next time', async () => {
  const told: Entry[] = [];
  let away = true;
  const note = async (entry: Entry) => {
    if (away) throw new Error('the database is away');
    told.push(entry);
  };
  const shaky = openRefusals({ note }, () => at);
  shaky.refused('slack', 'a');
  at = new Date('2026-03-01T09:31:00Z');
  await shaky.flush();
  away = false;
  await shaky.stop();
  expect(told).toMatchObject([{ facts: { door: 'slack', minute: '2026-03-01T09:30', count: 1 } }]);
});
