// Every figure once more, straight from the tables: written beside the product's way, sharing nothing with it.
import { type RawBuilder, sql } from 'kysely';
import { fernwood } from '../../src/estate/company.ts';
import type { Db } from '../../src/postgres/database.ts';
import type { Period } from '../../src/scorecards/facts.ts';

const ended = ({ from, to }: Period) =>
  sql`i.kind = 'incident' and i.status in ('closed', 'false-alarm') and i.ended_at >= ${from} and i.ended_at < ${to}`;
const real = (period: Period) => sql`${ended(period)} and i.status = 'closed'`;
const mended = sql`coalesce(i.mitigated_at, i.usual_since)`;
const has = (...kinds: string[]) =>
  sql`exists (select 1 from incident_entry e where e.incident = i.id and e.kind = any(${kinds}))`;
const answered = sql`exists (select 1 from approval a, approval_answer g where g.approval = a.id and a.incident = i.id)`;
const person = sql`(${answered} or ${has('escalated', 'taken', 'by-hand', 'checklist', 'chosen', 'redirected', 'skipped', 'wrong-cause', 'reopened', 'paused', 'split-off', 'resolved', 'false-alarm')})`;
const again = sql`(${has('reopened')} or 1 < (select count(*) from incident_entry e where e.incident = i.id and e.kind = 'diagnosis'
  and not e.facts ? 'argued'))`;
const alone = sql`(${mended} is not null and not ${person})`;
const minutes = sql`extract(epoch from ${mended} - i.opened_at) / 60`;
const agreed = sql`(values ${sql.join(
  fernwood.services.map(
    ({ id, revenuePerMinute, slaMinutes }) =>
      sql`(${id}, ${revenuePerMinute}::float8, ${slaMinutes ?? null}::float8)`,
  ),
)}) as s(id, revenue, sla)`;
const closed = ({ from, to }: Period) => sql`(select a.*, coalesce((select max(at) from approval_answer g
    where g.approval = a.id), a.expires_at) as over_at from approval a
    where a.status in ('approved', 'rejected', 'lapsed')) a where a.over_at >= ${from} and a.over_at < ${to}`;
const over = ({ from, to }: Period) => sql`d.ended_at >= ${from} and d.ended_at < ${to}`;
const settled = ({
  from,
  to,
}: Period) => sql`s.raised_at >= ${from} and s.raised_at < ${to} and s.held is null
    and (exists (select 1 from signal_vote v where v.signal = s.id)
      or (s.recovered_at is not null and (s.incident is null
        or exists (select 1 from incident i where i.id = s.incident and i.ended_at is not null))))`;
const useless = sql`(exists (select 1 from signal_vote v where v.signal = s.id)
    or exists (select 1 from incident i where i.id = s.incident and i.status = 'false-alarm'))`;
const in_ = (column: RawBuilder<unknown>, { from, to }: Period) =>
  sql`${column} >= ${from} and ${column} < ${to}`;
const share = (which: RawBuilder<unknown>) =>
  sql`count(*) filter (where ${which})::float8 / nullif(count(*), 0)`;

type Query = (period: Period) => RawBuilder<{ value: number | null; of: number }>;
const from = (value: RawBuilder<unknown>, of: RawBuilder<unknown>, rest: RawBuilder<unknown>) =>
  sql<{
    value: number | null;
    of: number;
  }>`select (${value})::float8 as value, (${of})::int as of from ${rest}`;
const all = sql`count(*)`;

