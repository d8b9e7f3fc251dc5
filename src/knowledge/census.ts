import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** What the history consists of. */
export interface Census {
  own: number;
  imported: number;
  oldest: Date | null;
  /** Calendar months (UTC) that have at least one incident. */
  months: number;
  /** Of the last six months, the most frequent 20. */
  types: { kind: string; count: number }[];
  /** Of the last six months, those whose kind nobody wrote down. */
  untyped: number;
}

/** Counts the past incidents, and of the half year before `now` their kinds. */
export async function census(db: Db, now: Date): Promise<Census> {
  const { rows } = await sql<Omit<Census, 'types' | 'untyped'>>`select
      (count(*) filter (where source = 'own'))::integer as own,
      (count(*) filter (where source <> 'own'))::integer as imported,
      min(opened_at) as oldest,
      (count(distinct date_trunc('month', opened_at at time zone 'UTC')))::integer as months
    from past_incident`.execute(db);
  const kinds = await sql<{ kind: string | null; count: number }>`select kind, count(*)::integer as count
    from past_incident where opened_at > ${now}::timestamptz - interval '6 months' group by kind
    order by count(*) desc, kind`.execute(db);
  const types = kinds.rows.filter((one): one is { kind: string; count: number } => one.kind !== null);
  const untyped = kinds.rows.find(({ kind }) => kind === null)?.count ?? 0;
  const none = { own: 0, imported: 0, oldest: null, months: 0 };
  return { ...(rows[0] ?? none), types: types.slice(0, 20), untyped };
}
