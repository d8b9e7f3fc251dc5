import { sql } from 'kysely';
import type { Db, Tx } from '../postgres/database.ts';
import { storable } from '../postgres/text.ts';
import type { PastIncident } from './history.ts';

const columns = sql`id, source, key, title, symptoms, root_cause as "rootCause", resolution, kind, service, server,
  severity, opened_at as "openedAt", ended_at as "endedAt", runbook, metrics, templates`;

/** The last line under a thumb down on the incident: erased there, it is gone here. */
const found = sql`(select v.line from answer_vote v where v.subject = 'incident:' || past_incident.id and not v.up
  and v.line is not null order by v.at desc, v.person limit 1)`;

/** Writes one down, and says whether it was there. */
export async function upsert(tx: Tx, one: PastIncident): Promise<'added' | 'changed' | 'same'> {
  const [title, symptoms, rootCause, resolution] = [
    ...[one.title, one.symptoms, one.rootCause, one.resolution].map(storable),
  ];
  const templates = one.templates.map(storable);
  const { rows } = await sql<{ added: boolean }>`insert into past_incident as kept
    (id, source, key, title, symptoms, root_cause, resolution, kind, service, server, severity, opened_at, ended_at,
      runbook, metrics, templates)
    values (${one.id}, ${one.source}, ${one.key}, ${title}, ${symptoms}, ${rootCause}, ${resolution}, ${one.kind},
      ${one.service}, ${one.server}, ${one.severity}, ${one.openedAt}, ${one.endedAt}, ${one.runbook},
      ${one.metrics}::text[], ${templates}::text[])
    on conflict (id) do update set title = excluded.title, symptoms = excluded.symptoms,
      root_cause = excluded.root_cause, resolution = excluded.resolution, kind = excluded.kind,
      service = excluded.service, server = excluded.server, severity = excluded.severity,
      opened_at = excluded.opened_at, ended_at = excluded.ended_at, runbook = excluded.runbook,
      metrics = excluded.metrics, templates = excluded.templates
    where (kept.title, kept.symptoms, kept.root_cause, kept.resolution, kept.kind, kept.service, kept.server, kept.severity,
        kept.opened_at, kept.ended_at, kept.runbook, kept.metrics, kept.templates)
      is distinct from (excluded.title, excluded.symptoms, excluded.root_cause, excluded.resolution, excluded.kind,
        excluded.service, excluded.server, excluded.severity, excluded.opened_at, excluded.ended_at,
        excluded.runbook, excluded.metrics, excluded.templates)
    returning kept.xmax = 0 as added`.execute(tx);
  const [row] = rows;
  return row === undefined ? 'same' : row.added ? 'added' : 'changed';
}

export interface Word {
  /** As full text search knows it: without its ending. */
  lexeme: string;
  /** In how many past incidents it is. */
  seen: number;
}

/** What a text's words are to full text search, and how many past incidents each is in. */
export async function loadWords(db: Db, text: string): Promise<{ total: number; words: Word[] }> {
  const { rows } = await sql<Word>`select lexeme,
      (select count(*) from past_incident where search @@ to_tsquery('simple', quote_literal(lexeme)))::integer as seen
    from unnest(to_tsvector('english', ${storable(text)})) order by lexeme`.execute(db);
  const count = await sql<{ total: number }>`select count(*)::integer as total from past_incident`.execute(
    db,
  );
  return { total: count.rows[0]?.total ?? 0, words: rows };
}

export interface Wanted {
  /** Words as `websearch_to_tsquery` reads them: one or another. */
  query: string;
  title: string;
  lexemes: string[];
  service: string | null;
  /** Services one call away. */
  near: string[];
  servers: string[];
  metrics: string[];
  templates: string[];
  /** Only what was over, or at least begun, before. */
  before: Date;
  not: string | null;
}

export interface Candidate extends PastIncident {
  /** The words it shares with what is asked for, as full text search knows them. */
  shared: string[];
  /** How alike the titles are written, 0–1: pg_trgm's similarity. */
  written: number;
}

/** Past incidents that share words, a title written alike, a place or what was seen: some from each way of asking. */
export async function loadCandidates(db: Db, wanted: Wanted): Promise<Candidate[]> {
  const { query, title, lexemes, service, near, servers, metrics, templates, before, not } = wanted;
  const { rows } = await sql<Candidate>`with asked as (
      select websearch_to_tsquery('english', ${storable(query)}) as query
    ), eligible as not materialized (
      select * from past_incident where opened_at < ${before} and id is distinct from ${not}::text
    ), found as (
      (select id from eligible, asked where search @@ query order by ts_rank(search, query, 1) desc, id limit 100)
      union
      (select id from eligible order by title <-> ${storable(title)}, id limit 40)
      union
      (select id from eligible
        where service = any(${[...(service ? [service] : []), ...near]}::text[]) or server = any(${servers}::text[])
          or templates && ${templates.map(storable)}::text[]
        order by (service is not distinct from ${service}::text)::integer + (server = any(${servers}::text[]))::integer
            + (templates && ${templates.map(storable)}::text[])::integer * 2
            + (metrics && ${metrics}::text[])::integer desc nulls last, opened_at desc, id
        limit 200)
    )
    select ${columns}, ${found} as found, similarity(title, ${storable(title)})::float8 as written,
      array(select lexeme from unnest(search) where lexeme = any(${lexemes}::text[])) as shared
    from past_incident where id in (select id from found) order by id`.execute(db);
  return rows;
}

/** The metrics that at least half of the past incidents of a kind had, of those whose metrics are known. */
export async function loadKindMetrics(db: Db): Promise<{ kind: string; metrics: string[] }[]> {
  const { rows } = await sql<{ kind: string; metrics: string[] }>`with known as (
      select kind, metrics from past_incident where kind is not null and metrics <> '{}'
    ), counted as (
      select kind, count(*) as all_of from known group by kind
    ), one as (
      select kind, metric, count(*) as times from known, unnest(metrics) as metric group by kind, metric
    )
    select kind, array_agg(metric order by metric) as metrics from one join counted using (kind)
    where times * 2 >= all_of group by kind`.execute(db);
  return rows;
}
