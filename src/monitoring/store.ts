import { sql } from 'kysely';
import type { IncidentId, SignalId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf } from '../postgres/text.ts';
import type { Signal } from './signal.ts';

export const columns = sql`id, fingerprint, kind, band, learning, service, server, metric, value, mean, deviation, z, members, because, foretold,
  raised_at as "raisedAt", recovered_at as "recoveredAt", held, incident`;

export async function load(db: Db | Tx, id: SignalId): Promise<Signal | undefined> {
  const { rows } = await sql<Signal>`select ${columns} from signal where id = ${id}`.execute(db);
  return rows[0];
}

/** Those of these ids that are in the record, by id: only whether they are over. */
export async function loadEnds(db: Db | Tx, ids: SignalId[]): Promise<Map<SignalId, Date | null>> {
  const { rows } = await sql<Pick<Signal, 'id' | 'recoveredAt'>>`select id, recovered_at as "recoveredAt"
    from signal where id = any(${ids})`.execute(db);
  return new Map(rows.map(({ id, recoveredAt }) => [id, recoveredAt]));
}

export async function loadOf(db: Db | Tx, incident: IncidentId): Promise<Signal[]> {
  const { rows } =
    await sql<Signal>`select ${columns} from signal where incident = ${incident} order by raised_at`.execute(
      db,
    );
  return rows;
}

/** Signals that are not over and of a service or server, or with a series of it; newest first. */
export async function loadOpenOn(db: Db | Tx, subject: string): Promise<Signal[]> {
  const { rows } = await sql<Signal>`select ${columns} from signal where recovered_at is null
    and (service = ${subject} or server = ${subject} or members @> ${jsonOf([{ subject }])}::jsonb)
    order by raised_at desc, id limit 20`.execute(db);
  return rows;
}

export type NewSignal = Omit<Signal, 'raisedAt' | 'recoveredAt' | 'incident'>;

/** Writes a signal; false when it, or one of its fingerprint that is not over, is there already. */
export async function insert(tx: Tx, signal: NewSignal): Promise<boolean> {
  const { id, fingerprint, kind, band, learning, service, server, metric, value, mean, deviation, z } =
    signal;
  const { rows } =
    await sql`insert into signal (id, fingerprint, kind, band, learning, service, server, metric, value, mean, deviation, z, members, because, foretold, held)
    values (${id}, ${fingerprint}, ${kind}, ${band}, ${learning}, ${service}, ${server}, ${metric}, ${value}, ${mean}, ${deviation}, ${z},
      ${jsonOf(signal.members)}::jsonb, ${jsonOf(signal.because)}::jsonb,
      ${signal.foretold ? jsonOf(signal.foretold) : null}::jsonb, ${signal.held})
    on conflict do nothing returning id`.execute(tx);
  return rows.length === 1;
}

/** Those that are open of our own seeing, oldest first. */
export async function loadOpen(db: Db | Tx): Promise<Signal[]> {
  const { rows } = await sql<Signal>`select ${columns} from signal
    where recovered_at is null and kind <> 'alert' order by raised_at`.execute(db);
  return rows;
}

/** The same, only by what they are known by: there may be a thousand in a cycle. */
export async function loadFingerprints(db: Db | Tx): Promise<Pick<Signal, 'id' | 'fingerprint'>[]> {
  const { rows } = await sql<Pick<Signal, 'id' | 'fingerprint'>>`select id, fingerprint from signal
    where recovered_at is null and kind <> 'alert' order by raised_at`.execute(db);
  return rows;
}

/** Says that those of these fingerprints that are open are over. Returns them. */
export async function setRecovered(tx: Tx, fingerprints: string[], at: Date): Promise<Signal[]> {
  const { rows } = await sql<Signal>`update signal set recovered_at = ${at}
    where fingerprint = any(${fingerprints}) and recovered_at is null and kind <> 'alert'
    returning ${columns}`.execute(tx);
  return rows;
}

/** Says that a signal that was over is not, and why it is told to nobody; undefined when it was not over. */
export async function setReturned(tx: Tx, id: SignalId): Promise<Pick<Signal, 'held'> | undefined> {
  const { rows } = await sql<Pick<Signal, 'held'>>`update signal set recovered_at = null
    where id = ${id} and recovered_at is not null returning held`.execute(tx);
  return rows[0];
}

/** It is told with its incident from now on: no list tells of it any more. */
export async function attach(tx: Tx, id: SignalId, incident: IncidentId): Promise<void> {
  await sql`update signal set incident = ${incident}, held = null where id = ${id}`.execute(tx);
  await sql`delete from held_signal where signal = ${id} and list is null`.execute(tx);
}

/** Two answers to one signal come one after the other. Held until the transaction ends. */
export async function lock(tx: Tx, id: SignalId): Promise<void> {
  await sql`select 1 from signal where id = ${id} for update`.execute(tx);
}

/** How many signals of a fingerprint were raised from `from` on and before `to`. */
export async function countRaised(db: Db | Tx, fingerprint: string, from: Date, to: Date): Promise<number> {
  const { rows } = await sql<{ times: number }>`select count(*)::integer as times from signal
    where fingerprint = ${fingerprint} and raised_at >= ${from} and raised_at < ${to}`.execute(db);
  return rows[0]?.times ?? 0;
}

export async function setContext(tx: Tx, signal: SignalId, context: unknown): Promise<void> {
  await sql`insert into signal_context (signal, context) values (${signal}, ${jsonOf(context)}::jsonb)
    on conflict (signal) do update set context = excluded.context, at = clock_timestamp()`.execute(tx);
}

export async function loadContext(db: Db | Tx, signal: SignalId): Promise<unknown> {
  const { rows } = await sql<{
    context: unknown;
  }>`select context from signal_context where signal = ${signal}`.execute(db);
  return rows[0]?.context;
}
