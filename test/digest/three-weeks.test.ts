// The trial's three weeks, recorded as the product lived through them (2–22 November 2026, seed 20261122, without what its
// diagnoses saw): the digests they make, and every figure of them reckoned a second time. src/live-past.ts records anew.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { digestCard } from '../../src/digest/card.ts';
import { trendOf } from '../../src/digest/chart.ts';
import { weekAt } from '../../src/digest/digest.ts';
import { writtenOf } from '../../src/digest/read.ts';
import { fernwood } from '../../src/estate/company.ts';
import { reservePast } from '../../src/estate/past/progress.ts';
import { takeIn } from '../../src/estate/past/take-in.ts';
import type { Database } from '../../src/postgres/database.ts';
import { kpis } from '../../src/scorecards/kpis.ts';
import { factsOf } from '../../src/scorecards/read.ts';
import { ada } from '../chat/cards.ts';
import { openEmbeddedTest } from '../databases.ts';
import { fromTables } from '../scorecards/independent.ts';
import { manifests } from '../shift.ts';

const { reporting, charters } = manifests;
const mondays = ['2026-11-09', '2026-11-16', '2026-11-23'];
const given = { reporting, inventory: fernwood };
let database: Database;

beforeAll(async () => {
  database = await openEmbeddedTest();
  const { db } = database;
  const folder = mkdtempSync(join(tmpdir(), 'roster-three-weeks-'));
  const file = join(folder, 'past.jsonl');
  writeFileSync(file, gunzipSync(readFileSync('test/recorded/three-weeks.jsonl.gz')));
  await reservePast(db, { seed: 20_261_122, days: 21, now: new Date('2026-11-22T23:00:00Z') });
  await takeIn({ db, site: 'trial', file, restMs: 0, signal: new AbortController().signal });
  rmSync(folder, { recursive: true });
}, 60_000);
afterAll(() => database.close());

const weekOf = (day: string) => weekAt(reporting, new Date(`${day}T12:00:00Z`));

test.each(mondays)('the digest of %s: what it says, its card, its picture', async (day) => {
  const { week } = weekOf(day);
  const foundation = { darkServers: 0, months: 1, uncovered: 0 };
  const written = await writtenOf(database.db, { ...given, day, period: week, charters, foundation });
  const card = digestCard({ digest: { ...written, picture: null }, by: ada, open: [], personHour: 60 });
  const golden = { written, card, chart: trendOf(written) ?? null };
  await expect(`${JSON.stringify(golden, undefined, 1)}\n`).toMatchFileSnapshot(
    `../golden/three-weeks-${day}.json`,
  );
});

test.each(mondays)('every figure of the week before %s, from the tables', async (day) => {
  const { week } = weekOf(day);
  const facts = await factsOf(database.db, week);
  for (const kpi of kpis) {
    const { value, of } = kpi.measure(facts, given);
    const again = await fromTables(database.db, kpi.id, week);
    expect([kpi.id, of]).toEqual([kpi.id, again.of]);
    if (again.value === null) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(again.value, 6);
  }
});

test('it is a week’s worth: incidents each week, decisions, and an audit that holds', async () => {
  for (const day of mondays) {
    const { cases, questions } = await factsOf(database.db, weekOf(day).week);
    expect(cases.length).toBeGreaterThan(4);
    expect(questions.length).toBeGreaterThan(1);
  }
  expect((await verify(database.db)).kind).toBe('intact');
});
