// How long a manager's week takes to write: a million entries of the audit in that week, no sums kept beforehand.
// Not how long chat takes to show it.
import { sql } from 'kysely';
import { noted } from '../conformance/audit-entries.ts';
import { openFresh } from '../conformance/database.ts';
import type { Entry } from '../src/audit/entry.ts';
import { record } from '../src/audit/record.ts';
import { digestCard } from '../src/digest/card.ts';
import { trendOf } from '../src/digest/chart.ts';
import { writtenOf } from '../src/digest/read.ts';
import { fernwood } from '../src/estate/company.ts';
import type { ActionId, WorkerId } from '../src/ids.ts';
import { readManifests } from '../src/manifests.ts';
import { openDrawing } from '../src/monitoring/chart/picture.ts';
import { type Database, transact } from '../src/postgres/database.ts';
import { plant } from '../test/scorecards/planted.ts';
import type { Bench } from './measure.ts';
import { standup40 } from './standup-40.ts';

const entries = Number(process.env.BENCH_DIGEST_ENTRIES ?? 1_000_000);
const group = 2_000;
/** In the week that is told; as many in each of the seven before. */
const incidents = 2_000;
const times = 5;
const weekMs = 7 * 86_400_000;

export const digest: Bench = async ({ seed = 20_261_122, say, afterwards }) => {
  const database = await openFresh();
  afterwards(database.close);
  const { db } = database;
  // Entries are stamped as they are written: the week is the one that ends when the last is in.
  const begun = Date.now();
  for (let week = 0; week < 8; week += 1) {
    const to = new Date(begun - week * weekMs);
    await plant(db, {
      seed: seed + week,
      from: new Date(to.getTime() - weekMs),
      to,
      incidents,
      first: 1 + week * incidents,
    });
  }
  await fill(database, begun, say);
  await sql`vacuum analyze`.execute(db);
  const { reporting, charters } = readManifests('manifests');
  const period = { from: new Date(begun - weekMs + 3_600_000), to: new Date(Date.now() + 1_000) };
  const asked = { day: '2026-11-23', period, reporting, inventory: fernwood, charters };
  const foundation = { darkServers: 0, months: 12, uncovered: 0 };
  const by = { name: 'Ada', role: 'Monitoring worker', avatar: ':owl:' };
  const took: number[] = [];
  let spec: ReturnType<typeof trendOf>;
  for (let nth = 0; nth < times; nth += 1) {
    const before = performance.now();
    const written = await writtenOf(db, { ...asked, foundation });
    digestCard({ digest: { ...written, picture: null }, by, open: [], personHour: 60 });
    spec = trendOf(written);
    took.push((performance.now() - before) / 1_000);
  }
  say(`digest: ${took.map((one) => one.toFixed(2)).join(', ')} s.`);
  const drawing = openDrawing();
  const before = performance.now();
  if (spec) await drawing.plot(spec);
  const drawn = (performance.now() - before) / 1_000;
  await drawing.close();
  const on = database.kind === 'postgres' ? 'on Postgres' : 'on the embedded database';
  const worst = Math.max(...took);
  return [
    {
      metric: 'digest_s_1m',
      value: worst,
      unit: 's',
      against: `bar 3 s, the worst of ${times}, ${entries} entries, ${on}`,
      ratio: worst / 3,
    },
    {
      metric: 'digest_png_s',
      value: drawn,
      unit: 's',
      against: 'its picture, the first of a thread',
      ratio: null,
    },
    ...(await standup40({ say, afterwards })),
  ];
};

/** A million entries: two of each deed of the week, the rest what a busy site notes. */
async function fill({ db }: Database, begun: number, say: (line: string) => void): Promise<void> {
  const { rows } = await sql<{ id: ActionId }>`select id from action where started_at is not null
    and ended_at >= ${new Date(begun - weekMs)}`.execute(db);
  const by = { worker: 'rex' as WorkerId, charter: 'rex@2' };
  const deeds = rows.flatMap(({ id: action }): Entry[] => [
    { kind: 'action.running', by, about: { action }, facts: { tool: 'restart-service' } },
    { kind: 'action.ended', by, about: { action }, facts: { status: 'done' } },
  ]);
  for (let nth = 0; nth < entries; nth += group) {
    const some = Array.from(
      { length: Math.min(group, entries - nth) },
      (_, of) => deeds[nth + of] ?? noted(nth + of),
    );
    await transact(db, (tx) => record(tx, 'trial', some));
    if (nth % 200_000 === 0) say(`digest: ${nth} entries of ${entries}.`);
  }
}
