import { sql } from 'kysely';
import type { ActionId, IncidentId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf, storable } from '../postgres/text.ts';
import type { Action, Health, Status } from './action.ts';

const columns = sql`id, incident, step, attempt, undoes, foretold, request, health, worker, charter, charter_digest as "charterDigest",
  policy, policy_digest as "policyDigest", tool, tool_version as "toolVersion", arguments, target,
  digest, confidence, question, status, decision, autonomous,
  requested_by as "requestedBy", relied_on as "reliedOn", awaits_record as "awaitsRecord", handle, output, proposed_at as "proposedAt",
  started_at as "startedAt", ended_at as "endedAt"`;

export async function load(db: Db | Tx, id: ActionId): Promise<Action | undefined> {
  const { rows } = await sql<Action>`select ${columns} from action where id = ${id}`.execute(db);
  return rows[0];
}

export async function lock(tx: Tx, id: ActionId): Promise<Action | undefined> {
  const { rows } = await sql<Action>`select ${columns} from action where id = ${id} for update`.execute(tx);
  return rows[0];
}

/** The natural key of an action that has one: a step of an incident's runbook, what it rolls back, or the request. */
export type NaturalKey = Pick<Action, 'incident' | 'attempt' | 'step' | 'undoes' | 'request'>;

export async function loadBy(db: Db | Tx, key: NaturalKey): Promise<Action | undefined> {
  const { rows } = await sql<Action>`select ${columns} from action where undoes = ${key.undoes}
    or request = ${key.request} or (incident = ${key.incident} and attempt = ${key.attempt} and step = ${key.step})`.execute(
    db,
  );
  return rows[0];
}

export async function loadOf(db: Db | Tx, incident: IncidentId): Promise<Action[]> {
  const { rows } =
    await sql<Action>`select ${columns} from action where incident = ${incident} order by proposed_at`.execute(
      db,
    );
  return rows;
}

export async function loadSince(db: Db, since: Date): Promise<Action[]> {
  const { rows } =
    await sql<Action>`select ${columns} from action where proposed_at >= ${since} order by proposed_at`.execute(
      db,
    );
  return rows;
}

type New = Omit<
  Action,
  'autonomous' | 'awaitsRecord' | 'handle' | 'output' | 'health' | 'proposedAt' | 'startedAt' | 'endedAt'
>;

/** Writes the action; false when there is one under its natural key already. */
export async function insert(tx: Tx, action: New): Promise<boolean> {
  const { rows } =
    await sql`insert into action (id, incident, step, attempt, undoes, foretold, request, worker, charter, charter_digest, policy, policy_digest, tool, tool_version,
      arguments, target, digest, confidence, question, status, decision, requested_by, relied_on)
    values (${action.id}, ${action.incident}, ${action.step}, ${action.attempt}, ${action.undoes}, ${action.foretold}, ${action.request}, ${action.worker}, ${action.charter}, ${action.charterDigest},
      ${action.policy}, ${action.policyDigest}, ${action.tool}, ${action.toolVersion}, ${jsonOf(action.arguments)}::jsonb, ${action.target}, ${action.digest},
      ${action.confidence}, ${jsonOf(action.question)}::jsonb, ${action.status}, ${jsonOf(action.decision)}::jsonb,
      ${action.requestedBy}, ${jsonOf(action.reliedOn)}::jsonb)
    on conflict do nothing returning id`.execute(tx);
  return rows.length === 1;
}

/** Waiting, bound to the rules in force now. */
export async function setWaiting(tx: Tx, action: Action): Promise<void> {
  await setBound(tx, action);
  await sql`update action set status = 'waiting', decision = ${jsonOf(action.decision)}::jsonb,
    question = ${jsonOf(action.question)}::jsonb, relied_on = ${jsonOf(action.reliedOn)}::jsonb
    where id = ${action.id}`.execute(tx);
}

/** Running, bound to the rules in force now; the tool is not called while it awaits its record. */
export async function setRunning(
  tx: Tx,
  action: Action,
  { autonomous, awaitsRecord }: { autonomous: boolean; awaitsRecord: boolean },
): Promise<void> {
  await setBound(tx, action);
  await sql`update action set status = 'running', autonomous = ${autonomous}, awaits_record = ${awaitsRecord},
    started_at = clock_timestamp() where id = ${action.id}`.execute(tx);
}

/** From here on the tool may be called, by whoever got true: a second time it is false. */
export async function setCallable(tx: Tx, id: ActionId): Promise<boolean> {
  const { rows } = await sql`update action set awaits_record = false
    where id = ${id} and status = 'running' and awaits_record returning id`.execute(tx);
  return rows.length === 1;
}

async function setBound(tx: Tx, action: Action): Promise<void> {
  const { id, toolVersion, charter, charterDigest, policy, policyDigest, digest } = action;
  await sql`update action set tool_version = ${toolVersion}, charter = ${charter}, charter_digest = ${charterDigest},
    policy = ${policy}, policy_digest = ${policyDigest}, digest = ${digest} where id = ${id}`.execute(tx);
}

