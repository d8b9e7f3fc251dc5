import { sql } from 'kysely';
import type { Db, Tx } from '../postgres/database.ts';
import type { Row } from './link.ts';

type Stored = Omit<Row, 'seq'> & { seq: string };

const beforeAll = -Number.MAX_SAFE_INTEGER;
const withText = sql`audit.seq::text as seq, chain, text, content, previous, hash`;
const linksAlone = sql`audit.seq::text as seq, chain, content, previous, hash`;

interface Span {
  /** From this entry on; undefined is from before the first, should something lie there. */
  from?: number | undefined;
  to?: number | undefined;
  chain?: string;
  links?: boolean;
  pageSize?: number;
}

/** The stored entries in order, a page at a time; the next page is under way while one is looked at. */
export async function* pages(db: Db, span: Span): AsyncGenerator<Row[]> {
  const { pageSize = 5_000 } = span;
  let coming = page(db, span, span.from === undefined ? beforeAll : span.from - 1, pageSize);
  try {
    for (;;) {
      const rows = await coming;
      const last = rows.at(-1);
      if (!last) return;
      const more = rows.length === pageSize;
      coming = more ? page(db, span, last.seq, pageSize) : Promise.resolve([]);
      coming.catch(() => {});
      yield rows;
    }
  } finally {
    await coming.catch(() => {});
  }
}

async function page(db: Db, { to, chain, links }: Span, after: number, pageSize: number): Promise<Row[]> {
  const { rows } = await sql<Stored>`select ${links ? linksAlone : withText} from audit
    where audit.seq > ${after} ${to === undefined ? sql`` : sql`and audit.seq <= ${to}`}
    ${chain === undefined ? sql`` : sql`and chain = ${chain}`}
    order by audit.seq limit ${pageSize}`.execute(db);
  return rows.map((row) => Object.assign(row, { seq: Number(row.seq) }));
}

