import { sql } from 'kysely';
import type { SignalId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import type { Signal } from '../signal.ts';
import { columns } from '../store.ts';
import type { Hold, List, Waiting } from './hold.ts';

/** Keeps a signal for the list that is due when what holds it is over; of other holds there is no list. Safe to call twice. */
export async function keepForList(tx: Tx, id: SignalId, hold: Hold | undefined): Promise<void> {
  if (!hold || !('whose' in hold)) return;
  await sql`insert into held_signal (signal, cause, whose) values (${id}, ${hold.cause}, ${hold.whose})
    on conflict do nothing`.execute(tx);
}

type Row = Signal & Omit<Waiting, 'signal'>;

const split = ({ cause, whose, ...signal }: Row): Waiting => ({ cause, whose, signal });

/** What no list told of yet, oldest first. Whoever else asks waits until this transaction ends, and then finds the rest. */
export async function lockWaiting(tx: Tx): Promise<Waiting[]> {
  const { rows } = await sql<Row>`select ${columns}, cause, whose
    from held_signal join signal on signal.id = held_signal.signal
    where list is null order by raised_at, id for update of held_signal`.execute(tx);
  return rows.map(split);
}

export async function setListed(tx: Tx, ids: SignalId[], list: string): Promise<void> {
  await sql`update held_signal set list = ${list} where signal = any(${ids})`.execute(tx);
}

/** From now on these are told by themselves, but for those that are over. Returns which. */
export async function release(tx: Tx, ids: SignalId[]): Promise<SignalId[]> {
  const { rows } = await sql<{ id: SignalId }>`update signal set held = null
    where id = any(${ids}) and recovered_at is null returning id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** What one list tells of, as it stands now; undefined when there is none of that id. */
export async function loadList(db: Db | Tx, list: string): Promise<List | undefined> {
  const { rows } = await sql<Row>`select ${columns}, cause, whose
    from held_signal join signal on signal.id = held_signal.signal
    where list = ${list} order by raised_at, id`.execute(db);
  const [first] = rows;
  return first && { cause: first.cause, whose: first.whose, signals: rows.map((row) => split(row).signal) };
}

/** The lists that tell of these signals. */
export async function loadListsOf(tx: Tx, ids: SignalId[]): Promise<string[]> {
  const { rows } = await sql<{ list: string }>`select distinct list from held_signal
    where signal = any(${ids}) and list is not null`.execute(tx);
  return rows.map(({ list }) => list);
}
