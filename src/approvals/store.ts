import { sql } from 'kysely';
import type { ActionId, ApprovalId, IncidentId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { jsonOf, storable } from '../postgres/text.ts';
import type { Approval, Ended, Given } from './approval.ts';

const columns = sql`id, action, worker, digest, policy, charter, incident, terms, excluded, question, status, round, reminded,
  asked_at as "askedAt", expires_at as "expiresAt", outcome, ended,
  (select coalesce(json_agg(json_build_object('person', person, 'roles', roles, 'answer', answer, 'reason', reason,
    'typed', typed, 'at', at) order by at), '[]') from approval_answer where approval = approval.id) as answers`;

type Row = Omit<Approval, 'answers'> & { answers: (Omit<Given, 'at'> & { at: string })[] };

/** JSON keeps a time as text. */
function approvalOf(row: Row): Approval {
  return { ...row, answers: row.answers.map((one) => ({ ...one, at: new Date(one.at) })) };
}

export async function load(db: Db | Tx, id: ApprovalId): Promise<Approval | undefined> {
  const { rows } = await sql<Row>`select ${columns} from approval where id = ${id}`.execute(db);
  return rows.map(approvalOf)[0];
}

/** The newest approval that was asked for an action. */
export async function loadFor(db: Db | Tx, action: ActionId): Promise<Approval | undefined> {
  const { rows } = await sql<Row>`select ${columns} from approval where action = ${action}
    order by asked_at desc, id limit 1`.execute(db);
  return rows.map(approvalOf)[0];
}

export async function loadOpen(db: Db): Promise<Approval[]> {
  const { rows } =
    await sql<Row>`select ${columns} from approval where status = 'open' order by asked_at`.execute(db);
  return rows.map(approvalOf);
}

export async function loadOf(db: Db, incident: IncidentId): Promise<Approval[]> {
  const { rows } =
    await sql<Row>`select ${columns} from approval where incident = ${incident} order by asked_at`.execute(
      db,
    );
  return rows.map(approvalOf);
}

/** The row, locked until the transaction ends, and the database's own time. */
export async function lock(tx: Tx, id: ApprovalId): Promise<{ approval: Approval; now: Date } | undefined> {
  await sql`select 1 from approval where id = ${id} for update`.execute(tx);
  const approval = await load(tx, id);
  if (!approval) return undefined;
  const clock = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(tx);
  return { approval, now: clock.rows[0]?.now ?? approval.expiresAt };
}

type New = Pick<
  Approval,
  | 'id'
  | 'action'
  | 'worker'
  | 'digest'
  | 'policy'
  | 'charter'
  | 'incident'
  | 'terms'
  | 'excluded'
  | 'question'
>;

/** Writes an open approval and returns when it lapses and when it is half over, by the database's clock. */
export async function insert(tx: Tx, approval: New): Promise<{ expires: Date; half: Date }> {
  const { id, action, worker, digest, policy, charter, incident, terms, excluded, question } = approval;
  const seconds = terms.minutes * 60;
  const { rows } = await sql<{ expires: Date; half: Date }>`insert into approval
      (id, action, worker, digest, policy, charter, incident, terms, excluded, question, status, expires_at)
    values (${id}, ${action}, ${worker}, ${digest}, ${policy}, ${charter}, ${incident}, ${jsonOf(terms)}::jsonb,
      ${jsonOf(excluded)}::jsonb, ${jsonOf(question)}::jsonb, 'open', clock_timestamp() + make_interval(secs => ${seconds}))
    returning expires_at as expires, expires_at - make_interval(secs => ${seconds / 2}) as half`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error(`Approval ${id} was not written.`);
  return row;
}

/** Keeps a person's answer. A person counts once: whoever approved and then rejects has rejected. */
export async function addAnswer(tx: Tx, id: ApprovalId, given: Omit<Given, 'at'>): Promise<void> {
  await sql`insert into approval_answer (approval, person, roles, answer, reason, typed)
    values (${id}, ${given.person}, ${jsonOf(given.roles)}::jsonb, ${given.answer}, ${given.reason && storable(given.reason)},
      ${given.typed})
    on conflict (approval, person) do update set roles = excluded.roles, answer = excluded.answer,
      reason = excluded.reason, typed = excluded.typed, at = clock_timestamp()`.execute(tx);
}

/** Ends an open approval; does nothing to one that has ended. */
export async function setStatus(
  tx: Tx,
  id: ApprovalId,
  status: Exclude<Approval['status'], 'open'>,
): Promise<void> {
  await sql`update approval set status = ${status} where id = ${id} and status = 'open'`.execute(tx);
}

/** An approved approval whose action changed before it ran. */
export async function supersede(tx: Tx, id: ApprovalId): Promise<void> {
  await sql`update approval set status = 'superseded' where id = ${id} and status in ('open', 'approved')
    and consumed_at is null`.execute(tx);
}

/** Asks the next contacts as well, for as long again. Returns when that lapses. */
export async function setSecondRound(tx: Tx, id: ApprovalId, seats: string[][]): Promise<Date> {
  const { rows } = await sql<{ expires: Date }>`update approval set round = 2,
      terms = jsonb_set(terms, '{seats}', ${jsonOf(seats)}::jsonb),
      expires_at = clock_timestamp() + make_interval(secs => (terms ->> 'minutes')::float8 * 60)
    where id = ${id} and status = 'open' returning expires_at as expires`.execute(tx);
  return rows[0]?.expires ?? new Date(0);
}

export async function setReminded(tx: Tx, id: ApprovalId, round: number): Promise<void> {
  await sql`update approval set reminded = ${round} where id = ${id}`.execute(tx);
}

export async function setOutcome(
  tx: Tx,
  id: ApprovalId,
  outcome: string,
  ended: Ended | null,
): Promise<void> {
  await sql`update approval set outcome = ${storable(outcome)}, ended = ${ended} where id = ${id}`.execute(
    tx,
  );
}

/** What is asked of an approval at the moment of running. */
export interface Claimed {
  id: ApprovalId;
  digest: string;
  policy: string;
  charter: string;
}

/**
 * Uses an approval up, once and for ever: only when it is approved, was not used, is for exactly this, and
 * has not expired by the database's clock. False otherwise.
 */
export async function consume(tx: Tx, { id, digest, policy, charter }: Claimed): Promise<boolean> {
  const { rows } = await sql`update approval set consumed_at = clock_timestamp()
    where id = ${id} and status = 'approved' and consumed_at is null and digest = ${digest} and policy = ${policy}
      and charter = ${charter} and expires_at > clock_timestamp() returning id`.execute(tx);
  return rows.length === 1;
}
