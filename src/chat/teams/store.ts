import { sql } from 'kysely';
import type { Db } from '../../postgres/database.ts';

/** How a conversation is reached without anybody having spoken just now. */
export interface Reference {
  /** A Teams conversation's id, without a thread. */
  id: string;
  /** Only channels have threads. */
  kind: 'channel' | 'chat';
  team: string | null;
  tenant: string | null;
  serviceUrl: string;
  /** The bot's own id there. */
  bot: string;
}

export type Found = { kind: 'there'; reference: Reference } | { kind: 'removed' } | { kind: 'unknown' };

/** Keeps how a conversation is reached; one that was removed stays so until the app is installed again. */
export async function keepReference(
  db: Db,
  { id, kind, team, tenant, serviceUrl, bot }: Reference,
  /** The account whose chat with the app it is: once known, it is never another's. */
  directWith?: string,
): Promise<void> {
  await sql`insert into teams_conversation (id, kind, team, tenant, service_url, bot, direct_with)
    values (${id}, ${kind}, ${team}, ${tenant}, ${serviceUrl}, ${bot}, ${directWith ?? null})
    on conflict (id) do update set team = coalesce(excluded.team, teams_conversation.team), tenant = excluded.tenant,
      service_url = excluded.service_url, bot = excluded.bot, heard_at = clock_timestamp(),
      direct_with = coalesce(teams_conversation.direct_with, excluded.direct_with)`.execute(db);
}

/** The app is in this conversation, or no longer. A team's removal takes all of its channels with it. */
export async function setInstalled(db: Db, id: string, installed: boolean): Promise<void> {
  await sql`update teams_conversation set removed_at = ${installed ? null : sql`clock_timestamp()`}
    where id = ${id} or team = ${id}`.execute(db);
}

/**
 * The way to a conversation. A channel nobody has spoken in yet is reached as the rest of the tenant is,
 * because the platform has one address for a tenant's region.
 */
export async function findReference(db: Db, id: string): Promise<Found> {
  const { rows } = await sql<Reference & { removed: boolean }>`select id, kind, team, tenant, bot,
      service_url as "serviceUrl", removed_at is not null as removed
    from teams_conversation order by (id = ${id}) desc, removed_at is null desc, heard_at desc limit 1`.execute(
    db,
  );
  const row = rows[0];
  if (!row) return { kind: 'unknown' };
  if (row.removed) return { kind: 'removed' };
  const { removed: _, ...reference } = row;
  return {
    kind: 'there',
    reference: row.id === id ? reference : { ...reference, id, kind: kindOf(id), team: null },
  };
}

/** The chat of one account with the app, such as of `teams:<directory id>`. */
export async function findDirect(db: Db, account: string): Promise<Found> {
  const { rows } = await sql<Reference & { removed: boolean }>`select id, kind, team, tenant, bot,
      service_url as "serviceUrl", removed_at is not null as removed
    from teams_conversation where direct_with = ${account} and kind = 'chat'
    order by removed_at is null desc, heard_at desc limit 1`.execute(db);
  const row = rows[0];
  if (!row) return { kind: 'unknown' };
  const { removed, ...reference } = row;
  return removed ? { kind: 'removed' } : { kind: 'there', reference };
}

/** The conversation heard of last: where the platform is, as which bot and for which tenant. */
export async function lastReference(db: Db): Promise<Reference | undefined> {
  const { rows } = await sql<Reference>`select id, kind, team, tenant, bot, service_url as "serviceUrl"
    from teams_conversation where removed_at is null and tenant is not null
    order by heard_at desc limit 1`.execute(db);
  return rows[0];
}

function kindOf(id: string): Reference['kind'] {
  return /@thread\.(tacv2|skype)$/.test(id) ? 'channel' : 'chat';
}

/** Where an account acted last: Teams says what somebody is only within a conversation. */
export interface Member {
  account: string;
  /** Their id as the platform wants it there. */
  member: string;
  conversation: string;
  serviceUrl: string;
}

export async function keepMember(
  db: Db,
  { account, member, conversation, serviceUrl }: Member,
): Promise<void> {
  await sql`insert into teams_member (account, member, conversation, service_url)
    values (${account}, ${member}, ${conversation}, ${serviceUrl})
    on conflict (account) do update set member = excluded.member, conversation = excluded.conversation,
      service_url = excluded.service_url, seen_at = clock_timestamp()`.execute(db);
}

export async function loadMembers(db: Db): Promise<Pick<Member, 'account' | 'member'>[]> {
  const { rows } = await sql<
    Pick<Member, 'account' | 'member'>
  >`select account, member from teams_member`.execute(db);
  return rows;
}

export async function findMember(db: Db, account: string): Promise<Member | undefined> {
  const { rows } = await sql<Member>`select account, member, conversation, service_url as "serviceUrl"
    from teams_member where account = ${account}`.execute(db);
  return rows[0];
}