/** The entries that hold one of `words` anywhere in their text, within a time (ISO, by the entries' own `at`). */
export async function rowsWith(
  db: Db,
  words: string[],
  within: { from?: string; until?: string } = {},
): Promise<Row[]> {
  const { from, until } = within;
  const { rows } = await sql<Stored>`select ${withText} from audit
    where (${sql.join(
      words.map((word) => sql`position(${word} in text) > 0`),
      sql` or `,
    )})
    ${from === undefined ? sql`` : sql`and substr(text, 8, 27) >= ${from}`}
    ${until === undefined ? sql`` : sql`and substr(text, 8, 27) < ${until}`}
    order by audit.seq`.execute(db);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** The newest entry of a chain of one kind that holds `word`, looked for backwards. */
export async function newestWith(
  db: Db,
  chain: string,
  { kind, word }: { kind: string; word: string },
): Promise<{ seq: number; hash: Uint8Array } | undefined> {
  const { rows } = await sql<{ seq: string; hash: Uint8Array }>`select audit.seq::text as seq, hash from audit
    where chain = ${chain} and position(${word} in text) > 0 and position(${`"kind":"${kind}"`} in text) > 0
    order by chain, audit.seq desc limit 1`.execute(db);
  return rows[0] && { ...rows[0], seq: Number(rows[0].seq) };
}

/** When the first entry of a chain was written. */
export async function firstAt(db: Db, chain: string): Promise<Date | undefined> {
  const { rows } = await sql<{ at: string }>`select substr(text, 8, 27) as at from audit
    where chain = ${chain} order by audit.seq limit 1`.execute(db);
  return rows[0] && new Date(rows[0].at);
}

/** The first and last entry in a time (ISO with microseconds, by the entries' own `at`); undefined when there is none. */
export async function spanOf(db: Db, within: { since?: string; until?: string }) {
  const { since, until } = within;
  const { rows } = await sql<{ first: string | null; last: string | null }>`
    select min(seq)::text as first, max(seq)::text as last from audit where true
    ${since === undefined ? sql`` : sql`and substr(text, 8, 27) >= ${since}`}
    ${until === undefined ? sql`` : sql`and substr(text, 8, 27) < ${until}`}`.execute(db);
  const [found] = rows;
  return found?.first && found.last ? { first: Number(found.first), last: Number(found.last) } : undefined;
}

/** The hash that the first entry at or after `seq` of each chain must follow. */
export async function tailsBefore(db: Db, seq: number): Promise<Map<string, Uint8Array>> {
  const { rows } = await sql<{ chain: string; hash: Uint8Array }>`
    select distinct on (chain) chain, hash from audit where seq < ${seq} order by chain, seq desc`.execute(
    db,
  );
  return new Map(rows.map(({ chain, hash }) => [chain, hash]));
}

/** What stands at these places now. */
export async function linksAt(db: Db, seqs: number[]): Promise<Omit<Row, 'text'>[]> {
  const { rows } = await sql<Stored>`select ${linksAlone} from audit
    where audit.seq = any(${seqs}::bigint[]) order by audit.seq`.execute(db);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

export interface Tail {
  seq: number;
  hash: Uint8Array;
  /** How many entries the chain has after `after`. */
  fresh: number;
}

/** A chain's last entry. */
export async function tailOf(db: Db | Tx, chain: string, after: number): Promise<Tail | undefined> {
  const { rows } = await sql<{ seq: string; hash: Uint8Array; fresh: number }>`select seq::text, hash,
    (select count(*)::int from audit where chain = ${chain} and seq > ${after}) as fresh
    from audit where chain = ${chain} order by audit.seq desc limit 1`.execute(db);
  const [row] = rows;
  return row && { ...row, seq: Number(row.seq) };
}

/** Words beside an entry, as they were written. */
export interface Words {
  digest: Uint8Array;
  salt: Uint8Array;
  words: string;
}

/** The words with these digests (hex) that were not erased. */
export async function wordsOf(db: Db, digests: string[]): Promise<Words[]> {
  const { rows } = await sql<Words>`select digest, salt, words from audit_words
    where encode(digest, 'hex') = any(${digests}::text[])`.execute(db);
  return rows;
}

/** The first entry from `from` on with words beside it that are not those it was written with. */
export async function changedWords(db: Db, from: number): Promise<string | undefined> {
  const changed = await sql<{ digest: string }>`select encode(digest, 'hex') as digest from audit_words
    where digest <> sha256(salt || convert_to(words, 'UTF8'))`.execute(db);
  if (changed.rows.length === 0) return undefined;
  const digests = changed.rows.map(({ digest }) => digest);
  const { rows } = await sql<{ seq: string }>`select audit.seq::text from audit
    join unnest(${digests}::text[]) as changed (digest) on position(changed.digest in text) > 0
    where audit.seq >= ${from} order by audit.seq limit 1`.execute(db);
  return rows[0]?.seq;
}

/**
 * The texts of the entries that may be of these kinds within a time, and of a trial's past whatever its time, in no order;
 * `from` and `until` as the entries write their `at`. Looked for by position: of a million entries several times as quick as by pattern.
 */
export async function textsOfKinds(db: Db, kinds: string[], from: string, until: string): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`select text from audit
    where (substr(text, 8, 27) >= ${from} and substr(text, 8, 27) < ${until} or chain = 'trial-past')
    and (${sql.join(
      kinds.map((kind) => sql`position(${`"kind":"${kind}"`} in text) > 0`),
      sql` or `,
    )})`.execute(db);
  return rows.map(({ text }) => text);
}

/** The text of the first entry of each chain. */
export async function firstOfEachChain(db: Db): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`select distinct on (chain) text from audit
    order by chain, audit.seq`.execute(db);
  return rows.map(({ text }) => text);
}

export interface Sign {
  worker: string;
  /** ISO with microseconds. */
  at: string;
  cycle: boolean;
}

/** Among the newest `most` entries, of every chain: each worker's newest, and its newest that tells of a cycle. */
export async function newestByWorker(db: Db, most: number): Promise<Sign[]> {
  const { rows } = await sql<Sign>`select distinct on (worker, cycle) worker, at, cycle from (
      select seq, substr(text, 8, 27) as at, position('"kind":"scrape.cycle"' in text) > 0 as cycle,
        -- Keys are in the order of their letters: the charter, then the worker.
        split_part(split_part(text, '"by":{"charter":"', 2), '"', 5) as worker
      from (select seq, text from audit where chain <> 'trial-past' order by seq desc limit ${most}) newest) signs
    where worker <> '' order by worker, cycle, seq desc`.execute(db);
  return rows;
}
