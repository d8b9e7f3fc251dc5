import { hash } from 'node:crypto';

/** One entry as the table or an export holds it. Without `text` only its links can be checked. */
export interface Row {
  seq: number;
  chain: string;
  text?: string;
  content: Uint8Array;
  previous: Uint8Array;
  hash: Uint8Array;
}

/** Follows entries in order; `see` answers with what is wrong with the next, or undefined. */
export interface Links {
  /** How many entries were seen. */
  seen(): number;
  see(row: Row): Fault | undefined;
}

export interface Fault {
  seq: string;
  because: string;
}

/**
 * Follows links from entry `first` on. `tails` has the hash that the next entry of a chain must follow;
 * a chain that is not in it begins with its own first entry.
 */
export function openLinks(first: number, tails: Map<string, Uint8Array>): Links {
  let next = first;
  return {
    seen: () => next - first,
    see: (row) => {
      const because = outOfPlace(row.seq, next);
      if (because) return { seq: `${Math.min(row.seq, next)}`, because };
      const wrong = wrongWith(row, tails.get(row.chain) ?? genesis(row.chain));
      if (wrong) return { seq: `${row.seq}`, because: wrong };
      tails.set(row.chain, row.hash);
      next += 1;
      return undefined;
    },
  };
}

/** What a chain's first entry follows. */
export function genesis(chain: string): Buffer {
  return sha256(`roster audit chain ${chain}`);
}

/** The hash of an entry with this content that follows `previous`. */
export function linked(previous: Uint8Array, content: Uint8Array): Buffer {
  return sha256(Buffer.concat([previous, content]));
}

export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}

export function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function outOfPlace(seq: number, expected: number): string | undefined {
  if (seq > expected) return `Entry ${expected} is missing: the next one found is ${seq}.`;
  return seq < expected ? `Entry ${seq} was put in before the first.` : undefined;
}

function wrongWith(row: Row, previous: Uint8Array): string | undefined {
  if (row.text !== undefined) {
    const wrong = wrongText(row.seq, row.chain, row.text);
    if (wrong) return wrong;
    if (!same(sha256(row.text), row.content))
      return `The text of entry ${row.seq} does not match its digest.`;
  }
  if (!same(row.previous, previous)) return `Entry ${row.seq} does not follow the entry before it.`;
  if (!same(linked(row.previous, row.content), row.hash)) return `The hash of entry ${row.seq} is wrong.`;
  return undefined;
}

interface Envelope {
  at?: unknown;
  chain?: unknown;
  seq?: unknown;
  entry?: { kind?: unknown } | null;
}

/** By hand and not by a schema, because it is asked of every entry there is. */
function wrongText(seq: number, chain: string, text: string): string | undefined {
  const said = safeJson(text);
  if (typeof said?.at !== 'string' || typeof said.entry?.kind !== 'string')
    return `The text of entry ${seq} is not an audit entry.`;
  if (said.seq === seq && said.chain === chain) return undefined;
  return `The text of entry ${seq} says it is entry ${said.seq} of chain ${said.chain}.`;
}

function safeJson(text: string): Envelope | null | undefined {
  try {
    return JSON.parse(text) as Envelope | null;
  } catch {
    return undefined;
  }
}
