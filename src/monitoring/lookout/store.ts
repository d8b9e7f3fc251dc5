import { sql } from 'kysely';
import type { Db, Tx } from '../../postgres/database.ts';
import { jsonOf } from '../../postgres/text.ts';

export interface Learnt {
  key: string;
  content: unknown;
  at: Date;
}

/** Writes what was learnt, over what was there of the same keys. */
export async function write(tx: Tx, learnt: { key: string; content: unknown }[]): Promise<void> {
  const all = jsonOf(learnt);
  await sql`insert into learnt (key, content)
    select one ->> 'key', one -> 'content' from jsonb_array_elements(${all}::jsonb) one
    on conflict (key) do update set content = excluded.content, at = clock_timestamp()`.execute(tx);
}

/** Everything learnt under keys that begin so. */
export async function load(db: Db | Tx, begins: string): Promise<Learnt[]> {
  const { rows } =
    await sql<Learnt>`select key, content, at from learnt where starts_with(key, ${begins})`.execute(db);
  return rows;
}
