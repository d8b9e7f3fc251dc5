import { sql } from 'kysely';
import type { PersonId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';

/** Something that is watched closely because somebody asked for it. */
export interface Watched {
  /** Such as `server:db-01`. */
  subject: string;
  until: Date;
  why: string;
  person: PersonId;
}

/** Those whose time is not over, by subject. */
export async function loadWatched(db: Db | Tx, now: Date): Promise<Watched[]> {
  const { rows } = await sql<Watched>`select subject, until, why, person from watched_closely
    where until > ${now} order by subject`.execute(db);
  return rows;
}

/** Writes one, over what was asked of the same subject before. */
export async function putWatched(tx: Tx, { subject, until, why, person }: Watched, at: Date): Promise<void> {
  await sql`insert into watched_closely (subject, until, why, person, at)
    values (${subject}, ${until}, ${why}, ${person}, ${at})
    on conflict (subject) do update set until = excluded.until, why = excluded.why, person = excluded.person,
      at = excluded.at`.execute(tx);
}

/** Ends one; false when its time was over, or it was never there. */
export async function endWatched(tx: Tx, subject: string, now: Date): Promise<boolean> {
  const { rows } = await sql`update watched_closely set until = ${now}
    where subject = ${subject} and until > ${now} returning subject`.execute(tx);
  return rows.length === 1;
}
