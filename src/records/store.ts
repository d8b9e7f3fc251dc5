import { sql } from 'kysely';
import type { ActionId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Opened, Row, Stage, SystemName } from './record.ts';

interface Of {
  action: ActionId;
  system: SystemName;
}

/** A record is owed in each of these systems. Safe to call twice. */
export async function insertOwed(tx: Tx, action: ActionId, systems: SystemName[]): Promise<void> {
  await sql`insert into change_record (action, system) select ${action}, unnest(${systems}::text[])
    on conflict do nothing`.execute(tx);
}

/** Wants the records of an action at a stage, from one of `from`; true when there are any. */
export async function setWanted(tx: Tx, action: ActionId, to: Stage, from: Stage[]): Promise<boolean> {
  const { rows } = await sql`update change_record set wanted = ${to}
    where action = ${action} and wanted = any(${from}::text[]) returning system`.execute(tx);
  return rows.length > 0;
}

export type Claim =
  | { kind: 'claimed'; row: Row }
  /** It is as it should be, or there is none. */
  | { kind: 'told' }
  | { kind: 'busy' }
  | { kind: 'later'; at: Date; problem: string | null };

type Stored = Omit<Row, 'opened' | 'askedFor'> & {
  external: string | null;
  number: string | null;
  url: string | null;
  asked: number;
};

/** How long whoever tells a stage has for it; a dead process's is taken over then. */
const heldFor = sql`interval '60 seconds'`;
const columns = sql`action, system, wanted, told, asked, external, number, url, tries`;

/** Takes the record for telling, unless somebody else has it or it is to be left alone. */
export async function claim(db: Db, { action, system }: Of): Promise<Claim> {
  const { rows } = await sql<Stored>`update change_record
    set held_until = clock_timestamp() + ${heldFor}, asked = asked + 1
    where action = ${action} and system = ${system} and told <> wanted
      and coalesce(held_until, '-infinity') <= clock_timestamp()
      and coalesce(not_before, '-infinity') <= clock_timestamp()
    returning ${columns}`.execute(db);
  return rows[0] ? { kind: 'claimed', row: rowOf(rows[0]) } : unclaimed(db, { action, system });
}

async function unclaimed(db: Db, { action, system }: Of): Promise<Claim> {
  const { rows } = await sql<{
    more: boolean;
    notBefore: Date | null;
    problem: string | null;
  }>`select told <> wanted as more, problem,
    case when not_before > clock_timestamp() then not_before end as "notBefore"
    from change_record where action = ${action} and system = ${system}`.execute(db);
  const row = rows[0];
  if (!row?.more) return { kind: 'told' };
  return row.notBefore ? { kind: 'later', at: row.notBefore, problem: row.problem } : { kind: 'busy' };
}

function rowOf({ external, number, url, action, system, wanted, told, asked, tries }: Stored): Row {
  const opened = external && number && url ? { id: external, number, url } : null;
  return { action, system, wanted, told, askedFor: asked > 1, opened, tries };
}

/** Keeps how far a record is, and lets it go when that is far enough. Returns how far it is wanted. */
export async function keepTold(
  tx: Tx,
  { action, system }: Of,
  told: Stage,
  { opened, shortfall }: { opened: Opened | null; shortfall?: string | undefined },
): Promise<Stage> {
  const { rows } = await sql<{ wanted: Stage }>`update change_record set told = ${told},
    external = ${opened?.id ?? null}, number = ${opened?.number ?? null}, url = ${opened?.url ?? null},
    tries = 0, not_before = null, problem = ${shortfall ?? null},
    held_until = case when wanted = ${told} then null else clock_timestamp() + ${heldFor} end
    where action = ${action} and system = ${system} returning wanted`.execute(tx);
  return rows[0]?.wanted ?? told;
}

/** Lets it go with what went wrong, not to be tried before so long. Returns when that is. */
export async function keepProblem(
  tx: Tx,
  { action, system }: Of,
  { problem, waitMs }: { problem: string; waitMs: number },
): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`update change_record set held_until = null, problem = ${problem},
    tries = tries + 1, not_before = clock_timestamp() + ${waitMs}::double precision * interval '1 millisecond'
    where action = ${action} and system = ${system} returning not_before as at`.execute(tx);
  return rows[0]?.at ?? new Date();
}

/** Whether another record of this system has the same problem: then it was said. */
export async function isKnownProblem(tx: Tx, { action, system }: Of, problem: string): Promise<boolean> {
  const { rows } = await sql`select 1 from change_record
    where system = ${system} and problem = ${problem} and action <> ${action} limit 1`.execute(tx);
  return rows.length > 0;
}

/** Lets what waited be tried again at once, as after a start with other settings. Returns what is not told yet. */
export async function letTry(tx: Tx, systems: SystemName[]): Promise<ActionId[]> {
  const { rows } = await sql<{ action: ActionId }>`update change_record set not_before = null
    where told <> wanted and system = any(${systems}::text[]) returning action`.execute(tx);
  return [...new Set(rows.map(({ action }) => action))];
}

export interface Numbered extends Of {
  number: string;
  url: string;
}

/** The records of these actions that are open outside. */
export async function loadNumbers(db: Db | Tx, actions: ActionId[]): Promise<Numbered[]> {
  if (actions.length === 0) return [];
  const { rows } = await sql<Numbered>`select action, system, number, url from change_record
    where action = any(${actions}::text[]) and number is not null order by action, system desc`.execute(db);
  return rows;
}

/** The action that rolled another back, once it is done. */
export async function loadUndoneBy(db: Db, action: ActionId): Promise<ActionId | undefined> {
  const { rows } = await sql<{ id: ActionId }>`select id from action
    where undoes = ${action} and status = 'done'`.execute(db);
  return rows[0]?.id;
}

export interface Waiting {
  system: SystemName;
  count: number;
  since: Date;
}

export async function loadWaiting(db: Db): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`select system, count(*)::integer as count, min(since) as since
    from change_record where told <> wanted and since < clock_timestamp() - interval '1 minute'
    group by system order by system`.execute(db);
  return rows;
}

/** What is wrong now, and what a system did not take within the last seven days, each once. */
export async function loadProblems(db: Db): Promise<{ system: SystemName; problem: string }[]> {
  const { rows } = await sql<{ system: SystemName; problem: string }>`select distinct system, problem
    from change_record where problem is not null
      and (told <> wanted or since > clock_timestamp() - interval '7 days') order by system, problem`.execute(
    db,
  );
  return rows;
}
