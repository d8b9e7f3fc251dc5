// Decisions of people as rows: what habits and role reviews are read from.
import { sql } from 'kysely';
import type { Db } from '../../src/postgres/database.ts';
import { jsonOf } from '../../src/postgres/text.ts';

export interface Decided {
  person: string;
  /** When it was asked. */
  at: Date;
  /** From being asked to deciding. */
  seconds: number;
  no?: boolean;
  /** What was approved did not help. */
  badly?: boolean;
  /** They asked for more before. */
  enquired?: boolean;
  worker?: string;
  tool?: string;
}

/** Writes decisions, with what came of each, numbered from `first`. */
export async function decide(db: Db, all: Decided[], first = 1): Promise<void> {
  const rows = all.map(({ at, seconds, ...one }, nth) => ({
    ...{
      id: `${first + nth}`,
      no: false,
      badly: false,
      enquired: false,
      worker: 'rex',
      tool: 'restart-service',
    },
    ...one,
    ...{ asked: at.toISOString(), answered: new Date(at.getTime() + seconds * 1_000).toISOString() },
  }));
  const given = sql`jsonb_to_recordset(${jsonOf(rows)}::jsonb) as r(id text, person text, no boolean, badly boolean,
    enquired boolean, worker text, tool text, asked timestamptz, answered timestamptz)`;
  await sql`insert into action (id, incident, worker, tool, status, autonomous, decision, health, confidence, started_at, ended_at,
      proposed_at, charter, policy, tool_version, arguments, target, digest, question)
    select 'act-d' || id, 'inc-' || id, worker, tool, case when no then 'rejected' else 'done' end, false, '{"kind":"ask"}',
      case when no then null when badly then 'same' else 'better' end, 0.9, case when no then null else answered end,
      answered + interval '20 s', asked, worker || '@1', '1', 1, '{}', 'checkout', '', '{"what":"Restart checkout"}' from ${given}`.execute(
    db,
  );
  await sql`insert into approval (id, action, incident, worker, asked_at, status, expires_at, consumed_at, question, digest, terms)
    select 'apr-d' || id, 'act-d' || id, 'inc-' || id, worker, asked, case when no then 'rejected' else 'approved' end,
      asked + interval '4 h', case when no then null else answered end, '{"what":"Restart checkout"}', '',
      '{"seats":[["on-call"]],"minutes":240}' from ${given}`.execute(db);
  await sql`insert into approval_answer (approval, person, roles, answer, typed, at)
    select 'apr-d' || id, person, '["on-call"]', case when no then 'reject' else 'approve' end, false, answered
    from ${given}`.execute(db);
  await sql`insert into approval_enquiry (approval, person, question, at)
    select 'apr-d' || id, person, 'Why?', asked from ${given} where enquired`.execute(db);
}
