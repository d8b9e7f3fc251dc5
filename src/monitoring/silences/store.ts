import { sql } from 'kysely';
import type { PersonId, SignalId, SilenceId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { jsonOf } from '../../postgres/text.ts';
import type { Signal } from '../signal.ts';
import type { Silence } from './silence.ts';

const columns = sql`id::text as id, kind, signal, service, server, series, band, person, at, until, "when", why,
  ended_at as "endedAt", ended_by as "endedBy"`;

type Without<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;
export type NewSilence = Without<Silence, 'id' | 'endedAt' | 'endedBy'>;

export async function insert(tx: Tx, one: NewSilence): Promise<SilenceId> {
  const until = one.kind === 'mute' ? one.until : null;
  const when = one.kind === 'expected' ? jsonOf(one.when) : null;
  const why = one.kind === 'expected' ? one.why : null;
  const { rows } = await sql<{
    id: SilenceId;
  }>`insert into silence (kind, signal, service, server, series, band, person, at, until, "when", why)
    values (${one.kind}, ${one.signal}, ${one.service}, ${one.server}, ${jsonOf(one.series)}::jsonb, ${one.band},
      ${one.person}, ${one.at}, ${until}::timestamptz, ${when}::jsonb, ${why}::text) returning id::text as id`.execute(
    tx,
  );
  return rows[0]?.id as SilenceId;
}

/** Those nobody ended, oldest first; mutes whose time is over by `now` are left out. */
export async function loadOpen(db: Db | Tx, now: Date): Promise<Silence[]> {
  const { rows } = await sql<Silence>`select ${columns} from silence
    where ended_at is null and (until is null or until > ${now}::timestamptz) order by silence.id`.execute(
    db,
  );
  return rows;
}

/** All that was said on one signal, oldest first. */
export async function loadOn(db: Db | Tx, signal: SignalId): Promise<Silence[]> {
  const { rows } =
    await sql<Silence>`select ${columns} from silence where signal = ${signal} order by silence.id`.execute(
      db,
    );
  return rows;
}

export async function lock(tx: Tx, id: SilenceId): Promise<Silence | undefined> {
  const { rows } =
    await sql<Silence>`select ${columns} from silence where id = ${Number(id)}::integer for update`.execute(
      tx,
    );
  return rows[0];
}

export async function setEnded(tx: Tx, id: SilenceId, at: Date, by: PersonId): Promise<void> {
  await sql`update silence set ended_at = ${at}, ended_by = ${by} where id = ${Number(id)}::integer`.execute(
    tx,
  );
}

/** Writes a vote; false when this person has one on this fingerprint since `since`. An older one is renewed. */
export async function insertVote(
  tx: Tx,
  of: Signal,
  person: PersonId,
  at: Date,
  since: Date,
): Promise<boolean> {
  const { rows } = await sql`insert into signal_vote (fingerprint, person, signal, at)
    values (${of.fingerprint}, ${person}, ${of.id}, ${at})
    on conflict (fingerprint, person) do update set signal = excluded.signal, at = excluded.at
    where signal_vote.at < ${since} returning person`.execute(tx);
  return rows.length === 1;
}

/** How many people had no use for a fingerprint since `since`. */
export async function countVotes(
  db: Db | Tx,
  since: Date,
): Promise<{ fingerprint: string; people: number }[]> {
  const { rows } = await sql<{
    fingerprint: string;
    people: number;
  }>`select fingerprint, count(*)::integer as people
    from signal_vote where at >= ${since} group by fingerprint`.execute(db);
  return rows;
}
