import { sql } from 'kysely';
import type { Duty } from '../../charter/charter.ts';
import type { IncidentId, PersonId, WorkerId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { jsonOf } from '../../postgres/text.ts';
import type { Handoff, Receiving } from './handoff.ts';

interface Row extends Omit<Handoff, 'from' | 'to'> {
  fromWorker: WorkerId | null;
  fromDuty: Duty | null;
  fromPerson: PersonId | null;
  toWorker: WorkerId;
  toDuty: Receiving;
}

const columns = sql`id::text, incident, from_worker as "fromWorker", from_duty as "fromDuty",
  from_person as "fromPerson", to_worker as "toWorker", to_duty as "toDuty", intent, confidence, reasoning, evidence,
  handed_at as at, accepted_at as "acceptedAt", accepted_by as "acceptedBy", refused`;

export type New = Pick<
  Handoff,
  'incident' | 'from' | 'to' | 'intent' | 'confidence' | 'reasoning' | 'evidence'
>;

/** Writes a handoff; one that is still in the air there is superseded by it. */
export async function insert(tx: Tx, { incident, from, to, ...said }: New): Promise<void> {
  const [worker, duty, person] =
    'person' in from ? [null, null, from.person] : [from.worker, from.duty, null];
  await refuseOpen(tx, incident, 'Another handoff took its place.');
  await sql`insert into handoff (incident, from_worker, from_duty, from_person, to_worker, to_duty, intent, confidence,
      reasoning, evidence)
    values (${incident}, ${worker}, ${duty}, ${person}, ${to.worker}, ${to.duty}, ${said.intent}, ${said.confidence},
      ${jsonOf(said.reasoning)}::jsonb, ${jsonOf(said.evidence)}::jsonb)`.execute(tx);
}

/** What is in the air there is needed no longer. */
export async function refuseOpen(tx: Tx, incident: IncidentId, because: string): Promise<void> {
  await sql`update handoff set refused = ${because}
    where incident = ${incident} and accepted_at is null and refused is null`.execute(tx);
}

/** All of an incident, oldest first. */
export async function loadOf(db: Db | Tx, incident: IncidentId): Promise<Handoff[]> {
  const { rows } =
    await sql<Row>`select ${columns} from handoff where incident = ${incident} order by handoff.id`.execute(
      db,
    );
  return rows.map(handoffOf);
}

/** The newest that was handed to a duty. */
export async function loadLast(tx: Tx, incident: IncidentId, duty: Receiving): Promise<Handoff | undefined> {
  return (await loadOf(tx, incident)).findLast(({ to }) => to.duty === duty);
}

/** Those that nobody took or refused yet, oldest first. */
export async function loadOpen(db: Db): Promise<Handoff[]> {
  const { rows } = await sql<Row>`select ${columns} from handoff
    where accepted_at is null and refused is null order by handoff.id`.execute(db);
  return rows.map(handoffOf);
}

export async function setAccepted(tx: Tx, id: string, by: WorkerId): Promise<void> {
  await sql`update handoff set accepted_at = clock_timestamp(), accepted_by = ${by} where id = ${id}::bigint`.execute(
    tx,
  );
}

export async function setRefused(tx: Tx, id: string, because: string): Promise<void> {
  await sql`update handoff set refused = ${because} where id = ${id}::bigint`.execute(tx);
}

function handoffOf({ fromWorker, fromDuty, fromPerson, toWorker, toDuty, ...row }: Row): Handoff {
  const from =
    fromWorker && fromDuty ? { worker: fromWorker, duty: fromDuty } : { person: fromPerson as PersonId };
  return { ...row, from, to: { worker: toWorker, duty: toDuty } };
}
