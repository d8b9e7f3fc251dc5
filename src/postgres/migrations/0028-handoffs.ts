import { type Kysely, sql } from 'kysely';

/** What one worker hands to the next, and whether it was taken; and which worker told each line of an incident. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table handoff (
    id bigint generated always as identity primary key,
    incident text not null,
    from_worker text,
    from_duty text,
    from_person text,
    to_worker text not null,
    to_duty text not null,
    intent text not null,
    confidence double precision not null check (confidence between 0 and 1),
    reasoning jsonb not null,
    evidence jsonb not null,
    handed_at timestamptz not null default clock_timestamp(),
    accepted_at timestamptz,
    accepted_by text,
    refused text,
    check ((from_worker is null) <> (from_person is null)),
    check (accepted_at is null or refused is null)
  )`.execute(db);
  await sql`create index handoff_incident on handoff (incident, id)`.execute(db);
  // One at a time is in the air: whatever runs twice, two workers never both have an incident.
  await sql`create unique index handoff_open on handoff (incident)
    where accepted_at is null and refused is null`.execute(db);
  await sql`alter table incident_entry add column worker text`.execute(db);
}
