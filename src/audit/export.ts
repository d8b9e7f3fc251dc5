import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Db } from '../postgres/database.ts';
import { type Checkpoint, checkpointWithin, lineOf } from './checkpoint.ts';
import { csvHead, csvLine } from './csv.ts';
import type { Signer } from './key.ts';
import type { Row } from './link.ts';
import { chains } from './record.ts';
import { pages, spanOf } from './store.ts';

/** Which entries: by place (`first`, `last`) or by time (`since`, `until`, ISO with microseconds). All when empty. */
export interface Selection {
  first?: number;
  last?: number;
  since?: string;
  until?: string;
}

export interface Exporting {
  db: Db;
  signer: Signer;
  now: Date;
}

/** The first line of an export: what it holds. */
export interface Head {
  format: 1;
  at: string;
  what: 'entries' | { action: string };
  /** No entry is missing between these two; `first` is 1 where a chain's beginning must be in it. 0 and 0: none. */
  first: number;
  last: number;
}

/**
 * The entries of a selection as JSON Lines, a page at a time: a head, the last checkpoint of each chain within
 * it, one line an entry with its text as it is stored, and a signed seal over every byte before it.
 */
export async function* exportLines(
  { db, signer, now }: Exporting,
  wanted: Selection,
): AsyncGenerator<string> {
  const span = await resolve(db, wanted);
  const head: Head = {
    format: 1,
    at: now.toISOString(),
    what: 'entries',
    ...(span ?? { first: 0, last: 0 }),
  };
  yield* sealed(signer, body(db, head, span));
}

async function* body(db: Db, head: Head, span: Span | undefined): AsyncGenerator<string> {
  yield headLine(head);
  if (!span) return;
  for (const chain of chains) {
    const checkpoint = await checkpointWithin(db, chain, span);
    if (checkpoint) yield checkpointLineOf(checkpoint);
  }
  for await (const rows of pages(db, { from: span.first, to: span.last, pageSize: 1_000 }))
    yield rows.map(entryLine).join('');
}

/** The same entries as CSV, for spreadsheets: it cannot be verified. */
export async function* exportCsv(db: Db, wanted: Selection): AsyncGenerator<string> {
  yield csvHead;
  const span = await resolve(db, wanted);
  if (!span) return;
  for await (const rows of pages(db, { from: span.first, to: span.last, pageSize: 1_000 }))
    yield rows.map(csvLine).join('');
}

/** `parts` as they are, then one line that signs all their bytes. */
export async function* sealed(signer: Signer, parts: AsyncIterable<string>): AsyncGenerator<string> {
  const digest = createHash('sha256');
  for await (const part of parts) {
    digest.update(part);
    yield part;
  }
  const sum = digest.digest('hex');
  yield `${sealLine({ digest: sum, ...signer.sign('export', sum) })}\n`;
}

/** The last line of an export, in its one canonical way. */
export function sealLine(seal: {
  digest: string;
  key: string;
  fingerprint: string;
  signature: string;
}): string {
  return canonicalize({ seal }) ?? '';
}

export function headLine(head: Head): string {
  return `${canonicalize({ export: head })}\n`;
}

/** The stored text stands in the line as it is, so that it can be read as JSON and hashed as bytes. */
export function entryLine({ text, previous, hash }: Row): string {
  return `${entryStart}${text}${afterText}${hex(hash)}${afterHash}${hex(previous)}"}\n`;
}

/** How an entry's line is put together: start, text, `afterText`, hash, `afterHash`, previous, end. */
export const entryStart = '{"audit":';
export const afterText = ',"hash":"';
export const afterHash = '","previous":"';

export function checkpointLineOf(checkpoint: Checkpoint): string {
  return `{"checkpoint":${lineOf(checkpoint)}}\n`;
}

interface Span {
  first: number;
  last: number;
}

/** The places of the first and the last entry wanted; every entry between them is exported. */
async function resolve(db: Db, { first, last, since, until }: Selection): Promise<Span | undefined> {
  const span = await spanOf(db, { ...(since && { since }), ...(until && { until }) });
  if (!span) return undefined;
  const found = { first: Math.max(first ?? 1, span.first), last: Math.min(last ?? span.last, span.last) };
  return found.first <= found.last ? found : undefined;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
