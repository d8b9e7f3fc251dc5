import { type Kysely, sql } from 'kysely';

/**
 * The trial's past: how far it is, in one row, and a chain of its own for its audit. That chain stands beside a trial's
 * alone: the table takes none of it once a real site has written.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table trial_past (
    the_only boolean primary key default true check (the_only),
    seed integer not null,
    begins timestamptz not null,
    ends timestamptz not null,
    days integer not null,
    day integer not null default 0,
    state text not null default 'waiting' check (state in ('waiting', 'living', 'taking-in', 'done', 'given-up')),
    taken integer not null default 0
  )`.execute(db);
  await sql`alter table audit drop constraint audit_chain_check`.execute(db);
  await sql`alter table audit add constraint audit_chain_check check (chain in ('real', 'trial', 'trial-past'))`.execute(
    db,
  );
  await sql`create function audit_refuse_past() returns trigger language plpgsql as $$
    begin
      if exists (select from audit where chain = 'real') then
        raise exception 'The audit of a real site takes no made-up past.';
      end if;
      return new;
    end $$`.execute(db);
  await sql`create trigger audit_no_made_up_past before insert on audit
    for each row when (new.chain = 'trial-past') execute function audit_refuse_past()`.execute(db);
}
