import { sql } from 'kysely';
import type { IncidentId, SignalId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Signal } from './signal.ts';
import { attach, countRaised, load, loadOf, loadOpenOn } from './store.ts';

export function signal(db: Db | Tx, id: SignalId): Promise<Signal | undefined> {
  return load(db, id);
}

/** The signals of one incident, oldest first. */
export function signalsOf(db: Db | Tx, incident: IncidentId): Promise<Signal[]> {
  return loadOf(db, incident);
}

/** The newest 20 signals that are not over, of a service or server or with a series of it. */
export function openSignalsOn(db: Db | Tx, subject: string): Promise<Signal[]> {
  return loadOpenOn(db, subject);
}

/** Says which incident a signal belongs to. */
export function attachTo(tx: Tx, id: SignalId, incident: IncidentId): Promise<void> {
  return attach(tx, id, incident);
}

/** How often the same was raised in the `days` before this signal. */
export function seenBefore(db: Db | Tx, { fingerprint, raisedAt }: Signal, days: number): Promise<number> {
  return countRaised(db, fingerprint, new Date(raisedAt.getTime() - days * 86_400_000), raisedAt);
}

/** How many signals of each service people were told of by themselves, raised after `since` and by `until`. */
export async function toldBetween(
  db: Db,
  since: Date,
  until: Date,
): Promise<{ service: string; count: number }[]> {
  const { rows } = await sql<{ service: string; count: number }>`select service, count(*)::integer as count
    from signal where raised_at > ${since} and raised_at <= ${until} and incident is null and held is null
    group by service order by count desc, service`.execute(db);
  return rows;
}
