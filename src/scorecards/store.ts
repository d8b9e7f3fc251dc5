import { sql } from 'kysely';
import type { Db, Tx } from '../postgres/database.ts';
import type {
  Answered,
  Asked,
  Case,
  Deed,
  Effect,
  Facts,
  Period,
  Proposal,
  Rating,
  Spent,
  Told,
  Vote,
} from './facts.ts';
import type { Said } from './reliability.ts';

/** What a person may have to do about an incident, by the lines of its log. */
const byPeople = [
  'taken',
  'by-hand',
  'checklist',
  'chosen',
  'redirected',
  'skipped',
  'resolved',
  'wrong-cause',
  'reopened',
  'paused',
  'merged',
  'split-off',
];

type CaseRow = Omit<Case, 'needed' | 'byPeople' | 'redone'> & {
  kinds: string[];
  answered: boolean;
  /** How often its cause was looked for. */
  looks: number;
};

/** Incidents that ended in the period, as a person would count them: what was merged is part of another. */
export async function loadCases(db: Db, { from, to }: Period): Promise<Case[]> {
  const { rows } = await sql<CaseRow>`select i.id, i.ended_at as at, i.service, i.severity,
      i.status = 'false-alarm' as "falseAlarm", i.opened_at as "openedAt", e.looks,
      e.cause_at as "causeAt", e.cause_by as "causeBy", coalesce(i.mitigated_at, i.usual_since) as "mendedAt",
      array(select distinct w from unnest(e.workers || h.workers || i.worker) as w where w is not null order by w) as workers,
      e.kinds, exists (select 1 from approval a join approval_answer g on g.approval = a.id
        where a.incident = i.id) as answered,
      (p.written #>> '{impact,userMinutes,value}')::float8 as "userMinutes",
      (select count(*)::int from shown s where s.message is not null and s.subject in (
        select 'incident:' || i.id union all select 'approval:' || a.id from approval a where a.incident = i.id
        union all select 'signal:' || g.id from signal g where g.incident = i.id)) as posts
    from incident i
    cross join lateral (select
        min(at) filter (where kind = 'diagnosis') as cause_at,
        (count(*) filter (where kind = 'diagnosis' and facts->'argued' is null))::int as looks,
        (array_agg(worker order by id) filter (where kind = 'diagnosis'))[1] as cause_by,
        coalesce(array_agg(distinct kind), '{}') as kinds, coalesce(array_agg(distinct worker), '{}') as workers
      from incident_entry where incident = i.id) e
    cross join lateral (select coalesce(array_agg(distinct accepted_by), '{}') as workers
      from handoff where incident = i.id and accepted_at is not null) h
    left join post_mortem p on p.incident = i.id
    where i.kind = 'incident' and i.status <> 'merged' and i.ended_at >= ${from} and i.ended_at < ${to}
    order by i.ended_at, i.id`.execute(db);
  return rows.map(({ kinds, answered, looks, ...row }) => ({
    ...row,
    needed: [
      ...(answered ? ['asked' as const] : []),
      ...(kinds.includes('escalated') ? ['escalated' as const] : []),
      ...(kinds.includes('taken') ? ['taken' as const] : []),
      ...(kinds.some((one) => one === 'by-hand' || one === 'checklist') ? ['by hand' as const] : []),
      ...(kinds.some((one) => steering.includes(one)) ? ['steered' as const] : []),
      ...(kinds.some((one) => one === 'resolved' || one === 'false-alarm')
        ? ['ended by a person' as const]
        : []),
    ],
    byPeople: byPeople.filter((one) => kinds.includes(one)),
    redone: [
      ...(kinds.includes('wrong-cause') ? ['wrong cause' as const] : []),
      ...(kinds.includes('chosen') ? ['another cause chosen' as const] : []),
      ...(kinds.includes('unmended') ? ['rolled back' as const] : []),
      ...(looks > 1 || kinds.includes('reopened') ? ['looked into again' as const] : []),
    ],
  }));
}

const steering = ['chosen', 'redirected', 'skipped', 'wrong-cause', 'reopened', 'paused', 'split-off'];

export async function loadPredictions(db: Db, { from, to }: Period): Promise<Facts['predictions']> {
  const { rows } = await sql<Facts['predictions'][number]>`select id, ended_at as at, worker,
      status = 'closed' and exists (select 1 from action a where a.incident = incident.id and a.status = 'done') as prevented
    from incident where kind = 'prediction' and status <> 'merged' and ended_at >= ${from} and ended_at < ${to}
    order by ended_at, id`.execute(db);
  return rows;
}

export async function loadSignals(db: Db, { from, to }: Period): Promise<Told[]> {
  const { rows } =
    await sql<Told>`select s.id, s.raised_at as at, s.service, s.held is not null as held, s.incident,
      coalesce(i.status = 'false-alarm', false) or v.signal is not null as useless,
      i.id is not null or exists (select 1 from silence q where q.signal = s.id) as acted,
      s.recovered_at is not null and (i.id is null or i.ended_at is not null) or v.signal is not null as settled
    from signal s left join incident i on i.id = s.incident
    left join (select distinct signal from signal_vote) v on v.signal = s.id
    where s.raised_at >= ${from} and s.raised_at < ${to} order by s.raised_at, s.id`.execute(db);
  return rows;
}

