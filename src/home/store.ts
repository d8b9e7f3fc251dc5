import { sql } from 'kysely';
import type { PersonId, WorkerId } from '../ids.ts';
import type { Db } from '../postgres/database.ts';
import type { Deed, Handed, Rows } from './rows.ts';
import type { Asked, Minded } from './yours.ts';

export async function loadUnderWay(db: Db): Promise<Deed[]> {
  const { rows } = await sql<Deed>`select id, incident, step, worker, tool, arguments::text as given, target,
      question ->> 'what' as what, status, proposed_at as "proposedAt", started_at as "startedAt",
      requested_by as "requestedBy"
    from action where status in ('ready', 'waiting', 'running') order by proposed_at, id`.execute(db);
  return rows;
}

export async function loadHanded(db: Db): Promise<Handed[]> {
  const { rows } =
    await sql<Handed>`select incident, from_worker as "from", to_worker as "to", to_duty as duty,
      handed_at as at
    from handoff where accepted_at is null and refused is null order by handoff.id`.execute(db);
  return rows;
}

/** What was asked and is open, without its answers. */
export async function loadAsked(db: Db): Promise<Rows['approvals']> {
  const { rows } = await sql<Rows['approvals'][number]>`select incident, worker, question ->> 'what' as what,
      expires_at as "expiresAt"
    from approval where status = 'open' order by asked_at`.execute(db);
  return rows;
}

/** Deeds that ran and ended since, by worker, and those that failed or did not help. */
export async function loadRan(db: Db, since: Date): Promise<Rows['ran']> {
  const { rows } = await sql<Rows['ran'][number]>`select worker, count(*)::int as of,
      (count(*) filter (where status <> 'done' or health in ('same', 'worse')))::int as failed
    from action where ended_at >= ${since} and status in ('done', 'failed', 'indeterminate')
    group by worker`.execute(db);
  return rows;
}

/** What these workers used today, by the database's clock in UTC, as budgets count. */
export async function loadUsed(db: Db, workers: WorkerId[]): Promise<Rows['used']> {
  const { rows } = await sql<Rows['used'][number]>`select worker, unit, used::float8 as used
    from unnest(${workers}::text[]) as of (worker)
    join budget_used on name = 'worker:' || worker || ':' || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD')`.execute(
    db,
  );
  return rows;
}

/** How many signals are not over, but for what others' alerts tell of. */
export async function countSignals(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from signal
    where recovered_at is null and kind <> 'alert'`.execute(db);
  return rows[0]?.count ?? 0;
}

/** What metrics cannot be read, as signals tell, and which sources of evidence could not be when they were read last. */
export async function loadBlind(db: Db, since: Date): Promise<Rows['blind']> {
  const metrics = await sql<{ says: string; since: Date }>`select coalesce(because ->> 0, metric) as says,
      raised_at as since
    from signal where kind = 'blind' and recovered_at is null order by raised_at limit 5`.execute(db);
  const evidence = await sql<{ says: string; since: Date; read: boolean }>`select distinct on (source)
      source || ': ' || (one ->> 'found') as says, at as since, (one ->> 'read')::boolean as read
    from incident join incident_entry on incident_entry.incident = incident.id and incident_entry.kind = 'evidence'
    cross join lateral jsonb_array_elements(facts -> 'evidence') as one
    cross join lateral (select one ->> 'source' as source) named
    where (ended_at is null or ended_at >= ${since}) and at >= ${since}
    order by source, at desc`.execute(db);
  return [
    ...metrics.rows.map((one) => ({ source: 'metrics' as const, ...one })),
    ...evidence.rows
      .filter(({ read }) => !read)
      .map(({ says, since: at }) => ({ source: 'evidence' as const, says, since: at })),
  ];
}

/** Deeds a person asked for since, newest first. */
export async function loadAskedFor(db: Db, person: PersonId, since: Date): Promise<Asked[]> {
  const { rows } = await sql<Asked>`select id, incident, worker, question ->> 'what' as what, status,
      coalesce(ended_at, started_at, proposed_at) as at
    from action where requested_by = ${person} and proposed_at >= ${since}
    order by proposed_at desc limit 20`.execute(db);
  return rows;
}

/** Incidents a person declared or took since, newest first; what they did about each, once. */
export async function loadMinded(db: Db, person: PersonId, since: Date): Promise<Minded[]> {
  const { rows } = await sql<Minded>`select incident.id, service, status, array_agg(distinct log.kind) as did,
      max(log.at) as at
    from incident join incident_entry log on log.incident = incident.id
    where (ended_at is null or ended_at >= ${since}) and log.kind in ('declared', 'taken', 'reopened')
      and log.facts ->> 'person' = ${person} and log.at >= ${since}
    group by incident.id order by at desc limit 20`.execute(db);
  return rows;
}
