import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../postgres/database.ts';

export type Verified =
  | { kind: 'intact'; entries: number; because: string }
  | { kind: 'broken'; seq: string; because: string };

interface Row {
  seq: string;
  chain: string;
  text: string;
  content: Uint8Array;
  previous: Uint8Array;
  hash: Uint8Array;
}

const envelope = z.object({
  at: z.string(),
  chain: z.string(),
  seq: z.number(),
  entry: z.object({ kind: z.string() }),
});
const pageSize = 5_000;

/**
 * Re-hashes every stored text and follows every link from the first entry to the last, and re-hashes the
 * words that were not erased. A change, a gap, a row out of place or a foreign chain is named by its `seq`.
 * A tail cut off whole is not seen here: for that the last hash must have been written down elsewhere.
 */
export async function verify(db: Db): Promise<Verified> {
  const tails = new Map<string, string>();
  let last = 0n;
  for (;;) {
    const rows = await page(db, last);
    for (const row of rows) {
      const fault = faultOf(row, last + 1n, tails);
      if (fault) return { kind: 'broken', ...fault };
      tails.set(row.chain, hex(row.hash));
      last += 1n;
    }
    if (rows.length < pageSize) break;
  }
  const because = `All ${last} entries match their hashes and their links.`;
  return (await changedWords(db)) ?? { kind: 'intact', entries: Number(last), because };
}

/** The rows after `last`; the first page has also those that were put in before the first entry. */
async function page(db: Db, last: bigint): Promise<Row[]> {
  const { rows } = await sql<Row>`select seq::text, chain, text, content, previous, hash from audit
    where seq > ${last.toString()} or ${last === 0n}::boolean order by audit.seq limit ${pageSize}`.execute(
    db,
  );
  return rows;
}

/** The first entry with words beside it that are not those it was written with. */
async function changedWords(db: Db): Promise<Verified | undefined> {
  const { rows } = await sql<{ seq: string }>`select audit.seq::text from audit_words
    join audit on position(encode(digest, 'hex') in text) > 0
    where digest <> sha256(salt || convert_to(words, 'UTF8')) order by audit.seq limit 1`.execute(db);
  const seq = rows[0]?.seq;
  if (!seq) return undefined;
  return { kind: 'broken', seq, because: `The words beside entry ${seq} are not those it was written with.` };
}

interface Fault {
  seq: string;
  because: string;
}

function faultOf(row: Row, expected: bigint, tails: Map<string, string>): Fault | undefined {
  const seq = expected.toString();
  if (BigInt(row.seq) > expected)
    return { seq, because: `Entry ${seq} is missing: the next one found is ${row.seq}.` };
  if (row.seq !== seq) return { seq: row.seq, because: `Entry ${row.seq} was put in before the first.` };
  const because = wrongWith(row, tails);
  return because ? { seq, because } : undefined;
}

function wrongWith(row: Row, tails: Map<string, string>): string | undefined {
  const said = envelope.safeParse(safeJson(row.text));
  if (!said.success) return `The text of entry ${row.seq} is not an audit entry.`;
  if (said.data.seq !== Number(row.seq) || said.data.chain !== row.chain) {
    return `The text of entry ${row.seq} says it is entry ${said.data.seq} of chain ${said.data.chain}.`;
  }
  if (hex(sha256(row.text)) !== hex(row.content))
    return `The text of entry ${row.seq} does not match its digest.`;
  const previous = tails.get(row.chain) ?? hex(sha256(`roster audit chain ${row.chain}`));
  if (hex(row.previous) !== previous) return `Entry ${row.seq} does not follow the entry before it.`;
  if (hex(sha256(row.previous, row.content)) !== hex(row.hash))
    return `The hash of entry ${row.seq} is wrong.`;
  return undefined;
}

function sha256(...parts: (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
