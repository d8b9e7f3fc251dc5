import { sql } from 'kysely';
import type { PictureId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf } from '../postgres/text.ts';
import { type Digest, type Written, writtenShape } from './digest.ts';

interface Row {
  written: unknown;
  picture: PictureId | null;
  alt: string | null;
}

export async function load(db: Db | Tx, day: string): Promise<Digest | undefined> {
  const { rows } = await sql<Row>`select written, picture, alt from digest where day = ${day}`.execute(db);
  return rows.map(digestOf)[0];
}

function digestOf({ written, picture, alt }: Row): Digest {
  return { ...writtenShape.parse(written), picture: picture && { id: picture, alt: alt ?? '' } };
}

/** Keeps a digest; false when that day has one. */
export async function insert(
  tx: Tx,
  written: Written,
  picture: Digest['picture'],
  at: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into digest (day, written, picture, alt, told_at)
    values (${written.day}, ${jsonOf(written)}::jsonb, ${picture?.id ?? null}, ${picture?.alt ?? null}, ${at})
    on conflict (day) do nothing`.execute(tx);
  return Number(numAffectedRows ?? 0) > 0;
}
