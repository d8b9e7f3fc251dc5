import { sql } from 'kysely';
import type { IncidentId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { jsonOf } from '../../postgres/text.ts';
import type { Material, Turn } from './turn.ts';

type New = Pick<Turn, 'incident' | 'attempt' | 'messages'> & { material: Material };

/** Begins a turn; one that was begun before stays as it is. */
export async function insertTurn(tx: Tx, { incident, attempt, messages, material }: New): Promise<void> {
  await sql`insert into incident_turn (incident, attempt, messages, material)
    values (${incident}, ${attempt}, ${jsonOf(messages)}::jsonb, ${jsonOf(material)}::jsonb)
    on conflict do nothing`.execute(tx);
}

/** The turn that is under way on an incident. */
export async function loadTurn(db: Db, id: IncidentId): Promise<Turn | undefined> {
  const { rows } = await sql<Turn>`select incident, attempt, step, asked, classified, messages, material
    from incident_turn where incident = ${id} and ended_at is null order by attempt desc limit 1`.execute(db);
  return rows[0];
}

type Change = Pick<Turn, 'asked' | 'classified' | 'messages' | 'material'>;

/** Writes what came of a step; false when the turn has gone on or ended without us. */
export async function saveTurn(
  tx: Tx,
  { incident, attempt, step }: Turn,
  { asked, classified, messages, material }: Change,
): Promise<boolean> {
  const { rows } =
    await sql`update incident_turn set step = step + 1, asked = ${asked}, classified = ${classified},
      messages = ${jsonOf(messages)}::jsonb, material = ${jsonOf(material)}::jsonb
    where incident = ${incident} and attempt = ${attempt} and step = ${step} and ended_at is null
    returning step`.execute(tx);
  return rows.length === 1;
}

/** Ends a turn with why; false when the turn has gone on or ended without us. */
export async function endTurn(tx: Tx, { incident, attempt, step }: Turn, because: string): Promise<boolean> {
  const { rows } = await sql`update incident_turn set step = step + 1, ended_at = clock_timestamp(),
      because = ${because}
    where incident = ${incident} and attempt = ${attempt} and step = ${step} and ended_at is null
    returning step`.execute(tx);
  return rows.length === 1;
}
