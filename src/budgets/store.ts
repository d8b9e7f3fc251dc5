import { sql } from 'kysely';
import type { Tx } from '../postgres/database.ts';
import type { Unit } from './budget.ts';

/** So much of a unit counted under a name, such as `worker:ada:2026-11-21`. */
export interface Line {
  name: string;
  unit: Unit;
  amount: number;
}

/** The day by the database's clock, in UTC: `2026-11-21`. */
export async function loadDay(tx: Tx): Promise<string> {
  const { rows } = await sql<{
    day: string;
  }>`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD') as day`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error('The database did not tell its day.');
  return row.day;
}

/** Adds each line to what was used and returns the sums. The rows stay locked, in one order for all, until the transaction ends. */
export async function addUsed(
  tx: Tx,
  lines: Line[],
): Promise<{ name: string; unit: string; used: number }[]> {
  if (lines.length === 0) return [];
  const { rows } = await sql<{ name: string; unit: string; used: number }>`
    insert into budget_used (name, unit, used)
    select name, unit, amount from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
      as line (name text, unit text, amount bigint) order by name, unit
    on conflict (name, unit) do update set used = budget_used.used + excluded.used
    returning name, unit, used::float8 as used`.execute(tx);
  return rows;
}

/** Keeps what was reserved under a key; false when something was before. Waits for another who is at it. */
export async function insertReserved(tx: Tx, key: string, lines: Line[]): Promise<boolean> {
  const { rows } =
    await sql`insert into budget_reserved (key, lines) values (${key}, ${JSON.stringify(lines)}::jsonb)
    on conflict (key) do nothing returning key`.execute(tx);
  return rows.length === 1;
}

export async function removeReserved(tx: Tx, key: string): Promise<void> {
  await sql`delete from budget_reserved where key = ${key}`.execute(tx);
}

/** Marks a reservation as settled and returns what it was; nothing when there is none or it was settled before. */
export async function settleReserved(tx: Tx, key: string): Promise<Line[]> {
  const { rows } = await sql<{ lines: Line[] }>`update budget_reserved set settled = true
    where key = ${key} and not settled returning lines`.execute(tx);
  return rows[0]?.lines ?? [];
}
