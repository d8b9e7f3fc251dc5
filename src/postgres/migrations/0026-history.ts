import { type Kysely, sql } from 'kysely';

/** Past incidents, own and imported, to be found by their words and by what they had in common; and what a diagnosis saw. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create extension if not exists pg_trgm`.execute(db);
  await sql`create table past_incident (
    id text primary key,
    source text not null check (source in ('own', 'file', 'servicenow', 'jira')),
    key text not null,
    title text not null,
    symptoms text not null,
    root_cause text not null,
    resolution text not null,
    kind text,
    service text,
    server text,
    severity integer,
    opened_at timestamptz not null,
    ended_at timestamptz,
    runbook text,
    metrics text[] not null,
    templates text[] not null,
    search tsvector not null generated always as (
      setweight(to_tsvector('english', title), 'A')
      || setweight(to_tsvector('english', symptoms), 'B')
      || setweight(to_tsvector('english', root_cause || ' ' || resolution), 'C')) stored,
    unique (source, key)
  )`.execute(db);
  await sql`create index past_incident_search on past_incident using gin (search)`.execute(db);
  await sql`create index past_incident_title on past_incident using gist (title gist_trgm_ops)`.execute(db);
  await sql`create index past_incident_service on past_incident (service)`.execute(db);
  await sql`create index past_incident_templates on past_incident using gin (templates)`.execute(db);
  await sql`create index past_incident_opened on past_incident (opened_at)`.execute(db);
  await sql`create table incident_evidence (
    incident text not null,
    attempt integer not null,
    at timestamptz not null,
    frozen jsonb not null,
    cut text[] not null,
    primary key (incident, attempt)
  )`.execute(db);
}
