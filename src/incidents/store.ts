import { sql } from 'kysely';
import type { IncidentId, PersonId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf } from '../postgres/text.ts';
import type { Happening, Incident, Logged } from './incident.ts';

const columns = sql`id, kind, service, status, severity, worker, owner, cause, runbook, attempt, paused_by as "pausedBy", direction, said, severity_by as "severityBy",
  merged_into as "mergedInto",
  opened_at as "openedAt",
  mitigated_at as "mitigatedAt", usual_since as "usualSince", ended_at as "endedAt"`;

export async function load(db: Db | Tx, id: IncidentId): Promise<Incident | undefined> {
  const { rows } = await sql<Incident>`select ${columns} from incident where id = ${id}`.execute(db);
  return rows[0];
}

export async function lock(tx: Tx, id: IncidentId): Promise<Incident | undefined> {
  const { rows } = await sql<Incident>`select ${columns} from incident where id = ${id} for update`.execute(
    tx,
  );
  return rows[0];
}

export async function loadOpen(db: Db | Tx): Promise<Incident[]> {
  const { rows } =
    await sql<Incident>`select ${columns} from incident where ended_at is null order by opened_at`.execute(
      db,
    );
  return rows;
}

export async function loadSince(db: Db, since: Date): Promise<Incident[]> {
  const { rows } = await sql<Incident>`select ${columns} from incident
    where opened_at >= ${since} or ended_at >= ${since} or ended_at is null order by opened_at desc`.execute(
    db,
  );
  return rows;
}

