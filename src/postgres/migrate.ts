import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { type Database, type Db, type Tx, transact } from './database.ts';
import * as record from './migrations/0001-record.ts';
import * as claims from './migrations/0002-claims.ts';
import * as estate from './migrations/0003-estate.ts';
import * as estateTargets from './migrations/0004-estate-targets.ts';
import * as checkpoints from './migrations/0005-checkpoints.ts';
import * as consumption from './migrations/0006-consumption.ts';
import * as estateCancelled from './migrations/0007-estate-cancelled.ts';
import * as indexes from './migrations/0008-indexes.ts';
import * as inForce from './migrations/0010-in-force.ts';
import * as intervention from './migrations/0011-intervention.ts';
import * as budgets from './migrations/0012-budgets.ts';
import * as teams from './migrations/0013-teams.ts';
import * as request from './migrations/0014-request.ts';
import * as signals from './migrations/0015-signals.ts';
import * as baselines from './migrations/0016-baselines.ts';
import * as pictures from './migrations/0017-pictures.ts';
import * as mutes from './migrations/0018-mutes.ts';
import * as changes from './migrations/0019-changes.ts';
import * as episodes from './migrations/0020-episodes.ts';
import * as learnt from './migrations/0022-learnt.ts';
import * as watched from './migrations/0023-watched.ts';
import * as held from './migrations/0024-held.ts';
import * as predictions from './migrations/0025-predictions.ts';
import * as history from './migrations/0026-history.ts';
import * as turns from './migrations/0027-turns.ts';
import * as handoffs from './migrations/0028-handoffs.ts';
import * as outcomes from './migrations/0029-outcomes.ts';
import * as changeRecords from './migrations/0030-change-records.ts';
import * as estateChanges from './migrations/0031-estate-changes.ts';
import * as steering from './migrations/0032-steering.ts';
import * as steps from './migrations/0034-steps.ts';
import * as postMortems from './migrations/0036-post-mortems.ts';
import * as runbookProposals from './migrations/0037-runbook-proposals.ts';
import * as trialPast from './migrations/0038-trial-past.ts';
import * as standups from './migrations/0039-standups.ts';
import * as direct from './migrations/0040-direct.ts';
import * as reporting from './migrations/0041-reporting.ts';
import * as feedback from './migrations/0042-feedback.ts';
import * as failedDeeds from './migrations/0043-failed-deeds.ts';

const migrations: Record<string, Migration> = {
  '0001-record': record,
  '0002-claims': claims,
  '0003-estate': estate,
  '0004-estate-targets': estateTargets,
  '0005-checkpoints': checkpoints,
  '0006-consumption': consumption,
  '0007-estate-cancelled': estateCancelled,
  '0008-indexes': indexes,
  '0010-in-force': inForce,
  '0011-intervention': intervention,
  '0012-budgets': budgets,
  '0013-teams': teams,
  '0014-request': request,
  '0015-signals': signals,
  '0016-baselines': baselines,
  '0017-pictures': pictures,
  '0018-mutes': mutes,
  '0019-changes': changes,
  '0020-episodes': episodes,
  '0022-learnt': learnt,
  '0023-watched': watched,
  '0024-held': held,
  '0025-predictions': predictions,
  '0026-history': history,
  '0027-turns': turns,
  '0028-handoffs': handoffs,
  '0029-outcomes': outcomes,
  '0030-change-records': changeRecords,
  '0031-estate-changes': estateChanges,
  '0032-steering': steering,
  '0034-steps': steps,
  '0036-post-mortems': postMortems,
  '0037-runbook-proposals': runbookProposals,
  '0038-trial-past': trialPast,
  '0039-standups': standups,
  '0041-reporting': reporting,
  '0040-direct': direct,
  '0043-failed-deeds': failedDeeds,
  '0042-feedback': feedback,
};

/** Brings the tables to today's shape. Safe to call twice. Throws what the database said when a step fails. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/**
 * Lets `role` work with the tables but never change or add to the audit except through `audit_append`, and
 * words beside it only be added and erased. Called as the owner, after `migrate` and after the queue has made
 * its own schema. Safe to call while the role is at work: it never sees the rights half given. The owner itself
 * keeps all of its rights, because the audit is written with them.
 */
export function grantTo(role: string, owner: Db): Promise<void> {
  return transact(owner, async (tx) => {
    const { rows } = await sql<{ owns: boolean }>`select current_user = ${role} as owns`.execute(tx);
    if (rows[0]?.owns) return;
    await grantSchema(role, 'public', tx);
    await grantSchema(role, 'pgboss', tx);
    await sql`revoke insert, update, delete, truncate on audit from ${sql.id(role)}`.execute(tx);
    await sql`revoke update, truncate on audit_words from ${sql.id(role)}`.execute(tx);
  });
}

async function grantSchema(to: string, schema: string, tx: Tx): Promise<void> {
  const [role, name] = [sql.id(to), sql.id(schema)];
  await sql`grant usage on schema ${name} to ${role}`.execute(tx);
  await sql`grant select, insert, update, delete on all tables in schema ${name} to ${role}`.execute(tx);
  await sql`grant usage on all sequences in schema ${name} to ${role}`.execute(tx);
  await sql`grant execute on all functions in schema ${name} to ${role}`.execute(tx);
}

/** One sentence when the role of `database` could switch the audit's protection off, else undefined. */
export async function auditWarning(database: Database): Promise<string | undefined> {
  if (database.kind === 'embedded') {
    return 'The embedded database protects the audit by triggers alone: for protection by rights, set DATABASE_URL and MIGRATION_DATABASE_URL.';
  }
  const { rows } = await sql<{ owns: boolean }>`select pg_has_role(current_user, relowner, 'member')
    or (select rolsuper from pg_roles where rolname = current_user) as owns
    from pg_class where oid = 'audit'::regclass`.execute(database.db);
  if (!rows[0]?.owns) return undefined;
  return 'The database role the app runs as owns the audit table and could disable its triggers: set MIGRATION_DATABASE_URL to the owner and DATABASE_URL to a lesser role.';
}
