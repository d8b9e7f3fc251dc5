import { sql } from 'kysely';
import type { Db } from '../../postgres/database.ts';
import { groups, type Line } from './lines.ts';
import { taken } from './tables.ts';

type Row = Record<string, unknown>;

/** Everything a past left in its own database, in the order in which it is taken in. `today` is the day whose budgets are live. */
export async function* linesOf(db: Db, today: string): AsyncGenerator<Line> {
  for (const { table, order } of taken) {
    const { rows } = await sql<{ row: Row }>`select to_jsonb(one) as row from ${sql.table(table)} one
      order by ${sql.raw(order)}`.execute(db);
    const kept = rows.map(({ row }) => row).filter((row) => table !== 'budget_used' || !isOf(row, today));
    for (const group of groups(kept)) yield { kind: 'rows', table, rows: group };
  }
  yield* entriesOf(db);
}

function isOf({ name }: Row, today: string): boolean {
  const [day] = /\d{4}-\d{2}-\d{2}$/.exec(String(name)) ?? [];
  return day !== undefined && day >= today;
}

interface Said {
  at: string;
  entry: { words?: Record<string, string> };
}

async function* entriesOf(db: Db): AsyncGenerator<Line> {
  const { rows } = await sql<{ text: string }>`select text from audit order by seq`.execute(db);
  const beside = await sql<{
    digest: string;
    salt: string;
    words: string;
  }>`select encode(digest, 'hex') as digest,
    encode(salt, 'hex') as salt, words from audit_words`.execute(db);
  const words = new Map(beside.rows.map((one) => [one.digest, one]));
  const said = rows.map(({ text }) => JSON.parse(text) as Said).map(({ at, entry }) => ({ at, entry }));
  for (const entries of groups(said)) {
    const digests = entries.flatMap(({ entry }) => Object.values(entry.words ?? {}));
    yield { kind: 'audit', entries, words: digests.flatMap((digest) => words.get(digest) ?? []) };
  }
}
