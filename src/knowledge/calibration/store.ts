import { sql } from 'kysely';
import type { IncidentId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import type { Outcome } from './calibrate.ts';

export interface NewOutcome extends Outcome {
  incident: IncidentId;
  class: string;
  at: Date;
  /** From when on it counts: what is right may be found wrong until then. */
  settles: Date;
}

export async function insert(
  tx: Tx,
  { incident, class: of, raw, right, at, settles }: NewOutcome,
): Promise<void> {
  await sql`insert into outcome (incident, class, raw, "right", at, settles)
    values (${incident}, ${of}, ${raw}, ${right}, ${at}, ${settles})
    on conflict (incident, class) do update set "right" = outcome."right" and excluded."right"`.execute(tx);
}

/** Marks those of an incident that are not settled as wrong; how many that were. */
export async function setWrong(tx: Tx, incident: IncidentId, now: Date): Promise<number> {
  const { numAffectedRows } = await sql`update outcome set "right" = false, settles = ${now}
    where incident = ${incident} and "right" and settles > ${now}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

export async function remove(tx: Tx, incident: IncidentId): Promise<number> {
  const { numAffectedRows } = await sql`delete from outcome where incident = ${incident}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** Settled outcomes by class, oldest first. */
export async function loadSettled(
  db: Db | Tx,
  classes: string[],
  now: Date,
): Promise<(Outcome & { class: string })[]> {
  const { rows } = await sql<Outcome & { class: string }>`select class, raw, "right" from outcome
    where class = any(${classes}) and settles <= ${now} order by at, incident`.execute(db);
  return rows;
}
