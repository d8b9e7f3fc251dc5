import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** A decision as an entry keeps it: the facts it was decided on and what it said. */
export interface Decided {
  seq: number;
  at: string;
  action: string;
  facts: unknown;
  kind: string;
}

/** What was decided when deeds were proposed, at or after `since` (ISO 8601), oldest first. */
export async function decisionsSince(db: Db, since: string): Promise<Decided[]> {
  const { rows } =
    await sql<Decided>`select seq::int, entry ->> 'at' as at, entry -> 'entry' -> 'about' ->> 'action' as action,
      entry -> 'entry' -> 'facts' -> 'facts' as facts, entry -> 'entry' -> 'facts' -> 'decision' ->> 'kind' as kind
    from (select seq, text::jsonb as entry from audit where text like '%"kind":"action.proposed"%') as said
    where entry -> 'entry' ->> 'kind' = 'action.proposed' and (entry ->> 'at')::timestamptz >= ${since}::timestamptz
      and jsonb_typeof(entry -> 'entry' -> 'facts' -> 'facts' -> 'target') = 'object'
    order by seq`.execute(db);
  return rows;
}
