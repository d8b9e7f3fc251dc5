import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { openEmbedded } from '../../src/postgres/embedded.ts';
import { haveLocalSlack } from '../chat/trial-slack.ts';
import { openShift, type Shift, where, who } from './shift.ts';

describe.skipIf(!haveLocalSlack)('the app is killed', () => {
  let shift: Shift;
  afterEach(() => shift.close());

  it('between click and outcome: the same incident goes on, and nothing is executed twice', async () => {
    shift = await openShift({ speed: 6 });
    const { ops } = shift;
    const asked = await ops.expectCard(where.approvals, /Please decide: Roll checkout back/, 60_000);
    await ops.clickAs(who.governor, asked, 'Approve');
    await ops.expectCard(where.approvals, /Running as AWX job/);
    await shift.kill();
    await shift.start();
    await ops.expectCard(where.approvals, /Done: Roll checkout back/, 60_000);
    await ops.expectCard(where.ops, /Verified mended, closed/, 90_000);
    const parents = await ops.cards(where.ops);
    expect(parents.map((one) => one.title).filter((title) => title.startsWith('Checkout'))).toHaveLength(1);

    await shift.stop();
    expect(await afterwards(shift.folder)).toEqual({ jobs: 1, running: 1, ended: 1, intact: 'intact' });
  }, 240_000);
});

/** What the stopped app's database says of the one roll-back. */
async function afterwards(folder: string) {
  expect(existsSync(join(folder, 'postgres'))).toBe(true);
  const database = await openEmbedded(join(folder, 'postgres'));
  try {
    const { db } = database;
    const jobs = await sql<{ n: number }>`select count(*)::int as n from estate_job`.execute(db);
    const kinds = await sql<{
      kind: string;
      n: number;
    }>`select text::jsonb -> 'entry' ->> 'kind' as kind, count(*)::int as n
      from audit group by 1`.execute(db);
    const count = (kind: string) => kinds.rows.find((one) => one.kind === kind)?.n ?? 0;
    const { kind: intact } = await verify(db);
    return { jobs: jobs.rows[0]?.n, running: count('action.running'), ended: count('action.ended'), intact };
  } finally {
    await database.close();
  }
}
