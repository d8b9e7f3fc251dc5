import { type Kysely, sql } from 'kysely';

/** Each step of a runbook as it was gone through: by a worker's action or by a person, what it was to bring about, and what was seen. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table incident_step (
    incident text not null,
    attempt integer not null,
    step integer not null,
    runbook text not null,
    version integer not null,
    tool text not null,
    what text not null,
    state text not null check (state in ('due', 'done', 'skipped')),
    action text,
    person text,
    words text,
    expected jsonb,
    before double precision,
    checks jsonb not null,
    due_at timestamptz not null default clock_timestamp(),
    done_at timestamptz,
    looked_at timestamptz,
    grade text check (grade in ('as-expected', 'better', 'not')),
    seen jsonb,
    seen_after double precision,
    primary key (incident, attempt, step),
    check (state <> 'done' or (action is null) <> (person is null)),
    check (grade is null or (state = 'done' and expected is not null))
  )`.execute(db);
  await sql`create index incident_step_runbook on incident_step (runbook, version)`.execute(db);
}
