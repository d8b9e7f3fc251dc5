import { sql } from 'kysely';
import { openCheckpoints } from '../src/audit/checkpoint.ts';
import type { Entry } from '../src/audit/entry.ts';
import type { Verified } from '../src/audit/verify.ts';
import { save } from '../src/jobs/save.ts';
import { type Db, transact } from '../src/postgres/database.ts';
import { openPool } from '../src/postgres/pool.ts';
import { openScene, type Scene } from './audit-chain.ts';
import { ended, noted } from './audit-entries.ts';
import { copyOf, sealedAnew } from './audit-table.ts';
import { equal } from './audit-truth.ts';
import type { Desk } from './desk.ts';

const nothing = { steps: [], said: [], witnessed: ['trial' as const], late: 0 };
const many = 200;
const each = 5;

/** Two hundred write at once, through a few connections of two processes, while checkpoints are taken and it is verified. */
export async function writers(desk: Desk): Promise<string | undefined> {
  const scene = await openScene(desk, nothing);
  const { queue } = desk.database;
  const other = 'connectionString' in queue ? openPool(queue.connectionString, 3) : undefined;
  try {
    const [found] = await Promise.all([
      lookOnAndOn(scene),
      writeTogether(desk, [desk.database.db, other?.db ?? desk.database.db]),
    ]);
    await scene.look(61_000);
    const alarm = [...found, await scene.verify()].find(({ kind }) => kind === 'broken');
    if (alarm) return `A false alarm: ${alarm.because}`;
    const { rows } = await copyOf(scene.db);
    if (rows.length !== 2 * many * each) return `Of ${2 * many * each} entries there are ${rows.length}.`;
    return equal(rows, sealedAnew(rows)) ? undefined : 'The chain has a fork or a gap.';
  } finally {
    await other?.close();
    scene.close();
  }
}

async function writeTogether(desk: Desk, through: Db[]): Promise<void> {
  const write = async (writer: number) => {
    const store = { ...desk.gateway, db: through[writer % through.length] as Db };
    for (let nth = 0; nth < each; nth += 1) {
      const entries: Entry[] = [noted(writer * each + nth), ended(writer * each + nth)];
      await save(store, async () => ({ result: undefined, entries, jobs: [] }));
    }
  };
  await Promise.all(Array.from({ length: many }, (_, writer) => write(writer)));
}

async function lookOnAndOn({ db, folder, now, look, verify }: Scene): Promise<Verified[]> {
  const other = openCheckpoints({ db, chain: 'trial', folder, now });
  const found: Verified[] = [];
  for (let nth = 0; nth < 5; nth += 1) {
    await Promise.all([look(61_000), other.take()]);
    found.push(await verify());
  }
  return found;
}

const group = 1_000;

/** A million entries (a tenth of it where the database is in memory), a checkpoint every thousand, changed near the start, in the middle and at the end. */
export async function million(desk: Desk): Promise<string | undefined> {
  const rows = desk.database.kind === 'postgres' ? 1_000_000 : 100_000;
  const scene = await openScene(desk, nothing);
  try {
    for (let nth = 0; nth < rows; nth += group) {
      await scene.write(
        'trial',
        Array.from({ length: group }, (_, of) => noted(nth + of)),
      );
      await scene.look(100);
    }
    for (const [links, what] of [
      [false, 'all of it hashed again'],
      [true, 'links alone'],
    ] as const) {
      const begun = performance.now();
      const found = await scene.verify({ links });
      const perSecond = Math.round(rows / ((performance.now() - begun) / 1_000));
      console.error(`audit: ${rows} entries verified, ${what}: ${perSecond} rows/s.`);
      if (found.kind === 'broken') return `A false alarm among ${rows} entries: ${found.because}`;
    }
    for (const seq of [rows / 1_000, rows / 2, rows - 3])
      if (await goesUnfound(scene, seq)) return `An edit of entry ${seq} of ${rows} was not found.`;
    return undefined;
  } finally {
    await sql`alter table audit disable trigger all`.execute(scene.db);
    await sql`truncate audit`.execute(scene.db);
    scene.close();
  }
}

/** Whether a changed entry is not named; it is as it was afterwards. */
async function goesUnfound({ db, verify }: Scene, seq: number): Promise<boolean> {
  const edit = (from: string, to: string) =>
    transact(db, async (tx) => {
      await sql`alter table audit disable trigger all`.execute(tx);
      await sql`update audit set text = replace(text, ${from}, ${to}) where seq = ${seq}`.execute(tx);
      await sql`alter table audit enable trigger all`.execute(tx);
    });
  await edit('"allow"', '"refuse"');
  const found = await verify();
  await edit('"refuse"', '"allow"');
  return found.kind === 'intact' || found.seq !== `${seq}`;
}
