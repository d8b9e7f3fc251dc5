import { sql } from 'kysely';
import type { Db, Tx } from '../../postgres/database.ts';
import type { Change } from './change.ts';

/** Keeps a change; false when it is known already. */
export async function keep(tx: Tx, key: string, change: Change): Promise<boolean> {
  const { what, outcome, subject, services, environment, version, at, by, link } = change;
  const { rows } = await sql`insert into change
      (key, what, outcome, subject, services, environment, version, at, told_by, link)
    values (${key}, ${what}, ${outcome}, ${subject}, ${services}::text[], ${environment}, ${version}, ${at}, ${by}, ${link})
    on conflict (key) do nothing returning key`.execute(tx);
  return rows.length === 1;
}

const columns = sql`what, outcome, subject, services, environment, version, at, told_by as by, link`;

export async function loadOf(db: Db | Tx, service: string, since: Date): Promise<Change[]> {
  const { rows } = await sql<Change>`select ${columns} from change
    where services @> array[${service}]::text[] and at >= ${since} order by at desc, key`.execute(db);
  return rows;
}

export async function loadSince(db: Db | Tx, since: Date): Promise<Change[]> {
  const { rows } =
    await sql<Change>`select ${columns} from change where at >= ${since} order by at desc, key`.execute(db);
  return rows;
}
