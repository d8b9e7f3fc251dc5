// What whoever owns the database can do to the audit's tables with SQL, and what it can compute.
// Nothing here is the product's: hashes are computed by themselves, so that the product's are held against others.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Chain } from '../src/audit/record.ts';
import { type Db, transact } from '../src/postgres/database.ts';

/** An entry as the table holds it, its bytes in hex. */
export interface Kept {
  seq: number;
  chain: Chain;
  text: string;
  content: string;
  previous: string;
  hash: string;
}

/** What can be put back later: the database as it once was. */
export interface Copy {
  rows: Kept[];
  words: { digest: string; salt: string; words: string }[];
  checkpoints: { chain: string; seq: number; hash: string; line: string }[];
}

export async function copyOf(db: Db): Promise<Copy> {
  const rows = await sql<Kept>`select seq::int as seq, chain, text, encode(content, 'hex') as content,
    encode(previous, 'hex') as previous, encode(hash, 'hex') as hash from audit order by audit.seq`.execute(
    db,
  );
  const words = await sql<Copy['words'][number]>`select encode(digest, 'hex') as digest,
    encode(salt, 'hex') as salt, words from audit_words order by 1`.execute(db);
  const checkpoints = await sql<Copy['checkpoints'][number]>`select chain, seq::int as seq,
    encode(hash, 'hex') as hash, line from audit_checkpoint order by id`.execute(db);
  return { rows: rows.rows, words: words.rows, checkpoints: checkpoints.rows };
}

/** As the owner of the database can: its triggers off and its constraints gone, these rows in place of those there are. */
export function putBack(db: Db, { rows, words, checkpoints }: Partial<Copy>): Promise<void> {
  return transact(db, async (tx) => {
    if (rows) {
      await sql`alter table audit disable trigger all, drop constraint if exists audit_previous_key,
        drop constraint if exists audit_hash_key, drop constraint if exists audit_seq_check`.execute(tx);
      await sql`delete from audit`.execute(tx);
      await sql`insert into audit select seq, chain, text, decode(content, 'hex'), decode(previous, 'hex'),
        decode(hash, 'hex') from json_to_recordset(${JSON.stringify(rows)}::json)
        as kept (seq bigint, chain text, text text, content text, previous text, hash text)`.execute(tx);
      await sql`alter table audit enable trigger all`.execute(tx);
    }
    if (words) {
      await sql`delete from audit_words`.execute(tx);
      await sql`insert into audit_words select decode(digest, 'hex'), decode(salt, 'hex'), words
        from json_to_recordset(${JSON.stringify(words)}::json)
        as kept (digest text, salt text, words text)`.execute(tx);
    }
    if (checkpoints) {
      await sql`delete from audit_checkpoint`.execute(tx);
      for (const { chain, seq, hash, line } of checkpoints)
        await sql`insert into audit_checkpoint (chain, seq, hash, line)
          values (${chain}, ${seq}, decode(${hash}, 'hex'), ${line})`.execute(tx);
    }
  });
}

/** Empty again, and with its constraints. */
export function wipe(db: Db): Promise<void> {
  return transact(db, async (tx) => {
    await sql`alter table audit disable trigger all`.execute(tx);
    for (const table of ['audit', 'audit_words', 'audit_checkpoint'])
      await sql`delete from ${sql.id(table)}`.execute(tx);
    await sql`alter table audit enable trigger all`.execute(tx);
    const { rows } = await sql`select 1 from pg_constraint where conname = 'audit_previous_key'`.execute(tx);
    if (rows.length === 0)
      await sql`alter table audit add constraint audit_previous_key unique (previous),
        add constraint audit_hash_key unique (hash), add constraint audit_seq_check check (seq > 0)`.execute(
        tx,
      );
  });
}

/**
 * These entries in this order as chains with hashes that are right, numbered from 1: what whoever owns the
 * database can compute as well as the product does, and therefore computed here by itself.
 */
export function sealedAnew(entries: Pick<Kept, 'chain' | 'text'>[]): Kept[] {
  const tails = new Map<string, string>();
  return entries.map(({ chain, text: before }, place) => {
    const seq = place + 1;
    const text = before.replace(/(?<="chain":")\w+/, chain).replace(/\d+(?=\}$)/, `${seq}`);
    const previous = tails.get(chain) ?? sha256(`roster audit chain ${chain}`);
    const content = sha256(text);
    const hash = hashOf({ previous, content });
    tails.set(chain, hash);
    return { seq, chain, text, content, previous, hash };
  });
}

export function hashOf({ previous, content }: Pick<Kept, 'previous' | 'content'>): string {
  return sha256(Buffer.from(previous + content, 'hex'));
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
