import { sql } from 'kysely';
import type { Thumbs } from '../../chat/thumbs.ts';
import type { PersonId, WorkerId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { storable } from '../../postgres/text.ts';

export interface Ballot {
  /** What it is about, such as `delivery:dlv-…`. */
  subject: string;
  worker: WorkerId;
  person: PersonId;
  up: boolean;
  at: Date;
}

/** Keeps a thumb, in place of the other one; false when that very thumb was there. What was wrong goes with a thumb down. */
export async function upsertVote(tx: Tx, { subject, worker, person, up, at }: Ballot): Promise<boolean> {
  const { rows } = await sql`insert into answer_vote as kept (subject, person, worker, up, at)
    values (${subject}, ${person}, ${worker}, ${up}, ${at})
    on conflict (subject, person) do update set up = excluded.up, at = excluded.at, line = null
    where kept.up <> excluded.up returning subject`.execute(tx);
  return rows.length === 1;
}

/** Keeps what somebody says was wrong, beside their thumb down; false when there is none, or it says so already. */
export async function setLine(tx: Tx, subject: string, person: PersonId, line: string): Promise<boolean> {
  const { rows } = await sql`update answer_vote set line = ${storable(line)}
    where subject = ${subject} and person = ${person} and not up and line is distinct from ${storable(line)}
    returning subject`.execute(tx);
  return rows.length === 1;
}

export async function loadLine(db: Db, subject: string, person: PersonId): Promise<string | null> {
  const { rows } = await sql<{ line: string | null }>`select line from answer_vote
    where subject = ${subject} and person = ${person}`.execute(db);
  return rows[0]?.line ?? null;
}

export async function loadThumbs(db: Db, subject: string): Promise<Thumbs> {
  const { rows } = await sql<Thumbs>`select count(*) filter (where up)::int as up,
    count(*) filter (where not up)::int as down from answer_vote where subject = ${subject}`.execute(db);
  return rows[0] ?? { up: 0, down: 0 };
}

export interface Stars {
  worker: WorkerId;
  person: PersonId;
  /** 1–5 */
  stars: number;
  line: string | null;
  /** The day it began. */
  week: string;
  at: Date;
}

/** Keeps a rating, in place of the one that this person gave this worker in the same week. */
export async function upsertRating(tx: Tx, { worker, person, stars, line, week, at }: Stars): Promise<void> {
  await sql`insert into worker_rating (worker, person, stars, line, week, at)
    values (${worker}, ${person}, ${stars}, ${line && storable(line)}, ${week}, ${at})
    on conflict (worker, person, week) do update set stars = excluded.stars, line = excluded.line,
      at = excluded.at`.execute(tx);
}
