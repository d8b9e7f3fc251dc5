import { sql } from 'kysely';
import type { PictureId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';

interface ShownRow {
  subject: string;
  part: string;
  place: string;
  thread: string | null;
  message: string | null;
  link: string | null;
  digest: string | null;
}

export interface Key {
  subject: string;
  part: string;
  place: string;
}

const shownIn = (db: Db) => db.withTables<{ shown: ShownRow }>();

export function findShown(db: Db, key: Key): Promise<ShownRow | undefined> {
  return rowsOf(db, key).executeTakeFirst();
}

const rowsOf = (db: Db, { subject, part, place }: Key) =>
  shownIn(db)
    .selectFrom('shown')
    .selectAll()
    .where('subject', '=', subject)
    .where('part', '=', part)
    .where('place', '=', place);

/** Says, before a post, that one is under way: a row without a message is a post of unknown outcome. */
export async function expectPost(
  db: Db,
  key: Key,
  thread: string | undefined,
  digest: string,
): Promise<void> {
  await shownIn(db)
    .insertInto('shown')
    .values({ ...key, thread: thread ?? null, digest })
    .onConflict((conflict) =>
      conflict
        .columns(['subject', 'part', 'place'])
        .doUpdateSet({ thread: thread ?? null, digest })
        .where('shown.message', 'is', null),
    )
    .execute();
}

export async function keepMessage(
  db: Db,
  key: Key,
  posted: { message: string; link?: string },
): Promise<void> {
  await change(db, key, { message: posted.message, link: posted.link ?? null });
}

export async function keepDigest(db: Db, key: Key, digest: string): Promise<void> {
  await change(db, key, { digest });
}

async function change(db: Db, { subject, part, place }: Key, to: Partial<ShownRow>): Promise<void> {
  const rows = shownIn(db).updateTable('shown').set(to);
  await rows.where('subject', '=', subject).where('part', '=', part).where('place', '=', place).execute();
}

export async function forgetShown(db: Db, surface: string): Promise<void> {
  await shownIn(db).deleteFrom('shown').where('place', 'like', `${surface}:%`).execute();
}

/** The message posted last on each surface: ids of one platform sort by time, those of two say nothing of each other. */
export async function lastMessages(db: Db) {
  const { rows } = await sql<{
    surface: string;
    place: string;
    thread: string | null;
    message: string;
  }>`select distinct on (split_part(place, ':', 1)) split_part(place, ':', 1) as surface, place, thread, message
    from shown where message is not null order by split_part(place, ':', 1), message desc`.execute(db);
  return rows;
}

export function findSubject(db: Db, place: string, message: string) {
  const rows = shownIn(db).selectFrom('shown').select(['subject', 'part']);
  return rows.where('place', '=', place).where('message', '=', message).executeTakeFirst();
}

/** The links of a part of many subjects, where they stand in a place. */
export async function linksOf(
  db: Db,
  { subjects, part, place }: { subjects: string[]; part: string; place: string },
): Promise<{ subject: string; link: string }[]> {
  const { rows } = await sql<{ subject: string; link: string }>`select subject, link from shown
    where subject = any(${subjects}) and part = ${part} and place = ${place} and link is not null`.execute(
    db,
  );
  return rows;
}

export async function insertPicture(tx: Tx, id: PictureId, png: Uint8Array): Promise<void> {
  await sql`insert into picture (id, png) values (${id}, ${Buffer.from(png)})`.execute(tx);
}

export async function findPicture(db: Db, id: PictureId): Promise<Uint8Array | undefined> {
  const { rows } = await sql<{ png: Uint8Array }>`select png from picture where id = ${id}`.execute(db);
  return rows[0]?.png;
}

export async function dropOldPictures(tx: Tx, days: number): Promise<void> {
  await sql`delete from picture where at < clock_timestamp() - make_interval(days => ${days}::integer)`.execute(
    tx,
  );
}
