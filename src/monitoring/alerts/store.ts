import { sql } from 'kysely';
import type { IncidentId, SignalId } from '../../ids.ts';
import type { Tx } from '../../postgres/database.ts';
import { jsonOf } from '../../postgres/text.ts';
import type { Alert } from '../../systems/alertmanager/webhook.ts';
import type { Place } from './alert.ts';

export interface Changed {
  fingerprint: string;
  startsAt: Date;
  status: 'firing' | 'resolved';
  /** It was not known before. */
  isNew: boolean;
}

/** Keeps the alerts; returns what that changed: those that are new, and those that fired and are over now. */
export async function keep(tx: Tx, alerts: (Alert & { place: Place | undefined })[]): Promise<Changed[]> {
  const rows = alerts.map(({ fingerprint, startsAt, endsAt, labels, annotations, link, place }) => {
    const about = { service: place?.service ?? null, server: place?.server ?? null };
    const status = endsAt ? 'resolved' : 'firing';
    return {
      fingerprint,
      starts_at: startsAt,
      ends_at: endsAt ?? null,
      status,
      labels,
      annotations,
      link,
      ...about,
    };
  });
  const kept = await sql<Changed>`insert into alert as known
      (fingerprint, starts_at, ends_at, status, labels, annotations, link, service, server)
    select fingerprint, starts_at, ends_at, status, labels, annotations, link, service, server
    from jsonb_to_recordset(${jsonOf(rows)}::jsonb) as given (fingerprint text, starts_at timestamptz,
      ends_at timestamptz, status text, labels jsonb, annotations jsonb, link text, service text, server text)
    on conflict (fingerprint, starts_at) do update set status = 'resolved', ends_at = excluded.ends_at
      where known.status = 'firing' and excluded.status = 'resolved'
    returning fingerprint, starts_at as "startsAt", status, xmax = 0 as "isNew"`.execute(tx);
  return kept.rows;
}

/** An alert that fires anew is over as it was before, also where nobody told; returns what is over now. */
export async function supersede(tx: Tx, fingerprints: string[]): Promise<Changed[]> {
  const { rows } = await sql<Changed>`update alert set status = 'resolved', ends_at = next.starts_at
    from (select fingerprint, max(starts_at) as starts_at from alert
      where fingerprint = any(${fingerprints}::text[]) group by fingerprint) as next
    where alert.fingerprint = next.fingerprint and alert.starts_at < next.starts_at and status = 'firing'
    returning alert.fingerprint, alert.starts_at as "startsAt", status, false as "isNew"`.execute(tx);
  return rows;
}

/** Says which signal tells of each of these alerts. */
export async function raisedBy(tx: Tx, raised: (Changed & { signal: SignalId })[]): Promise<void> {
  const rows = raised.map(({ startsAt, ...rest }) => ({ ...rest, starts_at: startsAt }));
  await sql`update alert set signal = raised.signal
    from jsonb_to_recordset(${jsonOf(rows)}::jsonb) as raised (fingerprint text, starts_at timestamptz, signal text)
    where alert.fingerprint = raised.fingerprint and alert.starts_at = raised.starts_at`.execute(tx);
}

export interface Recovered {
  id: SignalId;
  service: string;
  incident: IncidentId | null;
}

/** The signals of these alerts are over, since `now`; returns those that were not before. */
export async function recover(tx: Tx, over: Changed[], now: Date): Promise<Recovered[]> {
  const keys = over.map(({ fingerprint, startsAt }) => ({ fingerprint, starts_at: startsAt }));
  const { rows } = await sql<Recovered>`update signal set recovered_at = ${now}
    from alert join jsonb_to_recordset(${jsonOf(keys)}::jsonb) as ended (fingerprint text, starts_at timestamptz)
      using (fingerprint, starts_at)
    where signal.id = alert.signal and signal.recovered_at is null
    returning signal.id, signal.service, signal.incident`.execute(tx);
  return rows;
}
