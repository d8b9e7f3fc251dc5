import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** A change record as one of the company's systems keeps it; what is in it is that system's own. */
export interface Kept<Record> {
  /** Counts from 1 in each system. */
  nth: number;
  createdAt: Date;
  record: Record;
}

/** The change records of one of the company's systems, kept in the database, where each question reads them. */
export interface Changes<Record> {
  /** Those whose field is exactly this, oldest first; all without one. */
  with(field?: string, value?: string): Promise<Kept<Record>[]>;
  byNth(nth: number): Promise<Kept<Record> | undefined>;
  add(record: (nth: number) => Record, now: Date): Promise<Kept<Record>>;
  save(nth: number, record: Record): Promise<void>;
}

type System = 'servicenow' | 'jira';

/** Those of `system`. `field` names a text of the record, or a list of texts that holds the value. */
export function openChanges<Record extends object>(db: Db, system: System): Changes<Record> {
  let last: Promise<number> | undefined;
  const columns = sql`nth, record, created_at as "createdAt"`;
  return {
    async with(field, value = '') {
      const fits =
        field === undefined
          ? sql``
          : sql`and (record ->> ${field} = ${value} or record -> ${field} @> ${JSON.stringify([value])}::jsonb)`;
      const { rows } = await sql<Kept<Record>>`select ${columns} from estate_change
        where system = ${system} ${fits} order by nth limit 1000`.execute(db);
      return rows;
    },
    async byNth(nth) {
      const { rows } = await sql<Kept<Record>>`select ${columns} from estate_change
        where system = ${system} and nth = ${nth}`.execute(db);
      return rows[0];
    },
    async add(make, now) {
      last ??= newest(db, system);
      // Counted before anything is waited for: two at a time get two numbers.
      const nth = last.then((count) => count + 1);
      last = nth;
      const at = await nth;
      const record = make(at);
      await sql`insert into estate_change (system, nth, record, created_at)
        values (${system}, ${at}, ${JSON.stringify(record)}::jsonb, ${now})`.execute(db);
      return { nth: at, createdAt: now, record };
    },
    async save(nth, record) {
      await sql`update estate_change set record = ${JSON.stringify(record)}::jsonb
        where system = ${system} and nth = ${nth}`.execute(db);
    },
  };
}

async function newest(db: Db, system: System): Promise<number> {
  const { rows } = await sql<{ nth: number }>`select coalesce(max(nth), 0) as nth from estate_change
    where system = ${system}`.execute(db);
  return rows[0]?.nth ?? 0;
}
