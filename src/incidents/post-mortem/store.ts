import { sql } from 'kysely';
import type { IncidentId, PersonId, PictureId, WorkerId } from '../../ids.ts';
import type { Chart } from '../../monitoring/chart/chart.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { jsonOf, storable } from '../../postgres/text.ts';
import type { Correction, PostMortem, Task, Words } from './post-mortem.ts';

/** As the database has it: what was written is parsed by whoever reads it. */
export type Row = Omit<PostMortem, 'written' | 'tasks' | 'corrections' | 'picture'> & {
  written: unknown;
  pictureId: PictureId | null;
  alt: string | null;
};

const columns = sql`written, summary, change, no_chart as "noChart", picture as "pictureId", alt,
  drafted_at as "draftedAt", files_at as "filesAt", filed_at as "filedAt", filed_by as "filedBy"`;

export async function load(db: Db | Tx, incident: IncidentId): Promise<Row | undefined> {
  const { rows } = await sql<Row>`select ${columns} from post_mortem where incident = ${incident}`.execute(
    db,
  );
  return rows[0];
}

export async function lock(tx: Tx, incident: IncidentId): Promise<Row | undefined> {
  const { rows } =
    await sql<Row>`select ${columns} from post_mortem where incident = ${incident} for update`.execute(tx);
  return rows[0];
}

type New = Words &
  Pick<PostMortem, 'written' | 'picture' | 'noChart' | 'draftedAt' | 'filesAt'> & { chart: Chart | null };

/** Writes a draft; false when there is one. */
export async function insert(tx: Tx, incident: IncidentId, one: New): Promise<boolean> {
  const { rows } = await sql`insert into post_mortem
      (incident, written, summary, change, chart, no_chart, picture, alt, drafted_at, files_at)
    values (${incident}, ${jsonOf(one.written)}::jsonb, ${storable(one.summary)}, ${storable(one.change)},
      ${one.chart ? jsonOf(one.chart) : null}::jsonb, ${one.noChart}, ${one.picture?.id ?? null}, ${one.picture?.alt ?? null},
      ${one.draftedAt}, ${one.filesAt})
    on conflict (incident) do nothing returning incident`.execute(tx);
  return rows.length === 1;
}

/** What its chart shows, as it was stored. */
export async function loadChart(db: Db, incident: IncidentId): Promise<unknown> {
  const { rows } = await sql<{
    chart: unknown;
  }>`select chart from post_mortem where incident = ${incident}`.execute(db);
  return rows[0]?.chart ?? null;
}

export async function setWords(tx: Tx, incident: IncidentId, { summary, change }: Words): Promise<void> {
  await sql`update post_mortem set summary = ${storable(summary)}, change = ${storable(change)}
    where incident = ${incident}`.execute(tx);
}

export async function setFiled(tx: Tx, incident: IncidentId, by: PersonId | null, at: Date): Promise<void> {
  await sql`update post_mortem set filed_at = ${at}, filed_by = ${by} where incident = ${incident}`.execute(
    tx,
  );
}

const taskColumns = sql`nth, what, owner, to_char(due, 'YYYY-MM-DD') as due, added_by as "addedBy",
  done_by as "doneBy", done_at as "doneAt", reminded_at as "remindedAt"`;

export async function loadTasks(db: Db | Tx, incident: IncidentId): Promise<Task[]> {
  const { rows } =
    await sql<Task>`select ${taskColumns} from post_mortem_task where incident = ${incident} order by nth`.execute(
      db,
    );
  return rows;
}

/** With the incident they are of, the oldest first: those not done whose day was before `day`. */
export async function loadLate(db: Db, day: string): Promise<LateTask[]> {
  const { rows } = await sql<LateTask>`select incident, ${taskColumns},
      (select worker from incident where id = post_mortem_task.incident) as worker
    from post_mortem_task where done_at is null and due < ${day}::date order by due, incident, nth`.execute(
    db,
  );
  return rows;
}

/** With the worker that had its incident. */
export type LateTask = Task & { incident: IncidentId; worker: WorkerId | null };

/** Called with the post-mortem's row locked. Returns what it is called: 1, 2, … */
export async function insertTask(
  tx: Tx,
  incident: IncidentId,
  { what, owner, due, addedBy }: Pick<Task, 'what' | 'owner' | 'due' | 'addedBy'>,
  at: Date,
): Promise<number> {
  const { rows } = await sql<{
    nth: number;
  }>`insert into post_mortem_task (incident, nth, what, owner, due, added_by, added_at)
    select ${incident}, coalesce(max(nth), 0) + 1, ${storable(what)}, ${owner}, ${due}::date, ${addedBy}, ${at}
    from post_mortem_task where incident = ${incident} returning nth`.execute(tx);
  return rows[0]?.nth ?? 0;
}

/** False when there is no such task, or it is done. */
export async function setDone(
  tx: Tx,
  incident: IncidentId,
  { nth, by, at }: { nth: number; by: PersonId; at: Date },
): Promise<boolean> {
  const { rows } = await sql`update post_mortem_task set done_by = ${by}, done_at = ${at}
    where incident = ${incident} and nth = ${nth} and done_at is null returning nth`.execute(tx);
  return rows.length === 1;
}

/** False when somebody was reminded of it, or it is done. */
export async function setReminded(tx: Tx, incident: IncidentId, nth: number, at: Date): Promise<boolean> {
  const { rows } = await sql`update post_mortem_task set reminded_at = ${at}
    where incident = ${incident} and nth = ${nth} and done_at is null and reminded_at is null returning nth`.execute(
    tx,
  );
  return rows.length === 1;
}

export async function loadCorrections(db: Db | Tx, incident: IncidentId): Promise<Correction[]> {
  const { rows } = await sql<Correction>`select words, person, at from post_mortem_correction
    where incident = ${incident} order by id`.execute(db);
  return rows;
}

export async function insertCorrection(tx: Tx, incident: IncidentId, one: Correction): Promise<void> {
  await sql`insert into post_mortem_correction (incident, words, person, at)
    values (${incident}, ${storable(one.words)}, ${one.person}, ${one.at})`.execute(tx);
}

/** Drafts whose time is up. */
export async function loadDue(db: Db, now: Date): Promise<IncidentId[]> {
  const { rows } = await sql<{ incident: IncidentId }>`select incident from post_mortem
    where filed_at is null and files_at <= ${now} order by files_at`.execute(db);
  return rows.map(({ incident }) => incident);
}