/** Two signals at once must not open two incidents: one at a time decides. Held until the transaction ends. */
export async function lockReception(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(5870110202)`.execute(tx);
}

type New = Pick<Incident, 'kind' | 'service' | 'severity' | 'worker'> & { request?: string | undefined };

export async function insert(tx: Tx, { kind, service, severity, worker, request }: New): Promise<IncidentId> {
  const { rows } = await sql<{
    id: IncidentId;
  }>`insert into incident (id, kind, service, status, severity, worker, request)
    values ('inc-' || nextval('incident_number'), ${kind}, ${service}, 'investigating', ${severity}, ${worker}, ${request ?? null})
    returning id`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error(`The incident on ${service} was not written.`);
  return row.id;
}

/** The incident that was declared in this message. */
export async function loadRequested(tx: Tx, request: string): Promise<IncidentId | undefined> {
  const { rows } = await sql<{ id: IncidentId }>`select id from incident where request = ${request}`.execute(
    tx,
  );
  return rows[0]?.id;
}

/** What a person says is wrong, and which series have been off since. */
export async function setSaid(tx: Tx, id: IncidentId, said: Incident['said']): Promise<void> {
  await sql`update incident set said = ${said ? jsonOf(said) : null}::jsonb where id = ${id}`.execute(tx);
}

/** It is over no more: nothing of how it ended holds. */
export async function setReopened(tx: Tx, id: IncidentId, attempt: number): Promise<void> {
  await sql`update incident set ended_at = null, mitigated_at = null, usual_since = null, owner = null,
    paused_by = null, direction = null where id = ${id}`.execute(tx);
  await setAfresh(tx, id, attempt);
}

/** It goes on in another. */
export async function setMerged(tx: Tx, id: IncidentId, into: IncidentId): Promise<void> {
  await sql`update incident set status = 'merged', merged_into = ${into}, ended_at = clock_timestamp()
    where id = ${id}`.execute(tx);
}

type Change = Partial<
  Pick<
    Incident,
    'status' | 'worker' | 'cause' | 'runbook' | 'owner' | 'severity' | 'severityBy' | 'attempt' | 'direction'
  >
>;

/** Writes what changed; what is not named stays. */
export async function update(tx: Tx, id: IncidentId, change: Change): Promise<void> {
  const { status, worker, cause, runbook, owner, severity, severityBy, attempt, direction } = change;
  await sql`update incident set
      status = coalesce(${status ?? null}::text, status),
      worker = coalesce(${worker ?? null}::text, worker),
      cause = coalesce(${cause ? jsonOf(cause) : null}::jsonb, cause),
      runbook = coalesce(${runbook ? jsonOf(runbook) : null}::jsonb, runbook),
      owner = coalesce(${owner ?? null}::text, owner),
      severity = coalesce(${severity ?? null}::integer, severity),
      severity_by = coalesce(${severityBy ?? null}::text, severity_by),
      attempt = coalesce(${attempt ?? null}::integer, attempt),
      direction = coalesce(${direction ? jsonOf(direction) : null}::jsonb, direction)
    where id = ${id}`.execute(tx);
}

/** It is looked into afresh: what was found and planned before no longer holds. */
export async function setAfresh(tx: Tx, id: IncidentId, attempt: number): Promise<void> {
  await sql`update incident set status = 'investigating', attempt = ${attempt}, cause = null, runbook = null
    where id = ${id}`.execute(tx);
}

/** What was foretold has come: it is an incident, opened now. */
export async function setBroken(tx: Tx, id: IncidentId): Promise<void> {
  await sql`update incident set kind = 'incident', opened_at = clock_timestamp(), mitigated_at = null,
    usual_since = null where id = ${id}`.execute(tx);
}

/** What was done did not help: it no longer counts as mended, or prevented. */
export async function setUnmitigated(tx: Tx, id: IncidentId): Promise<void> {
  await sql`update incident set mitigated_at = null where id = ${id}`.execute(tx);
}

/** Who has it; null for nobody. */
export async function setOwner(tx: Tx, id: IncidentId, owner: PersonId | null): Promise<void> {
  await sql`update incident set owner = ${owner} where id = ${id}`.execute(tx);
}

export async function setPaused(tx: Tx, id: IncidentId, by: PersonId | null): Promise<void> {
  await sql`update incident set paused_by = ${by} where id = ${id}`.execute(tx);
}

/** The runbook ended: from here on all must stay usual, whatever was usual before. */
export async function setMitigated(tx: Tx, id: IncidentId): Promise<void> {
  await sql`update incident set status = 'verifying', mitigated_at = clock_timestamp(), usual_since = null
    where id = ${id}`.execute(tx);
}

/** Seconds since the incident was opened, by the clock that wrote when it was. */
export async function ageOf(tx: Tx, id: IncidentId): Promise<number> {
  const { rows } = await sql<{
    seconds: number;
  }>`select extract(epoch from clock_timestamp() - opened_at)::float8 as seconds from incident where id = ${id}`.execute(
    tx,
  );
  return rows[0]?.seconds ?? 0;
}

/**
 * Keeps since when all has been usual: it begins with a usual look and ends with a critical one, as a single
 * look a little off is noise. Returns how long it has been so, by the clock that wrote all these times.
 */
export async function setUsual(
  tx: Tx,
  id: IncidentId,
  { usual, critical }: { usual: boolean; critical: boolean },
): Promise<Lasted> {
  const { rows } = await sql<Lasted>`update incident set usual_since = case
      when ${critical}::boolean then null
      when ${usual}::boolean then coalesce(usual_since, clock_timestamp())
      else usual_since end
    where id = ${id}
    returning coalesce(extract(epoch from clock_timestamp() - usual_since), 0)::float8 as usual,
      coalesce(extract(epoch from clock_timestamp() - mitigated_at), 0)::float8 as mitigated,
      extract(epoch from clock_timestamp() - opened_at)::float8 as open`.execute(tx);
  return rows[0] ?? { usual: 0, mitigated: 0, open: 0 };
}

/** Seconds since all has been usual, since the runbook ended, since the incident was opened. */
interface Lasted {
  usual: number;
  mitigated: number;
  open: number;
}

export async function setEnded(tx: Tx, id: IncidentId, status: 'closed' | 'false-alarm'): Promise<void> {
  await sql`update incident set status = ${status}, ended_at = clock_timestamp() where id = ${id}`.execute(
    tx,
  );
}

/** Told by the worker that has the incident now. */
export async function log(tx: Tx, id: IncidentId, { kind, facts }: Happening): Promise<void> {
  await sql`insert into incident_entry (incident, kind, facts, worker)
    values (${id}, ${kind}, ${jsonOf(facts)}::jsonb, (select worker from incident where id = ${id}))`.execute(
    tx,
  );
}

export async function loadLog(db: Db | Tx, id: IncidentId): Promise<Logged[]> {
  const { rows } =
    await sql<Logged>`select kind, facts, at, worker from incident_entry where incident = ${id} order by id`.execute(
      db,
    );
  return rows;
}

/** What a diagnosis saw, stored as it was encoded. */
export interface StoredEvidence {
  incident: IncidentId;
  attempt: number;
  at: Date;
  frozen: unknown;
  /** What did not fit, each a sentence. */
  cut: string[];
}

export async function insertEvidence(tx: Tx, { incident, attempt, at, frozen, cut }: StoredEvidence) {
  await sql`insert into incident_evidence (incident, attempt, at, frozen, cut)
    values (${incident}, ${attempt}, ${at}, ${jsonOf(frozen)}::jsonb, ${cut}::text[])
    on conflict (incident, attempt) do nothing`.execute(tx);
}

/** Of every attempt, the first first. */
export async function loadEvidence(db: Db | Tx, id: IncidentId): Promise<StoredEvidence[]> {
  const { rows } = await sql<StoredEvidence>`select incident, attempt, at, frozen, cut from incident_evidence
    where incident = ${id} order by attempt`.execute(db);
  return rows;
}
