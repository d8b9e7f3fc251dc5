import { sql } from 'kysely';
import type { PersonId, WorkerId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf, storable } from '../postgres/text.ts';
import type { OfPeople } from './card.ts';
import type { Cadence } from './due.ts';
import type { Told } from './told.ts';

export interface Row extends Cadence {
  id: string;
  /** By the clocks of the zone, as 2026-11-23. */
  day: string;
  toldAt: Date;
  told: Told;
  /** Who is asked for theirs in it. */
  asked: PersonId[];
}

/** Writes a stand-up; false when the one of its cadence and day is there already. */
export async function insert(tx: Tx, row: Row): Promise<boolean> {
  const { id, cron, timezone, day, workers, toldAt, told, asked } = row;
  const { rows } =
    await sql`insert into standup (id, cron, timezone, day, workers, since, told_at, told, asked)
    values (${id}, ${cron}, ${timezone}, ${day}, ${workers}::text[], ${told.since}, ${toldAt}, ${jsonOf(told)}::jsonb,
      ${asked}::text[])
    on conflict (cron, timezone, day) do nothing returning id`.execute(tx);
  return rows.length === 1;
}

export async function load(
  db: Db | Tx,
  id: string,
): Promise<Pick<Row, 'told' | 'asked' | 'day'> | undefined> {
  const { rows } = await sql<{
    told: unknown;
    asked: PersonId[];
    day: string;
  }>`select told, asked, day from standup where id = ${id}`.execute(db);
  const [row] = rows;
  return row && { ...row, told: revive(row.told) };
}

/** The last day that one of a cadence was told for. */
export async function lastDay(db: Db, { cron, timezone }: Cadence): Promise<string | undefined> {
  const { rows } = await sql<{ day: string | null }>`select max(day) as day from standup
    where cron = ${cron} and timezone = ${timezone}`.execute(db);
  return rows[0]?.day ?? undefined;
}

/** When these workers were told of last: of several the one whose turn is longest ago; who never was does not count. */
export async function lastTold(db: Db, workers: WorkerId[]): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`select min(at) as at from (
      select max(told_at) as at from standup, unnest(workers) as worker where worker = any(${workers}::text[])
      group by worker) as each`.execute(db);
  return rows[0]?.at ?? undefined;
}

/** Who wants to be asked and told nothing with the last stand-up of a worker. */
export async function membersToAsk(db: Db, worker: WorkerId): Promise<PersonId[]> {
  const { rows } = await sql<{ person: PersonId }>`select person from standup_member
    where person not in (select person from standup_said where standup =
      (select id from standup where ${worker} = any(workers) order by told_at desc limit 1))
    order by joined_at, person`.execute(db);
  return rows.map(({ person }) => person);
}

/** What people told with one, in the order they did. */
export async function loadSaid(db: Db, standup: string): Promise<OfPeople['said']> {
  const { rows } = await sql<{ person: PersonId; words: string }>`select person, words from standup_said
    where standup = ${standup} order by at, person`.execute(db);
  return rows;
}

/** Somebody's words, in place of what they told before. */
export async function setSaid(
  tx: Tx,
  standup: string,
  { person, words, at }: { person: PersonId; words: string; at: Date },
): Promise<void> {
  await sql`insert into standup_said (standup, person, words, at)
    values (${standup}, ${person}, ${storable(words)}, ${at})
    on conflict (standup, person) do update set words = excluded.words`.execute(tx);
}

/** False when they are one already. */
export async function join(tx: Tx, person: PersonId, at: Date): Promise<boolean> {
  const { rows } = await sql`insert into standup_member (person, joined_at) values (${person}, ${at})
    on conflict do nothing returning person`.execute(tx);
  return rows.length === 1;
}

/** False when they are none. */
export async function leave(tx: Tx, person: PersonId): Promise<boolean> {
  const { rows } = await sql`delete from standup_member where person = ${person} returning person`.execute(
    tx,
  );
  return rows.length === 1;
}

const times = ['time', 'since', 'until'];

/** JSON keeps a time as text. */
function revive(stored: unknown): Told {
  return JSON.parse(JSON.stringify(stored), (name, value) =>
    times.includes(name) && typeof value === 'string' ? new Date(value) : value,
  );
}
