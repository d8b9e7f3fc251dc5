import { sql } from 'kysely';
import type { Db, Tx } from '../../postgres/database.ts';

export interface Packed {
  /** Digest of the series' keys, in the order of the content. */
  layout: string;
  content: Uint8Array;
}

/** Writes down an order of series. Safe to call twice. */
export async function writeLayout(tx: Tx, digest: string, metric: string, keys: string[]): Promise<void> {
  await sql`insert into baseline_layout (digest, metric, keys) values (${digest}, ${metric}, ${keys}::text[])
    on conflict (digest) do nothing`.execute(tx);
}

export async function writeCell(tx: Tx, metric: string, cell: number, packed: Packed): Promise<void> {
  await sql`insert into baseline_cell (metric, cell, layout, content)
    values (${metric}, ${cell}, ${packed.layout}, ${Buffer.from(packed.content)})
    on conflict (metric, cell) do update set layout = excluded.layout, content = excluded.content`.execute(
    tx,
  );
}

/** `learntTo` in unix seconds. */
export async function writeState(tx: Tx, metric: string, learntTo: number, packed: Packed): Promise<void> {
  await sql`insert into baseline_state (metric, layout, learnt_to, content)
    values (${metric}, ${packed.layout}, to_timestamp(${learntTo}), ${Buffer.from(packed.content)})
    on conflict (metric) do update
      set layout = excluded.layout, learnt_to = excluded.learnt_to, content = excluded.content`.execute(tx);
}

/** Erases metrics that have learnt nothing since `before` (unix seconds), and orders that nothing is in any more. */
export async function eraseStale(tx: Tx, before: number): Promise<void> {
  await sql`delete from baseline_state where learnt_to < to_timestamp(${before})`.execute(tx);
  await sql`delete from baseline_cell where metric not in (select metric from baseline_state)`.execute(tx);
  await sql`delete from baseline_layout
    where digest not in (select layout from baseline_cell union all select layout from baseline_state)`.execute(
    tx,
  );
}

export async function loadLayouts(
  db: Db | Tx,
): Promise<{ digest: string; metric: string; keys: string[] }[]> {
  const { rows } = await sql<{ digest: string; metric: string; keys: string[] }>`
    select digest, metric, keys from baseline_layout order by metric, digest`.execute(db);
  return rows;
}

export async function loadStates(db: Db | Tx): Promise<(Packed & { metric: string; learntTo: number })[]> {
  const { rows } = await sql<Packed & { metric: string; learntTo: number }>`
    select metric, layout, content, extract(epoch from learnt_to)::float8 as "learntTo"
    from baseline_state order by metric`.execute(db);
  return rows;
}

/** One segment of every metric at a time: all of them are some hundred megabytes. */
export async function loadCell(db: Db | Tx, cell: number): Promise<Packed[]> {
  const { rows } = await sql<Packed>`
    select layout, content from baseline_cell where cell = ${cell} order by metric`.execute(db);
  return rows;
}
