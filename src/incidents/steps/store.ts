import { sql } from 'kysely';
import type { ActionId, IncidentId, PersonId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { jsonOf, storable } from '../../postgres/text.ts';
import type { Grade, Seen, StepRow } from './step.ts';

const columns = sql`incident, attempt, step, runbook, version, tool, what, state, action, person, words, expected,
  before, checks, due_at as "dueAt", done_at as "doneAt", grade, seen, seen_after as "seenAfter"`;

/** Which step of which attempt. */
export type Key = Pick<StepRow, 'incident' | 'attempt' | 'step'>;

export type Due = Key &
  Pick<StepRow, 'runbook' | 'version' | 'tool' | 'what' | 'expected' | 'before' | 'checks'>;

/** Writes a step that has come up; one that is written already stays as it is. */
export async function insertDue(tx: Tx, one: Due): Promise<void> {
  await sql`insert into incident_step (incident, attempt, step, runbook, version, tool, what, state, expected, before, checks)
    values (${one.incident}, ${one.attempt}, ${one.step}, ${one.runbook}, ${one.version}, ${one.tool}, ${one.what}, 'due',
      ${one.expected && jsonOf(one.expected)}::jsonb, ${one.before}, ${jsonOf(one.checks)}::jsonb)
    on conflict do nothing`.execute(tx);
}

/** A step that is due is done: by a worker's action, which ended then, or by a person now. False when it was not due. */
export async function setDone(
  tx: Tx,
  { incident, attempt, step }: Key,
  by: { action: ActionId; at: Date | null } | { person: PersonId; words: string | null },
): Promise<boolean> {
  const { action, person, words, at } = {
    ...{ action: null, person: null, words: null, at: null },
    ...by,
  };
  const { rows } = await sql`update incident_step set state = 'done', action = ${action}, person = ${person},
      words = ${words === null ? null : storable(words)},
      done_at = coalesce(${at}::timestamptz, clock_timestamp())
    where incident = ${incident} and attempt = ${attempt} and step = ${step} and state = 'due' returning step`.execute(
    tx,
  );
  return rows.length === 1;
}

export async function setSkipped(tx: Tx, { incident, attempt, step }: Key, person: PersonId): Promise<void> {
  await sql`update incident_step set state = 'skipped', person = ${person}, done_at = clock_timestamp()
    where incident = ${incident} and attempt = ${attempt} and step = ${step} and state = 'due'`.execute(tx);
}

/** Notes that metrics were read again after the step; false when they were before. */
export async function setLooked(tx: Tx, { incident, attempt, step }: Key): Promise<boolean> {
  const { rows } = await sql`update incident_step set looked_at = clock_timestamp()
    where incident = ${incident} and attempt = ${attempt} and step = ${step} and looked_at is null returning step`.execute(
    tx,
  );
  return rows.length === 1;
}

/** Grades a step, once and for ever. */
export async function setGrade(
  tx: Tx,
  { incident, attempt, step }: Key,
  { grade, seen }: { grade: Grade; seen: Seen | null },
): Promise<StepRow | undefined> {
  const { rows } = await sql<StepRow>`update incident_step set grade = ${grade},
      seen = ${seen && jsonOf(seen)}::jsonb,
      seen_after = extract(epoch from clock_timestamp() - done_at)
    where incident = ${incident} and attempt = ${attempt} and step = ${step} and grade is null returning ${columns}`.execute(
    tx,
  );
  return rows[0];
}

/** A step with the milliseconds since it was done, by the clock that wrote when that was. */
export type Timed = StepRow & { elapsedMs: number };

/** All steps of an incident, in the order they came up. */
export async function loadSteps(db: Db | Tx, incident: IncidentId): Promise<Timed[]> {
  const { rows } = await sql<Timed>`select ${columns},
      coalesce(extract(epoch from clock_timestamp() - done_at) * 1000, 0)::float8 as "elapsedMs"
    from incident_step where incident = ${incident} order by attempt, step`.execute(db);
  return rows;
}

export async function loadStep(db: Db | Tx, { incident, attempt, step }: Key): Promise<Timed | undefined> {
  return (await loadSteps(db, incident)).find((one) => one.attempt === attempt && one.step === step);
}
