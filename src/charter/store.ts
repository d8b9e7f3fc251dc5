import { sql } from 'kysely';
import type { ActionId, PersonId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';

/** What is adopted: the policy, the charter of one worker, or a runbook by its id. */
export type What = 'policy' | `charter:${string}` | `runbook:${string}`;

/** A policy or charter as the database holds it: its canonical JSON, by the SHA-256 of that text. */
export interface Held {
  what: What;
  digest: string;
  version: string;
  text: string;
}

export interface Enforced extends Held {
  /** Who proposed it; null when it came into force by itself, at the very first start. */
  proposedBy: PersonId | null;
}

/** Who proposed it, and the action by which it comes into force; neither at the very first start. */
export interface Origin {
  person: PersonId | null;
  action: ActionId | null;
}

/** What is in force: of one kind, or all of it, a line each. */
export async function loadInForce(db: Db | Tx, what: What | null): Promise<Enforced[]> {
  const { rows } =
    await sql<Enforced>`select distinct on (what) what, digest, version, text, proposed_by as "proposedBy"
    from in_force join kept_text using (digest)
    where ${what}::text is null or what = ${what} order by what, id desc`.execute(db);
  return rows;
}

/** Everything of one kind that ever was in force, the newest first: each text once. */
export async function loadEver(db: Db | Tx, kind: 'charter' | 'runbook'): Promise<Enforced[]> {
  const { rows } = await sql<Enforced>`select what, digest, version, text, "proposedBy" from (
      select distinct on (digest) in_force.id, what, digest, version, text, proposed_by as "proposedBy"
      from in_force join kept_text using (digest) where what like ${`${kind}:%`} order by digest, in_force.id desc
    ) as ever order by id desc`.execute(db);
  return rows;
}

/** Holds off whoever else would put something in force until the transaction ends. */
export async function lockInForce(tx: Tx): Promise<void> {
  await sql`lock table in_force in exclusive mode`.execute(tx);
}

export async function insertText(tx: Tx, { what, digest, version, text }: Held): Promise<void> {
  await sql`insert into kept_text (what, digest, version, text) values (${what}, ${digest}, ${version}, ${text})
    on conflict (digest) do nothing`.execute(tx);
}

/** Puts a kept text in force; false when exactly this is not kept. */
export async function insertInForce(
  tx: Tx,
  { what, digest, version }: Omit<Held, 'text'>,
  { person, action }: Origin,
): Promise<boolean> {
  const { rows } = await sql`insert into in_force (digest, proposed_by, action)
    select digest, ${person}, ${action} from kept_text
    where digest = ${digest} and what = ${what} and version = ${version} returning digest`.execute(tx);
  return rows.length === 1;
}

/** Whether this action has put something in force. */
export async function hasAdopted(db: Db, action: string): Promise<boolean> {
  const { rows } = await sql`select 1 from in_force where action = ${action}`.execute(db);
  return rows.length === 1;
}

/** When the first of one kind came into force; null before. */
export async function loadFirstAt(db: Db, what: What): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`select min(adopted_at) as at
    from in_force join kept_text using (digest) where what = ${what}`.execute(db);
  return rows[0]?.at ?? null;
}