export async function loadDeeds(db: Db, { from, to }: Period): Promise<Omit<Deed, 'audited'>[]> {
  const { rows } = await sql<Omit<Deed, 'audited'>>`select id, ended_at as at, incident, worker, tool, status,
      started_at is not null as ran, autonomous, decision->>'kind' as decided,
      exists (select 1 from approval p where p.action = action.id and p.consumed_at is not null) as approved,
      health, confidence, requested_by as "requestedBy", undoes is not null as "rollsBack"
    from action where ended_at >= ${from} and ended_at < ${to} order by ended_at, id`.execute(db);
  return rows;
}

type AskedRow = Omit<Asked, 'answers'> & { answers: (Omit<Answered, 'at'> & { at: string })[] };

/** Questions by when they were closed: the last answer, else when their time was up; as it ended, of what was approved. */
export async function loadQuestions(db: Db, { from, to }: Period): Promise<Asked[]> {
  const { rows } =
    await sql<AskedRow>`select * from (select p.id, p.asked_at as "askedAt", p.incident, p.worker,
      p.question->>'what' as what, p.status, p.round as rounds,
      (select coalesce(json_agg(json_build_object('person', person, 'answer', answer, 'reason', reason, 'at', g.at)
        order by g.at), '[]') from approval_answer g where g.approval = p.id) as answers,
      coalesce((select max(g.at) from approval_answer g where g.approval = p.id), p.expires_at) as at,
      p.status = 'approved' and (a.status in ('failed', 'indeterminate') or a.health in ('same', 'worse')
        or exists (select 1 from action u where u.undoes = a.id)) as regretted
    from approval p join action a on a.id = p.action
    where p.status <> 'open' and p.asked_at < ${to}) asked
    where at >= ${from} and at < ${to} order by at, id`.execute(db);
  return rows.map((row) => ({
    ...row,
    answers: row.answers.map((one) => ({ ...one, at: new Date(one.at) })),
  }));
}

export async function loadEffects(db: Db, { from, to }: Period): Promise<Effect[]> {
  const { rows } =
    await sql<Effect>`select s.incident || ' step ' || (s.step + 1) as id, s.looked_at as at, s.incident,
      a.worker, s.grade <> 'not' as seen
    from incident_step s left join action a on a.id = s.action
    where s.grade is not null and s.looked_at >= ${from} and s.looked_at < ${to}
    order by s.looked_at, s.incident, s.attempt, s.step`.execute(db);
  return rows;
}

export async function loadVotes(db: Db, { from, to }: Period): Promise<Vote[]> {
  const { rows } = await sql<Vote>`select subject || ' by ' || person as id, at, worker, up from answer_vote
    where at >= ${from} and at < ${to} order by at, subject, person`.execute(db);
  return rows;
}

export async function loadRatings(db: Db, { from, to }: Period): Promise<Rating[]> {
  const { rows } = await sql<Rating>`select 'rating ' || id as id, at, worker, stars from worker_rating
    where at >= ${from} and at < ${to} order by at, id`.execute(db);
  return rows;
}

export async function loadProposals(db: Db, { from, to }: Period): Promise<Proposal[]> {
  const { rows } = await sql<Proposal>`select incident as id, proposed_at as at from runbook_proposal
    where settled = 'adopted' and proposed_at >= ${from} and proposed_at < ${to} order by proposed_at, incident`.execute(
    db,
  );
  return rows;
}

/** By days of UTC, as budgets count them. */
export async function loadSpent(db: Db, { from, to }: Period): Promise<Spent[]> {
  const { rows } = await sql<Spent>`select name as id, split_part(name, ':', 2) as worker,
      split_part(name, ':', 3)::date::timestamp at time zone 'UTC' as at,
      coalesce(sum(used) filter (where unit = 'money'), 0)::float8 as money,
      coalesce(sum(used) filter (where unit = 'tokens'), 0)::float8 as tokens
    from budget_used where name like 'worker:%' and unit in ('money', 'tokens')
      and split_part(name, ':', 3) between to_char(${from}::timestamptz at time zone 'UTC', 'YYYY-MM-DD')
        and to_char(${to}::timestamptz at time zone 'UTC', 'YYYY-MM-DD')
    group by name order by name`.execute(db);
  return rows;
}

/** Confidences as they were said, and what came of them: of deeds that were judged, and of causes that were acted on. */
export async function loadSaid(db: Db, { from, to }: Period): Promise<Said[]> {
  const { rows } =
    await sql<Said>`select 'deed ' || tool as class, worker, confidence as said, health = 'better' as right,
      autonomous as alone
    from action where health is not null and undoes is null and ended_at >= ${from} and ended_at < ${to}
    union all
    select 'cause ' || o.class, i.worker, coalesce((i.cause->>'confidence')::float8, o.raw), o."right", false
    from outcome o join incident i on i.id = o.incident
    where i.cause->>'kind' = o.class and o.settles >= ${from} and o.settles < ${to}`.execute(db);
  return rows;
}

/** Whether a round such as `habits 2026-11` was begun. */
export async function wasBegun(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql`select 1 from review_round where name = ${name}`.execute(db);
  return rows.length === 1;
}

/** Begins a round in the transaction that does all of it; false when another did. */
export async function begin(tx: Tx, name: string, at: Date): Promise<boolean> {
  const { rows } = await sql`insert into review_round (name, at) values (${name}, ${at})
    on conflict do nothing returning name`.execute(tx);
  return rows.length === 1;
}
