import { sql } from 'kysely';
import type { IncidentId, SignalId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Signal } from './signal.ts';

const columns = sql`id, fingerprint, service, server, metric, value, mean, deviation, z, raised_at as "raisedAt", incident`;

export async function load(db: Db | Tx, id: SignalId): Promise<Signal | undefined> {
  const { rows } = await sql<Signal>`select ${columns} from signal where id = ${id}`.execute(db);
  return rows[0];
}

export async function loadOf(db: Db | Tx, incident: IncidentId): Promise<Signal[]> {
  const { rows } =
    await sql<Signal>`select ${columns} from signal where incident = ${incident} order by raised_at`.execute(
      db,
    );
  return rows;
}

/** Writes a signal; false when it is there already. */
export async function insert(tx: Tx, signal: Omit<Signal, 'raisedAt' | 'incident'>): Promise<boolean> {
  const { id, fingerprint, service, server, metric, value, mean, deviation, z } = signal;
  const { rows } =
    await sql`insert into signal (id, fingerprint, service, server, metric, value, mean, deviation, z)
    values (${id}, ${fingerprint}, ${service}, ${server}, ${metric}, ${value}, ${mean}, ${deviation}, ${z})
    on conflict (id) do nothing returning id`.execute(tx);
  return rows.length === 1;
}

export async function attach(tx: Tx, id: SignalId, incident: IncidentId): Promise<void> {
  await sql`update signal set incident = ${incident} where id = ${id}`.execute(tx);
}
