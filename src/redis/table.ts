import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { Claims } from './redis.ts';

type Wanted = { key: string; holder: string };

/** How many claims pass between two sweeps of keys that ran out. */
const SWEEP_EVERY = 500;

/**
 * The stand-in for Redis on the table `claim`, for one process.
 * Not to be called inside a transaction of the embedded database: it would wait for itself.
 */
export function openTableClaims(db: Db): Claims {
  let claims = 0;
  return {
    async claim(key, holder, ttlMs) {
      if (++claims % SWEEP_EVERY === 0) await sweep(db);
      return take(db, key, holder, ttlMs);
    },
    async claimAll(wanted, ttlMs) {
      claims += wanted.length;
      if (claims % SWEEP_EVERY < wanted.length) await sweep(db);
      return takeAll(db, wanted, ttlMs);
    },
    async renew(key, ttlMs) {
      await sql`update claim set expires_at = ${inFuture(ttlMs)}
        where key = ${key} and expires_at > clock_timestamp()`.execute(db);
    },
    async release(key, holder) {
      await sql`delete from claim where key = ${key} and holder = ${holder}`.execute(db);
    },
    close: async () => {},
  };
}

async function take(db: Db, key: string, holder: string, ttlMs: number): Promise<string> {
  const taken = await sql<{ holder: string }>`
    insert into claim (key, holder, expires_at) values (${key}, ${holder}, ${inFuture(ttlMs)})
    on conflict (key) do update set holder = excluded.holder, expires_at = excluded.expires_at
      where claim.holder = excluded.holder or claim.expires_at <= clock_timestamp()
    returning holder`.execute(db);
  const present = taken.rows[0] ?? (await holderOf(db, key));
  // Released between the two looks: free again, so ask again.
  return present?.holder ?? take(db, key, holder, ttlMs);
}

/** One statement for all. Of two that want the same key the first has it. Sorted, so that two who ask at once wait for each other in one order. */
async function takeAll(db: Db, wanted: Wanted[], ttlMs: number): Promise<string[]> {
  const first = new Map(wanted.toReversed().map(({ key, holder }) => [key, holder]));
  const keys = [...first.keys()].sort();
  const asked = keys.map((key) => first.get(key) as string);
  const { rows } = await sql<{ key: string; holder: string }>`
    with taken as (
      insert into claim (key, holder, expires_at)
      select key, holder, ${inFuture(ttlMs)} from unnest(${keys}::text[], ${asked}::text[]) as wanted (key, holder)
      on conflict (key) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where claim.holder = excluded.holder or claim.expires_at <= clock_timestamp()
      returning key, holder)
    select key, holder from taken
    union all select key, holder from claim where key = any(${keys}) and key not in (select key from taken)`.execute(
    db,
  );
  const holders = new Map(rows.map(({ key, holder }) => [key, holder]));
  // Given by another between the statement's beginning and its end, so that neither part saw it.
  for (const key of keys)
    if (!holders.has(key)) holders.set(key, await take(db, key, first.get(key) as string, ttlMs));
  return wanted.map(({ key }) => holders.get(key) as string);
}

async function holderOf(db: Db, key: string): Promise<{ holder: string } | undefined> {
  const { rows } = await sql<{ holder: string }>`select holder from claim where key = ${key}`.execute(db);
  return rows[0];
}

async function sweep(db: Db): Promise<void> {
  await sql`delete from claim where key in (
    select key from claim where expires_at <= clock_timestamp() for update skip locked)`.execute(db);
}

/** `now()` stands still inside a transaction; an expiry needs the clock. */
function inFuture(ms: number) {
  return sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
}
