import { sql } from 'kysely';
import type { PictureId } from '../../ids.ts';
import type { Db } from '../../postgres/database.ts';

interface At {
  workspace: string;
  picture: PictureId;
}

export async function findFile(
  db: Db,
  { workspace, picture }: At,
): Promise<{ file: string; completed: boolean } | undefined> {
  const { rows } = await sql<{ file: string; completed: boolean }>`select file, completed from slack_file
    where workspace = ${workspace} and picture = ${picture}`.execute(db);
  return rows[0];
}

/** Keeps the file whose bytes Slack has taken, in place of one that did not come to be. */
export async function keepFile(db: Db, { workspace, picture }: At, file: string): Promise<void> {
  await sql`insert into slack_file (workspace, picture, file) values (${workspace}, ${picture}, ${file})
    on conflict (workspace, picture) do update set file = excluded.file, completed = false, at = clock_timestamp()`.execute(
    db,
  );
}

export async function setCompleted(db: Db, { workspace, picture }: At, file: string): Promise<void> {
  await sql`update slack_file set completed = true
    where workspace = ${workspace} and picture = ${picture} and file = ${file}`.execute(db);
}

export async function forgetFile(db: Db, { workspace, picture }: At, minutes: number): Promise<void> {
  await sql`delete from slack_file where workspace = ${workspace} and picture = ${picture}
    and at < clock_timestamp() - make_interval(mins => ${minutes}::integer)`.execute(db);
}
