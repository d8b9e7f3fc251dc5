import { sql } from 'kysely';
import type { Card } from '../chat/card.ts';
import type { Heard } from '../chat/door.ts';
import type { DeliveryId, WorkerId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf, storable } from '../postgres/text.ts';

export interface Delivery extends Heard {
  id: DeliveryId;
  answer: Card | null;
  /** Whose answer it is; null of a command's or an order's. */
  answeredBy: WorkerId | null;
}

/** Writes a delivery; false when this message was delivered before, whatever the envelope said. */
export async function insert(tx: Tx, id: DeliveryId, heard: Heard): Promise<boolean> {
  const { place, message, thread, account, text, direct } = heard;
  const { rows } = await sql`insert into delivery (id, place, message, thread, account, text, direct)
    values (${id}, ${place}, ${message}, ${thread ?? null}, ${account}, ${storable(text)}, ${direct})
    on conflict (place, message) do nothing returning id`.execute(tx);
  return rows.length === 1;
}

export async function load(db: Db, id: DeliveryId): Promise<Delivery | undefined> {
  const { rows } = await sql<
    Delivery & { answer: unknown }
  >`select id, place, message, thread, account, text, direct, answer,
      answered_by as "answeredBy"
    from delivery where id = ${id}`.execute(db);
  const row = rows[0];
  return row ? { ...row, answer: row.answer ? revive(row.answer) : null } : undefined;
}

/** Locks a delivery until the transaction ends; false when it has its answer. */
export async function lockUnanswered(tx: Tx, id: DeliveryId): Promise<boolean> {
  const { rows } = await sql`select id from delivery where id = ${id} and answer is null for update`.execute(
    tx,
  );
  return rows.length === 1;
}

/** Keeps the answer, and whose it is; false when it had one. */
export async function setAnswer(tx: Tx, id: DeliveryId, answer: Card, by: WorkerId | null): Promise<boolean> {
  const { rows } = await sql`update delivery set answer = ${jsonOf(answer)}::jsonb, answered_by = ${by}
    where id = ${id} and answer is null returning id`.execute(tx);
  return rows.length === 1;
}

/** JSON keeps a time as text; a card holds a Date. */
function revive(stored: unknown): Card {
  return JSON.parse(JSON.stringify(stored), (name, value) => (name === 'time' ? new Date(value) : value));
}
