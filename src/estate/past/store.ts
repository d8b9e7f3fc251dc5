import { sql } from 'kysely';
import type { Db, Tx } from '../../postgres/database.ts';

export interface State {
  seed: number;
  begins: Date;
  ends: Date;
  days: number;
  /** The day that is being lived through; 0 before the first. */
  day: number;
  state: 'waiting' | 'living' | 'taking-in' | 'done' | 'given-up';
  /** How many lines of what was handed over have been taken in. */
  taken: number;
}

export async function load(db: Db): Promise<State | undefined> {
  const { rows } =
    await sql<State>`select seed, begins, ends, days, day, state, taken from trial_past`.execute(db);
  return rows[0];
}

/** Whether no incident was ever opened here. */
export async function isFresh(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ fresh: boolean }>`select not is_called as fresh from incident_number`.execute(
    tx,
  );
  return rows[0]?.fresh ?? false;
}

/** Leaves so many numbers of incidents to the past, and writes which past it will be. */
export async function insert(
  tx: Tx,
  { seed, begins, ends, days }: Pick<State, 'seed' | 'begins' | 'ends' | 'days'>,
  numbers: number,
): Promise<void> {
  await sql`insert into trial_past (seed, begins, ends, days) values (${seed}, ${begins}, ${ends}, ${days})`.execute(
    tx,
  );
  await sql`select nextval('incident_number') from generate_series(1, ${numbers}::integer)`.execute(tx);
}

export async function setState(db: Db | Tx, state: State['state']): Promise<void> {
  await sql`update trial_past set state = ${state}`.execute(db);
}

export async function setDay(db: Db, day: number): Promise<void> {
  await sql`update trial_past set day = ${day}`.execute(db);
}

/** Counts a line as taken in; false when somebody else has done so. Whoever comes second waits, and takes nothing in. */
export async function countLine(tx: Tx, before: number): Promise<boolean> {
  const { rows } =
    await sql`update trial_past set taken = ${before} + 1 where taken = ${before} returning taken`.execute(
      tx,
    );
  return rows.length === 1;
}

/** Adds rows as they are; what the database numbers or works out by itself is left to it. */
export async function addRows(tx: Tx, table: string, rows: object[]): Promise<void> {
  const { rows: columns } = await sql<{
    name: string;
  }>`select column_name as name from information_schema.columns
    where table_schema = 'public' and table_name = ${table} and is_generated = 'NEVER' and is_identity = 'NO'
    order by ordinal_position`.execute(tx);
  const names = sql.join(columns.map(({ name }) => sql.ref(name)));
  await sql`insert into ${sql.table(table)} (${names})
    select ${names} from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(
    tx,
  );
}

/** What failed before this time opens no breaker: a person closed none of them since, or did so later. */
export async function closeBreakers(tx: Tx, until: Date): Promise<void> {
  await sql`insert into breaker_reset (worker, tool, reset_at)
    select distinct worker, tool, ${until}::timestamptz from action where proposed_at <= ${until}
    on conflict (worker, tool) do nothing`.execute(tx);
}
