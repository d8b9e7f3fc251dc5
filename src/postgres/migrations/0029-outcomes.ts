import { type Kysely, sql } from 'kysely';

/** Whether what a worker took for the cause was right: what confidence is calibrated by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table outcome (
    incident text not null references incident on delete cascade,
    class text not null,
    raw double precision not null,
    "right" boolean not null,
    at timestamptz not null,
    settles timestamptz not null,
    primary key (incident, class)
  )`.execute(db);
  await sql`create index outcome_class on outcome (class, settles)`.execute(db);
}
