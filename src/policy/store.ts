import { sql } from 'kysely';
import type { Db, Tx } from '../postgres/database.ts';

/** A policy as the database holds it: its canonical JSON, by the SHA-256 of that text. */
export interface Held {
  digest: string;
  version: string;
  text: string;
}

export async function loadInForce(db: Db | Tx): Promise<Held | undefined> {
  const { rows } =
    await sql<Held>`select digest, version, text from policy_in_force join policy_text using (digest)
    order by id desc limit 1`.execute(db);
  return rows[0];
}

export async function insertText(tx: Tx, { digest, version, text }: Held): Promise<void> {
  await sql`insert into policy_text (digest, version, text) values (${digest}, ${version}, ${text})
    on conflict (digest) do nothing`.execute(tx);
}

/** Puts a text that is held in force; false when there is no such text, or it is in force already. */
export async function setInForce(tx: Tx, digest: string): Promise<boolean> {
  await sql`lock table policy_in_force in exclusive mode`.execute(tx);
  if ((await loadInForce(tx))?.digest === digest) return false;
  const { rows } = await sql`insert into policy_in_force (digest) select digest from policy_text
    where digest = ${digest} returning digest`.execute(tx);
  return rows.length === 1;
}
