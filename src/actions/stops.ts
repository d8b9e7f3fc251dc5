import { sql } from 'kysely';
import type { ActionId, IncidentId, WorkerId } from '../ids.ts';
import type { Policy } from '../policy/policy.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Health, Status } from './action.ts';

/** Whom or what a kill switch reaches. */
export type Scope = 'all' | `worker:${string}` | `tool:${string}`;

/** Whether words that came from another process name whom a switch reaches. */
export function isScope(words: string): words is Scope {
  return /^(all|(worker|tool):.+)$/.test(words);
}

const switches = sql.lit(5870110203);

/**
 * The kill switches that reach this deed. Holds off a switch being thrown until the transaction ends, so that
 * what begins to run was decided before the switch, and nothing is decided after it as if it were not there.
 */
export async function killedFor(
  tx: Tx,
  { worker, tool }: { worker: WorkerId; tool: string },
): Promise<Scope[]> {
  // A process that is cut off while it decides must not hold up the switch for longer than that.
  await sql`select set_config('idle_in_transaction_session_timeout', '5000', true),
    pg_advisory_xact_lock_shared(${switches})`.execute(tx);
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

/**
 * Why the circuit breaker of a worker and tool is open: too many of its last changes failed, or did not help, since
 * a person closed it; or it is half open and the one that was let through has not succeeded.
 */
export async function openBreaker(
  tx: Tx,
  deed: { worker: WorkerId; tool: string },
  { breaker }: Policy,
): Promise<string | undefined> {
  const { worker, tool } = deed;
  const { since, halfOpen } = await lockReset(tx, deed);
  const { rows } = await sql<Ended>`select status, health from action
    where worker = ${worker} and tool = ${tool} and status in ('done', 'failed', 'indeterminate')
      and ended_at > ${since}::timestamptz
    order by ended_at desc limit ${breaker.window}`.execute(tx);
  const tried = halfOpen ? await loadTried(tx, deed, since) : undefined;
  return breakerSays(deed, { ended: rows, tried }, breaker);
}

/** Why a circuit breaker is open; undefined when it is closed, or lets one through. Pure. */
function breakerSays(
  { worker, tool }: { worker: WorkerId; tool: string },
  { ended, tried }: { ended: Ended[]; tried: Ended | undefined },
  breaker: Policy['breaker'],
): string | undefined {
  if (tried?.status === 'running')
    return `The circuit breaker is half open and one ${tool} of ${worker} is being tried. A person decides until it has ended.`;
  if (tried && hasFailed(tried))
    return `The circuit breaker is open again: the one ${tool} of ${worker} that was tried did not succeed. A person decides until it is closed with /roster breaker.`;
  const failed = ended.filter(hasFailed).length;
  if (failed < breaker.failures) return undefined;
  return `The circuit breaker is open: ${failed} of the last ${ended.length} ${tool} of ${worker} did not succeed. A person decides until it is closed with /roster breaker.`;
}

/** The circuit breakers of these workers that are open, and why, as they stand now; nothing is held. */
export async function loadOpenBreakers(
  db: Db,
  workers: WorkerId[],
  { breaker }: Pick<Policy, 'breaker'>,
): Promise<{ worker: WorkerId; tool: string; because: string }[]> {
  // Of which enough failed ever, or one is being tried: of all others the last deeds need not be looked at.
  const { rows } = await sql<{
    worker: WorkerId;
    tool: string;
    ended: Ended[];
    tried: Ended | null;
  }>`select deed.worker, deed.tool, ended.rows as ended, tried.row as tried
    from (select worker, tool from action
        where (status in ('failed', 'indeterminate') or health in ('same', 'worse')) and worker = any(${workers})
        group by worker, tool having count(*) >= ${breaker.failures}
      union select worker, tool from breaker_reset where half_open and worker = any(${workers})) deed
    left join breaker_reset reset on reset.worker = deed.worker and reset.tool = deed.tool
    cross join lateral (select coalesce(json_agg(json_build_object('status', status, 'health', health)), '[]') as rows
      from (select status, health from action
        where worker = deed.worker and tool = deed.tool and status in ('done', 'failed', 'indeterminate')
          and ended_at > coalesce(reset.reset_at, '-infinity')
        order by ended_at desc limit ${breaker.window}) last) ended
    left join lateral (select json_build_object('status', status, 'health', health) as row from action
      where reset.half_open and worker = deed.worker and tool = deed.tool and started_at > reset.reset_at
      order by started_at limit 1) tried on true
    order by deed.worker, deed.tool`.execute(db);
  return rows.flatMap(({ worker, tool, ended, tried }) => {
    const because = breakerSays({ worker, tool }, { ended, tried: tried ?? undefined }, breaker);
    return because ? [{ worker, tool, because }] : [];
  });
}

interface Ended {
  status: Status;
  health: Health | null;
}

function hasFailed({ status, health }: Ended): boolean {
  return status !== 'done' || health === 'same' || health === 'worse';
}

/** Since when what fails counts, as text that keeps microseconds. While half open, two cannot both find that none was tried. */
async function lockReset(
  tx: Tx,
  { worker, tool }: { worker: WorkerId; tool: string },
): Promise<{ since: string; halfOpen: boolean }> {
  const load = (lock = sql``) =>
    sql<{
      since: string;
      halfOpen: boolean;
    }>`select reset_at::text as since, half_open as "halfOpen"
    from breaker_reset where worker = ${worker} and tool = ${tool} ${lock}`.execute(tx);
  const { rows } = await load();
  const found = rows[0]?.halfOpen ? (await load(sql`for update`)).rows[0] : rows[0];
  return found ?? { since: '-infinity', halfOpen: false };
}

/** The first that began since the breaker was half opened: it decides. */
async function loadTried(
  tx: Tx,
  { worker, tool }: { worker: WorkerId; tool: string },
  since: string,
): Promise<Ended | undefined> {
  const { rows } = await sql<Ended>`select status, health from action
    where worker = ${worker} and tool = ${tool} and started_at > ${since}::timestamptz
    order by started_at limit 1`.execute(tx);
  return rows[0];
}

/** A person closes the breaker, or half opens it: what failed before no longer counts. */
export async function resetBreaker(
  tx: Tx,
  { worker, tool }: { worker: WorkerId; tool: string },
  halfOpen: boolean,
): Promise<void> {
  await sql`insert into breaker_reset (worker, tool, half_open) values (${worker}, ${tool}, ${halfOpen})
    on conflict (worker, tool) do update set reset_at = clock_timestamp(), half_open = ${halfOpen}`.execute(
    tx,
  );
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