/** By the figure's id: its value, and of how many rows. */
export const independent: Record<string, Query> = {
  mttr: (p) => from(sql`avg(${minutes})`, sql`count(${mended})`, sql`incident i where ${real(p)}`),
  'under-4-min': (p) =>
    from(share(sql`${minutes} < 4`), all, sql`incident i where ${real(p)} and ${mended} is not null`),
  'cause-2-min': (p) =>
    from(
      share(sql`(select min(at) from incident_entry e where e.incident = i.id and e.kind = 'diagnosis')
        <= i.opened_at + interval '2 min'`),
      all,
      sql`incident i where ${real(p)}`,
    ),
  alone: (p) => from(share(alone), all, sql`incident i where ${real(p)}`),
  'user-minutes': (p) =>
    from(
      sql`coalesce(sum((p.written->'impact'->'userMinutes'->>'value')::float8), 0)`,
      sql`count(p.written->'impact'->'userMinutes'->>'value')`,
      sql`incident i left join post_mortem p on p.incident = i.id where ${real(p)}`,
    ),
  'revenue-protected': (p) =>
    from(
      sql`coalesce(sum(s.revenue * (s.sla - ${minutes})), 0)`,
      sql`count(s.sla - ${minutes})`,
      sql`incident i left join ${agreed} on s.id = i.service where ${real(p)}`,
    ),
  prevented: ({ from: a, to: b }) =>
    from(
      all,
      all,
      sql`incident i where kind = 'prediction' and status = 'closed' and ended_at >= ${a} and ended_at < ${b}
        and 0 < (select count(*) from action where incident = i.id and status = 'done')`,
    ),
  'hours-returned': (p) =>
    from(
      sql`(coalesce((select sum((array[180, 90, 45, 20])[i.severity]) from incident i where ${real(p)} and ${alone}), 0)
        - 5 * (select count(*) from approval_answer g join ${sql`(select a.id, coalesce((select max(at) from approval_answer g
          where g.approval = a.id), a.expires_at) as over_at from approval a where a.status <> 'open')`} a on a.id = g.approval
          where ${in_(sql`a.over_at`, p)})) / 60.0`,
      sql`(select count(*) from incident i where ${real(p)} and ${alone}) + (select count(*) from approval_answer g
        join ${sql`(select a.id, coalesce((select max(at) from approval_answer g where g.approval = a.id), a.expires_at)
          as over_at from approval a where a.status <> 'open')`} a on a.id = g.approval where ${in_(sql`a.over_at`, p)})`,
      sql`(values (1)) as one`,
    ),
  'first-line': (p) => from(all, all, sql`incident i where ${real(p)} and ${alone} and severity in (3, 4)`),
  'second-line': (p) => from(all, all, sql`incident i where ${real(p)} and ${alone} and severity in (1, 2)`),
  cost: ({ from: a, to: b }) =>
    from(
      sql`coalesce(sum(used), 0) / 100.0`,
      sql`count(distinct name)`,
      sql`budget_used where name like 'worker:%' and unit = 'money'
        and (split_part(name, ':', 3) || 'T00:00:00Z')::timestamptz between ${a} and ${b}::timestamptz - interval '1 us'`,
    ),
  'cost-per-outcome': (p) =>
    from(
      sql`(select coalesce(sum(used), 0) / 100.0 from budget_used where name like 'worker:%' and unit = 'money'
        and (split_part(name, ':', 3) || 'T00:00:00Z')::timestamptz between ${p.from} and ${p.to}::timestamptz - interval '1 us')
        / nullif(count(*), 0)`,
      all,
      sql`incident i where ${real(p)} and ${mended} is not null`,
    ),
  rated: (p) => from(sql`avg(stars)`, all, sql`worker_rating where ${in_(sql`at`, p)}`),
  errors: (p) =>
    from(
      share(sql`d.status in ('failed', 'indeterminate')`),
      all,
      sql`action d where ${over(p)} and d.started_at is not null`,
    ),
  revisions: (p) =>
    from(share(sql`(${has('wrong-cause', 'chosen')} or ${again})`), all, sql`incident i where ${real(p)}`),
  'false-alarms': (p) => from(share(useless), all, sql`signal s where ${settled(p)}`),
  'acted-upon': (p) =>
    from(
      share(
        sql`not ${useless} and (s.incident is not null or exists (select 1 from silence q where q.signal = s.id))`,
      ),
      all,
      sql`signal s where ${settled(p)}`,
    ),
  posts: (p) =>
    from(
      sql`avg((select count(*) from shown where message is not null and (subject = 'incident:' || i.id
        or subject in (select 'approval:' || id from approval where incident = i.id)
        or subject in (select 'signal:' || id from signal where incident = i.id))))`,
      all,
      sql`incident i where ${ended(p)}`,
    ),
  'over-escalation': (p) =>
    from(
      share(
        sql`i.status = 'false-alarm' or not (${answered} or ${has('taken', 'by-hand', 'checklist', 'chosen', 'redirected', 'skipped', 'resolved', 'wrong-cause', 'reopened', 'paused', 'merged', 'split-off')})`,
      ),
      all,
      sql`incident i where ${ended(p)} and ${has('escalated')}`,
    ),
  'under-escalation': (p) =>
    from(
      share(sql`(${has('wrong-cause')} or ${again} or exists (select 1 from action d where d.incident = i.id
        and d.autonomous and d.health = 'worse' and ${over(p)}))`),
      all,
      sql`incident i where ${real(p)} and not ${has('escalated')}`,
    ),
  decisions: (p) =>
    from(
      share(sql`d.health = 'better'`),
      all,
      sql`action d where ${over(p)} and d.health is not null and d.undoes is null`,
    ),
  effects: (p) =>
    from(
      share(sql`grade in ('as-expected', 'better')`),
      all,
      sql`incident_step where grade is not null and ${in_(sql`looked_at`, p)}`,
    ),
  asked: (p) => from(all, all, closed(p)),
  'time-to-decide': (p) =>
    from(
      sql`percentile_cont(0.5) within group (order by extract(epoch from a.over_at - a.asked_at) / 60)`,
      all,
      sql`${closed(p)} and a.status <> 'lapsed'`,
    ),
  lapsed: (p) => from(share(sql`a.status = 'lapsed'`), all, closed(p)),
  approved: (p) => from(share(sql`a.status = 'approved'`), all, sql`${closed(p)} and a.status <> 'lapsed'`),
  satisfaction: (p) => from(share(sql`up`), all, sql`answer_vote where ${in_(sql`at`, p)}`),
  'first-attempt': (p) =>
    from(
      share(sql`not (${has('wrong-cause', 'chosen', 'unmended')} or ${again})`),
      all,
      sql`incident i where ${real(p)} and ${mended} is not null`,
    ),
  learnt: (p) =>
    from(all, all, sql`runbook_proposal where settled = 'adopted' and ${in_(sql`proposed_at`, p)}`),
  violations: (p) =>
    from(
      all,
      all,
      sql`action d where ${over(p)} and d.started_at is not null
        and not (d.autonomous and d.decision->>'kind' in ('allow', 'notify'))
        and not exists (select 1 from approval a where a.action = d.id and a.consumed_at is not null)`,
    ),
  audited: (p) =>
    from(
      share(sql`exists (select 1 from audit a where a.text::jsonb #>> '{entry,about,action}' = d.id
          and a.text::jsonb #>> '{entry,kind}' = 'action.running')
        and exists (select 1 from audit a where a.text::jsonb #>> '{entry,about,action}' = d.id
          and a.text::jsonb #>> '{entry,kind}' in ('action.ended', 'action.cancelled'))`),
      all,
      sql`action d where ${over(p)} and d.started_at is not null`,
    ),
  risks: (p) =>
    from(
      sql`count(*) + (select count(*) from audit where text::jsonb #>> '{entry,kind}' = 'kill.thrown'
        and (text::jsonb->>'at')::timestamptz >= ${p.from} and (text::jsonb->>'at')::timestamptz < ${p.to})`,
      sql`count(*) + (select count(*) from audit where text::jsonb #>> '{entry,kind}' = 'kill.thrown'
        and (text::jsonb->>'at')::timestamptz >= ${p.from} and (text::jsonb->>'at')::timestamptz < ${p.to})`,
      sql`action d where ${over(p)} and d.health = 'worse'`,
    ),
  'turned-back': (p) =>
    from(all, all, sql`action d where ${over(p)} and d.status = 'refused' and d.started_at is null`),
};

/** A figure as the tables say it. Throws where nobody wrote the query. */
export async function fromTables(
  db: Db,
  id: string,
  period: Period,
): Promise<{ value: number | null; of: number }> {
  const query = independent[id];
  if (!query)
    throw new Error(`No query reckons ${id} a second time: add it to test/scorecards/independent.ts.`);
  const { rows } = await query(period).execute(db);
  return rows[0] ?? { value: null, of: 0 };
}
