import { type Kysely, sql } from 'kysely';

/** The tables of the record: audit, deliveries, what is shown where, actions, approvals, signals, incidents. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await audit(db);
  await chat(db);
  await deeds(db);
  await incidents(db);
}

async function audit(db: Kysely<unknown>) {
  await sql`create table audit (
    seq bigint primary key check (seq > 0),
    chain text not null check (chain in ('real', 'trial')),
    text text not null,
    content bytea not null,
    previous bytea not null unique,
    hash bytea not null unique
  )`.execute(db);
  await sql`create index audit_tail on audit (chain, seq desc)`.execute(db);
  await sql`create table audit_words (
    digest bytea primary key,
    salt bytea not null,
    words text not null
  )`.execute(db);
  await sql`create function audit_append(of_chain text, entries text[]) returns bigint
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    declare
      number bigint;
      tail bytea;
      entry text;
      body text;
      digest bytea;
    begin
      perform pg_advisory_xact_lock(5870110201);
      select coalesce(max(seq), 0) into number from audit;
      select hash into tail from audit where chain = of_chain order by seq desc limit 1;
      if tail is null then
        tail := sha256(convert_to('roster audit chain ' || of_chain, 'UTF8'));
      end if;
      foreach entry in array entries loop
        number := number + 1;
        body := '{"at":"' || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
          || '","chain":"' || of_chain || '","entry":' || entry || ',"seq":' || number || '}';
        digest := sha256(convert_to(body, 'UTF8'));
        insert into audit (seq, chain, text, content, previous, hash)
          values (number, of_chain, body, digest, tail, sha256(tail || digest))
          returning hash into tail;
      end loop;
      return number;
    end $$`.execute(db);
  await sql`revoke execute on function audit_append from public`.execute(db);
  await sql`create function audit_refuse() returns trigger language plpgsql as $$
    begin
      raise exception 'The audit is append-only: % is refused.', tg_op;
    end $$`.execute(db);
  await sql`create trigger audit_no_change before update or delete on audit
    for each row execute function audit_refuse()`.execute(db);
  await sql`create trigger audit_no_truncate before truncate on audit
    for each statement execute function audit_refuse()`.execute(db);
}

async function chat(db: Kysely<unknown>) {
  await sql`create table delivery (
    id text primary key,
    place text not null,
    message text not null,
    thread text,
    account text not null,
    text text not null,
    direct boolean not null,
    received_at timestamptz not null default clock_timestamp(),
    answer jsonb,
    unique (place, message)
  )`.execute(db);
  await sql`create table shown (
    subject text not null,
    part text not null,
    place text not null,
    thread text,
    message text,
    link text,
    digest text,
    primary key (subject, part, place)
  )`.execute(db);
}

async function deeds(db: Kysely<unknown>) {
  await sql`create table action (
    id text primary key,
    incident text,
    step integer,
    worker text not null,
    charter text not null,
    policy text not null,
    tool text not null,
    tool_version integer not null,
    arguments jsonb not null,
    target text not null,
    digest text not null,
    confidence double precision not null,
    question jsonb not null,
    status text not null,
    decision jsonb not null,
    autonomous boolean not null default false,
    handle text,
    output text,
    proposed_at timestamptz not null default clock_timestamp(),
    started_at timestamptz,
    ended_at timestamptz,
    unique (incident, step)
  )`.execute(db);
  await sql`create table action_allowance (
    incident text primary key,
    used integer not null default 0,
    granted integer not null,
    held boolean not null default false,
    check (used between 0 and granted)
  )`.execute(db);
  await sql`create table approval (
    id text primary key,
    action text not null unique,
    worker text not null,
    digest text not null,
    incident text,
    terms jsonb not null,
    question jsonb not null,
    status text not null,
    asked_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    answered_by text,
    answered_at timestamptz,
    reason text,
    outcome text
  )`.execute(db);
}

async function incidents(db: Kysely<unknown>) {
  await sql`create table signal (
    id text primary key,
    fingerprint text not null,
    service text not null,
    server text,
    metric text not null,
    value double precision not null,
    mean double precision not null,
    deviation double precision not null,
    z double precision not null,
    raised_at timestamptz not null default clock_timestamp(),
    incident text
  )`.execute(db);
  await sql`create sequence incident_number`.execute(db);
  await sql`create table incident (
    id text primary key,
    service text not null,
    status text not null,
    severity integer not null,
    worker text not null,
    owner text,
    cause jsonb,
    runbook jsonb,
    opened_at timestamptz not null default clock_timestamp(),
    mitigated_at timestamptz,
    usual_since timestamptz,
    ended_at timestamptz
  )`.execute(db);
  await sql`create table incident_entry (
    id bigint generated always as identity primary key,
    incident text not null,
    kind text not null,
    facts jsonb not null,
    at timestamptz not null default clock_timestamp()
  )`.execute(db);
  await sql`create index incident_entry_of on incident_entry (incident, id)`.execute(db);
}
