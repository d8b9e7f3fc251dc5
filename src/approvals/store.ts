import { sql } from 'kysely';
import type { ActionId, ApprovalId, IncidentId, PersonId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf, storable } from '../postgres/text.ts';
import type { Approval } from './approval.ts';

const columns = sql`id, action, worker, digest, incident, terms, question, status, asked_at as "askedAt",
  expires_at as "expiresAt", answered_by as "answeredBy", answered_at as "answeredAt", reason, outcome`;

export async function load(db: Db | Tx, id: ApprovalId): Promise<Approval | undefined> {
  const { rows } = await sql<Approval>`select ${columns} from approval where id = ${id}`.execute(db);
  return rows[0];
}

export async function loadFor(db: Db | Tx, action: ActionId): Promise<Approval | undefined> {
  const { rows } = await sql<Approval>`select ${columns} from approval where action = ${action}`.execute(db);
  return rows[0];
}

export async function loadOpen(db: Db): Promise<Approval[]> {
  const { rows } =
    await sql<Approval>`select ${columns} from approval where status = 'open' order by asked_at`.execute(db);
  return rows;
}

/** The row, locked until the transaction ends, and the database's own time. */
export async function lock(tx: Tx, id: ApprovalId): Promise<{ approval: Approval; now: Date } | undefined> {
  const { rows } = await sql<Approval>`select ${columns} from approval where id = ${id} for update`.execute(
    tx,
  );
  const approval = rows[0];
  if (!approval) return undefined;
  const clock = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(tx);
  return { approval, now: clock.rows[0]?.now ?? approval.expiresAt };
}

type New = Pick<Approval, 'id' | 'action' | 'worker' | 'digest' | 'incident' | 'terms' | 'question'>;

/** Writes an open approval and returns when it lapses, by the database's clock. */
export async function insert(tx: Tx, approval: New): Promise<Date> {
  const { id, action, worker, digest, incident, terms, question } = approval;
  const { rows } = await sql<{ expires: Date }>`insert into approval
      (id, action, worker, digest, incident, terms, question, status, expires_at)
    values (${id}, ${action}, ${worker}, ${digest}, ${incident}, ${jsonOf(terms)}::jsonb,
      ${jsonOf(question)}::jsonb, 'open', clock_timestamp() + make_interval(secs => ${terms.minutes * 60}))
    returning expires_at as expires`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error(`Approval ${id} was not written.`);
  return row.expires;
}

type Settled = {
  status: 'approved' | 'rejected' | 'lapsed' | 'withdrawn';
  by: PersonId | null;
  reason: string | null;
};

export async function settle(tx: Tx, id: ApprovalId, { status, by, reason }: Settled): Promise<void> {
  const said = reason === null ? null : storable(reason);
  await sql`update approval set status = ${status}, answered_by = ${by}, answered_at = clock_timestamp(), reason = ${said}
    where id = ${id} and status = 'open'`.execute(tx);
}

export async function setOutcome(tx: Tx, id: ApprovalId, outcome: string): Promise<void> {
  await sql`update approval set outcome = ${storable(outcome)} where id = ${id}`.execute(tx);
}

export async function loadOf(db: Db, incident: IncidentId): Promise<Approval[]> {
  const { rows } =
    await sql<Approval>`select ${columns} from approval where incident = ${incident} order by asked_at`.execute(
      db,
    );
  return rows;
}
