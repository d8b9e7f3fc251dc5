import { sql } from 'kysely';
import type { ActionId, IncidentId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf, storable } from '../postgres/text.ts';
import type { Action, Status } from './action.ts';

const columns = sql`id, incident, step, worker, charter, policy, tool, tool_version as "toolVersion", arguments, target,
  digest, confidence, question, status, decision, autonomous,
  requested_by as "requestedBy", relied_on as "reliedOn", handle, output, proposed_at as "proposedAt",
  started_at as "startedAt", ended_at as "endedAt"`;

export async function load(db: Db | Tx, id: ActionId): Promise<Action | undefined> {
  const { rows } = await sql<Action>`select ${columns} from action where id = ${id}`.execute(db);
  return rows[0];
}

export async function lock(tx: Tx, id: ActionId): Promise<Action | undefined> {
  const { rows } = await sql<Action>`select ${columns} from action where id = ${id} for update`.execute(tx);
  return rows[0];
}

export async function loadStep(db: Db | Tx, incident: IncidentId, step: number): Promise<Action | undefined> {
  const { rows } =
    await sql<Action>`select ${columns} from action where incident = ${incident} and step = ${step}`.execute(
      db,
    );
  return rows[0];
}

export async function loadOf(db: Db, incident: IncidentId): Promise<Action[]> {
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

type New = Omit<Action, 'autonomous' | 'handle' | 'output' | 'proposedAt' | 'startedAt' | 'endedAt'>;

/** Writes the action; false when this step of the incident has one already. */
export async function insert(tx: Tx, action: New): Promise<boolean> {
  const { rows } =
    await sql`insert into action (id, incident, step, worker, charter, policy, tool, tool_version, arguments,
      target, digest, confidence, question, status, decision, requested_by, relied_on)
    values (${action.id}, ${action.incident}, ${action.step}, ${action.worker}, ${action.charter}, ${action.policy},
      ${action.tool}, ${action.toolVersion}, ${jsonOf(action.arguments)}::jsonb, ${action.target}, ${action.digest},
      ${action.confidence}, ${jsonOf(action.question)}::jsonb, ${action.status}, ${jsonOf(action.decision)}::jsonb,
      ${action.requestedBy}, ${jsonOf(action.reliedOn)}::jsonb)
    on conflict (incident, step) do nothing returning id`.execute(tx);
  return rows.length === 1;
}

/** Waiting, bound to the rules in force now. */
export async function setWaiting(tx: Tx, action: Action): Promise<void> {
  await setBound(tx, action);
  await sql`update action set status = 'waiting', decision = ${jsonOf(action.decision)}::jsonb,
    question = ${jsonOf(action.question)}::jsonb, relied_on = ${jsonOf(action.reliedOn)}::jsonb
    where id = ${action.id}`.execute(tx);
}

/** Running, bound to the rules in force now. */
export async function setRunning(tx: Tx, action: Action, autonomous: boolean): Promise<void> {
  await setBound(tx, action);
  await sql`update action set status = 'running', autonomous = ${autonomous}, started_at = clock_timestamp()
    where id = ${action.id}`.execute(tx);
}

async function setBound(tx: Tx, { id, toolVersion, charter, policy, digest }: Action): Promise<void> {
  await sql`update action set tool_version = ${toolVersion}, charter = ${charter}, policy = ${policy},
    digest = ${digest} where id = ${id}`.execute(tx);
}

/** Keeps the handle of a running action; false when it is not running any more. */
export async function setHandle(tx: Tx, id: ActionId, handle: string): Promise<boolean> {
  const { rows } =
    await sql`update action set handle = ${handle} where id = ${id} and status = 'running' returning id`.execute(
      tx,
    );
  return rows.length === 1;
}

/** Ends an action with its outcome; false when it had ended before. */
export async function setEnded(tx: Tx, id: ActionId, status: Status, output: string): Promise<boolean> {
  const { rows } =
    await sql`update action set status = ${status}, output = ${storable(output)}, ended_at = clock_timestamp()
    where id = ${id} and ended_at is null returning id`.execute(tx);
  return rows.length === 1;
}

export interface Allowance {
  used: number;
  granted: number;
  held: boolean;
}

/** The incident's allowance, made with `granted` when it has none, and locked until the transaction ends. */
export async function lockAllowance(tx: Tx, incident: IncidentId, granted: number): Promise<Allowance> {
  await sql`insert into action_allowance (incident, granted) values (${incident}, ${granted})
    on conflict (incident) do nothing`.execute(tx);
  const { rows } =
    await sql<Allowance>`select used, granted, held from action_allowance where incident = ${incident} for update`.execute(
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

export async function setHeld(tx: Tx, incident: IncidentId, granted: number): Promise<void> {
  await sql`insert into action_allowance (incident, granted, held) values (${incident}, ${granted}, true)
    on conflict (incident) do update set held = true`.execute(tx);
}

export async function loadWaiting(tx: Tx, incident: IncidentId): Promise<ActionId[]> {
  const { rows } = await sql<{ id: ActionId }>`select id from action
    where incident = ${incident} and status in ('ready', 'waiting')`.execute(tx);
  return rows.map(({ id }) => id);
}

export async function clearHeld(tx: Tx, incident: IncidentId): Promise<void> {
  await sql`update action_allowance set held = false where incident = ${incident}`.execute(tx);
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
