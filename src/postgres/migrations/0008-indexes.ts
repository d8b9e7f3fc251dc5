import { type Kysely, sql } from 'kysely';

/** What every decision looks up stays quick however much was done: an action's approvals, a worker's last deeds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index approval_of_action on approval (action, asked_at desc)`.execute(db);
  await sql`create index approval_of_incident on approval (incident)`.execute(db);
  await sql`create index action_ended on action (worker, tool, ended_at desc)`.execute(db);
  await sql`create index action_proposed on action (proposed_at)`.execute(db);
  // Few are under way at once: what a kill switch and a new policy look for.
  await sql`create index action_under_way on action (status) where status in ('ready', 'waiting', 'running')`.execute(
    db,
  );
  await sql`create index signal_of_incident on signal (incident, raised_at)`.execute(db);
}
