import { sql } from 'kysely';
import type { PersonId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import type { Period } from '../facts.ts';
import type { Enquired } from '../habits.ts';

/** A note that was told to somebody alone, once a month. */
export interface Note {
  /** Says nothing of the person: it stands where others may read. */
  id: string;
  person: PersonId;
  /** Such as 2026-11. */
  month: string;
  toldAt: Date;
}

/** On how many requests each person asked for more in a period. */
export async function loadEnquired(db: Db, { from, to }: Period): Promise<Enquired[]> {
  const { rows } = await sql<Enquired>`select person, count(distinct approval)::int as questions
    from approval_enquiry where at >= ${from} and at < ${to} group by person order by person`.execute(db);
  return rows;
}

/** Keeps a note; false when that person has one of that month. */
export async function insertNote(tx: Tx, { id, person, month, toldAt }: Note): Promise<boolean> {
  const { rows } = await sql`insert into habit_note (id, person, month, told_at)
    values (${id}, ${person}, ${month}, ${toldAt}) on conflict (person, month) do nothing returning id`.execute(
    tx,
  );
  return rows.length === 1;
}

export async function loadNote(db: Db, id: string): Promise<Note | undefined> {
  const { rows } = await sql<Note>`select id, person, month, told_at as "toldAt"
    from habit_note where id = ${id}`.execute(db);
  return rows[0];
}

/** Who wants no such notes. */
export async function loadOff(db: Db | Tx): Promise<PersonId[]> {
  const { rows } = await sql<{ person: PersonId }>`select person from habit_off order by person`.execute(db);
  return rows.map(({ person }) => person);
}

/** Wants them no more, or again; false when it was so. */
export async function setOff(tx: Tx, person: PersonId, off: boolean, at: Date): Promise<boolean> {
  const { rows } = off
    ? await sql`insert into habit_off (person, at) values (${person}, ${at})
        on conflict do nothing returning person`.execute(tx)
    : await sql`delete from habit_off where person = ${person} returning person`.execute(tx);
  return rows.length === 1;
}

/** How many were told in a period, and how many people decided anything in it. */
export async function countTold(db: Db, { from, to }: Period): Promise<{ told: number; deciding: number }> {
  const { rows } = await sql<{ told: number; deciding: number }>`select
      (select count(distinct person)::int from habit_note where told_at >= ${from} and told_at < ${to}) as told,
      (select count(distinct person)::int from approval_answer where at >= ${from} and at < ${to}) as deciding`.execute(
    db,
  );
  return rows[0] ?? { told: 0, deciding: 0 };
}
