import { type Kysely, sql } from 'kysely';

/** Rolling back, what came of an action, breakers half open, and people who pause, override and redirect. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // An incident begins afresh when a person decides otherwise: its steps then count from 0 again.
  await sql`alter table action
    add column attempt integer not null default 0,
    add column undoes text unique references action (id),
    add column health text check (health in ('better', 'same', 'worse')),
    add check (undoes is null or step is null),
    drop constraint action_incident_step_key,
    add unique (incident, attempt, step)`.execute(db);
  await sql`alter table action_allowance
    add column attempt integer not null default 0,
    add column hold text check (hold in ('taken', 'paused'))`.execute(db);
  await sql`update action_allowance set hold = 'taken' where held`.execute(db);
  await sql`alter table action_allowance drop column held`.execute(db);
  await sql`alter table breaker_reset add column half_open boolean not null default false`.execute(db);
  await sql`alter table incident
    add column attempt integer not null default 0,
    add column paused_by text,
    add column direction jsonb`.execute(db);
}
