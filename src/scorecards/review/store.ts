import { sql } from 'kysely';
import type { WorkerId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { jsonOf } from '../../postgres/text.ts';
import type { Period } from '../facts.ts';
import type { ToolRecord } from './propose.ts';
import { type Words, type Written, writtenShape } from './review.ts';

/** What people approved of each tool of a worker, by when it was asked, and what of it turned out badly. */
export async function loadTools(
  db: Db,
  worker: WorkerId,
  { from, to }: Period,
): Promise<Omit<ToolRecord, 'risk'>[]> {
  const { rows } = await sql<Omit<ToolRecord, 'risk'>>`select a.tool, count(*)::int as approved,
      count(*) filter (where a.status in ('failed', 'indeterminate') or a.health in ('same', 'worse')
        or exists (select 1 from action u where u.undoes = a.id))::int as regretted
    from approval p join action a on a.id = p.action
    where p.worker = ${worker} and p.status = 'approved' and p.asked_at >= ${from} and p.asked_at < ${to}
    group by a.tool order by a.tool`.execute(db);
  return rows;
}

export async function loadEscalated(
  db: Db,
  worker: WorkerId,
  { from, to }: Period,
): Promise<Written['escalated']> {
  const { rows } = await sql<Written['escalated'][number]>`select incident, facts->>'because' as because
    from incident_entry where kind = 'escalated' and worker = ${worker} and at >= ${from} and at < ${to}
    order by at, id`.execute(db);
  return rows;
}

export async function loadWords(db: Db, worker: WorkerId, { from, to }: Period): Promise<Words> {
  const ratings = await sql<Words['ratings'][number]>`select person, stars, line, at from worker_rating
    where worker = ${worker} and at >= ${from} and at < ${to} order by at, id`.execute(db);
  const wrong = await sql<Words['wrong'][number]>`select line,
      case when subject like 'incident:%' then substr(subject, 10) end as incident
    from answer_vote where worker = ${worker} and not up and line is not null and at >= ${from} and at < ${to}
    order by at, subject, person`.execute(db);
  return { ratings: ratings.rows, wrong: wrong.rows };
}

export async function loadReview(db: Db, worker: WorkerId, quarter: string): Promise<Written | undefined> {
  const { rows } = await sql<{ written: unknown }>`select written from role_review
    where worker = ${worker} and quarter = ${quarter}`.execute(db);
  return rows.map(({ written }) => writtenShape.parse(written))[0];
}

/** Keeps a review as it is told; false when there is one of that worker and quarter. */
export async function insertReview(tx: Tx, written: Written, at: Date): Promise<boolean> {
  const { rows } = await sql`insert into role_review (worker, quarter, written, told_at)
    values (${written.worker}, ${written.quarter}, ${jsonOf(written)}::jsonb, ${at})
    on conflict do nothing returning worker`.execute(tx);
  return rows.length === 1;
}
