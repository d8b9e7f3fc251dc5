// How fast the audit takes entries, in groups and one effect at a time, and how fast all of it is re-hashed.
// Not the checkpoints: they are one row a minute.
import { ended, noted } from '../conformance/audit-entries.ts';
import { openFresh } from '../conformance/database.ts';
import { record } from '../src/audit/record.ts';
import { verify } from '../src/audit/verify.ts';
import { type Database, transact } from '../src/postgres/database.ts';
import type { Bench } from './measure.ts';

const rows = Number(process.env.BENCH_AUDIT_ROWS ?? 100_000);
const group = 100;
const effects = 2_000;
const writers = 8;

export const audit: Bench = async ({ say, afterwards }) => {
  const database = await openFresh();
  afterwards(database.close);
  const on = database.kind === 'postgres' ? 'on Postgres' : 'on the embedded database';
  const grouped = await perSecond(rows, () => appendGroups(database));
  say(`audit: ${rows} entries in groups of ${group} done.`);
  const single = await perSecond(effects, () => appendEffects(database));
  const all = rows + effects;
  const full = await perSecond(all, () => verified(database, { links: false }));
  const links = await perSecond(all, () => verified(database, { links: true }));
  const plain = (metric: string, value: number, how: string) => ({
    metric,
    value,
    unit: 'rows/s',
    against: `${how}, ${on}`,
    ratio: null,
  });
  const held = (metric: string, value: number, bar: number) => ({
    metric,
    value,
    unit: 'rows/s',
    against: `bar ${bar} rows/s, ${on}`,
    ratio: value / bar,
  });
  return [
    plain('append_group_per_s', grouped, `${group} entries a transaction`),
    plain('append_effect_per_s', single, `one a transaction, ${writers} writers`),
    held('verify_rows_per_s', full, 60_000),
    held('verify_links_per_s', links, 150_000),
  ];
};

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await work();
  return count / ((performance.now() - before) / 1_000);
}

async function appendGroups({ db }: Database): Promise<void> {
  for (let nth = 0; nth < rows; nth += group) {
    const entries = Array.from({ length: Math.min(group, rows - nth) }, (_, of) => noted(nth + of));
    await transact(db, (tx) => record(tx, 'trial', entries));
  }
}

async function appendEffects({ db }: Database): Promise<void> {
  const left = Array.from({ length: effects }, (_, nth) => ended(nth));
  const write = async () => {
    for (let entry = left.pop(); entry; entry = left.pop()) {
      const entries = [entry];
      await transact(db, (tx) => record(tx, 'trial', entries));
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}

async function verified({ db }: Database, extent: { links: boolean }): Promise<void> {
  const found = await verify(db, extent);
  if (found.kind === 'broken') throw new Error(found.because);
}