/** Keeps the handle of a running action; false when it is not running any more. */
export async function setHandle(tx: Tx, id: ActionId, handle: string): Promise<boolean> {
  const { rows } =
    await sql`update action set handle = ${handle} where id = ${id} and status = 'running' returning id`.execute(
      tx,
    );
  return rows.length === 1;
}

/** Ends an action with its outcome; undefined when it had ended before. `called`: its tool may have been. */
export async function setEnded(
  tx: Tx,
  id: ActionId,
  status: Status,
  output: string,
): Promise<{ called: boolean } | undefined> {
  const { rows } = await sql<{
    called: boolean;
  }>`update action set status = ${status}, output = ${storable(output)}, ended_at = clock_timestamp()
    where id = ${id} and ended_at is null returning not awaits_record as called`.execute(tx);
  return rows[0];
}

export interface Allowance {
  used: number;
  granted: number;
  hold: Hold | null;
  /** How often a person had the incident begun afresh. */
  attempt: number;
}

/** How a person keeps the workers from an incident: nothing more is done, or nothing more for now. */
export type Hold = 'taken' | 'paused';

/** The incident's allowance, made with `granted` when it has none, and locked until the transaction ends. */
export async function lockAllowance(tx: Tx, incident: IncidentId, granted: number): Promise<Allowance> {
  await sql`insert into action_allowance (incident, granted) values (${incident}, ${granted})
    on conflict (incident) do nothing`.execute(tx);
  const { rows } =
    await sql<Allowance>`select used, granted, hold, attempt from action_allowance where incident = ${incident} for update`.execute(
      tx,
    );
  const row = rows[0];
  if (!row) throw new Error(`The allowance of ${incident} was not written.`);
  return row;
}

/** Uses one of the incident's autonomous changes. Throws when all are used: the table holds the limit. */
export async function useAllowance(tx: Tx, incident: IncidentId): Promise<void> {
  await sql`update action_allowance set used = used + 1 where incident = ${incident}`.execute(tx);
}

export async function grantMore(tx: Tx, incident: IncidentId, more: number): Promise<void> {
  await sql`update action_allowance set granted = used + ${more} where incident = ${incident}`.execute(tx);
}

export async function setHold(tx: Tx, incident: IncidentId, hold: Hold | null): Promise<void> {
  await sql`update action_allowance set hold = ${hold} where incident = ${incident}`.execute(tx);
}

/** What was proposed before is outdated from here on. Returns the number of what begins. */
export async function setAttempt(tx: Tx, incident: IncidentId): Promise<number> {
  const { rows } = await sql<{ attempt: number }>`update action_allowance set attempt = attempt + 1
    where incident = ${incident} returning attempt`.execute(tx);
  return rows[0]?.attempt ?? 0;
}

export async function loadWaiting(tx: Tx, incident: IncidentId): Promise<ActionId[]> {
  const { rows } = await sql<{ id: ActionId }>`select id from action
    where incident = ${incident} and status in ('ready', 'waiting')`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Writes how the incident was after the steps that ran on it from an attempt on, where it was not written yet. Returns which. */
export async function setHealth(
  tx: Tx,
  { incident, since }: { incident: IncidentId; since: number },
  health: Health,
): Promise<Action[]> {
  const { rows } = await sql<Action>`update action set health = ${health}
    where incident = ${incident} and status = 'done' and step is not null and attempt >= ${since} and health is null
    returning ${columns}`.execute(tx);
  return rows;
}

interface Overtaking {
  incident: IncidentId;
  status: Extract<Status, 'running' | 'done'>;
}

/**
 * Of a runbook's step: another incident's that does exactly the same and is running, or was done since this one was
 * proposed. Holds off others that do the same until the transaction ends, so that of two one begins first.
 */
export async function overtaking(
  tx: Tx,
  { id, tool, arguments: given }: Pick<Action, 'id' | 'tool' | 'arguments'>,
): Promise<Overtaking | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`deed ${tool}`} || ${jsonOf(given)}::jsonb::text, 0))`.execute(
    tx,
  );
  const { rows } = await sql<Overtaking>`select other.incident, other.status
    from action own join action other on other.tool = own.tool and other.arguments = own.arguments
      and other.incident <> own.incident and other.step is not null and own.step is not null
    where own.id = ${id} and (other.status = 'running' or (other.status = 'done' and other.ended_at > own.proposed_at))
    order by other.status desc, other.ended_at desc limit 1`.execute(tx);
  return rows[0];
}

/** The database's own time, which no process's clock can move. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error('The database did not tell its time.');
  return row.now;
}

export async function loadAllWaiting(tx: Tx): Promise<ActionId[]> {
  const { rows } = await sql<{
    id: ActionId;
  }>`select id from action where status in ('ready', 'waiting')`.execute(tx);
  return rows.map(({ id }) => id);
}
