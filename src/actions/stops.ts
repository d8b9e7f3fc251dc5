import { sql } from 'kysely';
import type { ActionId, IncidentId, WorkerId } from '../ids.ts';
import type { Policy } from '../policy/policy.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Status } from './action.ts';

/** Whom or what a kill switch reaches. */
export type Scope = 'all' | `worker:${string}` | `tool:${string}`;

const switches = sql.lit(5870110203);

/**
 * The kill switches that reach this deed. Holds off a switch being thrown until the transaction ends, so that
 * what begins to run was decided before the switch, and nothing is decided after it as if it were not there.
 */
export async function killedFor(
  tx: Tx,
  { worker, tool }: { worker: WorkerId; tool: string },
): Promise<Scope[]> {
  await sql`select pg_advisory_xact_lock_shared(${switches})`.execute(tx);
  const { rows } = await sql<{ scope: Scope }>`select scope from kill_switch
    where scope in ('all', ${`worker:${worker}`}, ${`tool:${tool}`}) order by scope`.execute(tx);
  return rows.map(({ scope }) => scope);
}

/** Throws a switch; false when it was thrown already. Waits for what is being decided at this moment. */
export async function setKill(tx: Tx, scope: Scope, by: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${switches})`.execute(tx);
  const { rows } = await sql`insert into kill_switch (scope, thrown_by) values (${scope}, ${by})
    on conflict (scope) do nothing returning scope`.execute(tx);
  return rows.length === 1;
}

/** Releases a switch; false when it was not thrown. */
export async function clearKill(tx: Tx, scope: Scope): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${switches})`.execute(tx);
  const { rows } = await sql`delete from kill_switch where scope = ${scope} returning scope`.execute(tx);
  return rows.length === 1;
}

export interface Thrown {
  scope: Scope;
  by: string;
  at: Date;
}

export async function loadKills(db: Db | Tx): Promise<Thrown[]> {
  const { rows } =
    await sql<Thrown>`select scope, thrown_by as by, thrown_at as at from kill_switch order by thrown_at`.execute(
      db,
    );
  return rows;
}

/** The running actions a scope reaches. */
export async function loadRunning(tx: Tx, scope: Scope): Promise<ActionId[]> {
  const [kind, name = ''] = scope.split(':');
  const { rows } = await sql<{ id: ActionId }>`select id from action where status = 'running'
    and (${kind} = 'all' or (${kind} = 'worker' and worker = ${name}) or (${kind} = 'tool' and tool = ${name}))`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

/** Why the circuit breaker of a worker and tool is open: too many of its last changes failed since a person closed it. */
export async function openBreaker(
  tx: Tx,
  deed: { worker: WorkerId; tool: string },
  { breaker }: Policy,
): Promise<string | undefined> {
  const { rows } = await sql<{ status: Status }>`select status from action
    where worker = ${deed.worker} and tool = ${deed.tool} and status in ('done', 'failed', 'indeterminate')
      and ended_at > coalesce((select reset_at from breaker_reset where worker = ${deed.worker} and tool = ${deed.tool}), '-infinity')
    order by ended_at desc limit ${breaker.window}`.execute(tx);
  const failed = rows.filter(({ status }) => status !== 'done').length;
  if (failed < breaker.failures) return undefined;
  return `The circuit breaker is open: ${failed} of the last ${rows.length} ${deed.tool} of ${deed.worker} did not succeed. A person decides until it is closed with /roster breaker.`;
}

/** A person closes the breaker: what failed before no longer counts. */
export async function resetBreaker(
  tx: Tx,
  { worker, tool }: { worker: WorkerId; tool: string },
): Promise<void> {
  await sql`insert into breaker_reset (worker, tool) values (${worker}, ${tool})
    on conflict (worker, tool) do update set reset_at = clock_timestamp()`.execute(tx);
}

interface Same {
  incident: IncidentId;
  tool: string;
  /** JSON of the arguments. */
  arguments: string;
  /** The action itself does not repeat itself. */
  but: ActionId | undefined;
}

/** Whether the same is being done or was done on this incident and no signal or evidence has come since. */
export async function isRepeated(tx: Tx, { incident, tool, arguments: given, but }: Same): Promise<boolean> {
  const { rows } = await sql`select 1 from action earlier
    where earlier.incident = ${incident} and earlier.tool = ${tool} and earlier.arguments = ${given}::jsonb
      and earlier.id <> ${but ?? ''} and earlier.status in ('running', 'done', 'failed', 'indeterminate')
      and not exists (select 1 from signal where signal.incident = earlier.incident and signal.raised_at > earlier.ended_at)
    limit 1`.execute(tx);
  return rows.length > 0;
}

/** Counts one call of a worker's day before it is made; false when the day's budget is used up, however many ask at once. */
export async function reserveCall(tx: Tx, worker: WorkerId, most: number): Promise<boolean> {
  const { rows } =
    await sql`insert into tool_calls (worker, day, calls) values (${worker}, (clock_timestamp() at time zone 'UTC')::date, 1)
    on conflict (worker, day) do update set calls = tool_calls.calls + 1 where tool_calls.calls < ${most} returning calls`.execute(
      tx,
    );
  return rows.length === 1;
}
