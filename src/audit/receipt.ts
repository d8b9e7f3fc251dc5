import canonicalize from 'canonicalize';
import type { Db } from '../postgres/database.ts';
import { type Checkpoint, checkpointAfter } from './checkpoint.ts';
import { csvHead, csvLine } from './csv.ts';
import { checkpointLineOf, type Exporting, entryLine, headLine, sealed } from './export.ts';
import type { Row } from './link.ts';
import { pages, rowsWith, type Words, wordsOf } from './store.ts';
import { endOf, type Told, told } from './told.ts';

/** What was consented to, by whom and what came of it, told from the entries alone. */
export interface Receipt {
  action: string;
  incident?: string | undefined;
  worker?: string | undefined;
  versions: Record<string, string>;
  digest?: unknown;
  /** SHA-256 of the contents of the charter and the policy that the digest binds beside their versions. */
  charterDigest?: unknown;
  policyDigest?: unknown;
  arguments?: unknown;
  decision?: unknown;
  /** Every time people were asked: what the card showed, with the free words that were not erased. */
  asked: { approval?: string | undefined; at: string; facts?: unknown; words: Record<string, string> }[];
  /** Every answer and whatever else befell the approval. */
  answers: { kind: string; at: string; by: Record<string, string>; facts?: unknown }[];
  outcome?: { at: string; facts?: unknown; because?: string[] | undefined };
}

/** The receipt that these entries make. Pure: whoever has the entries can make it again. */
export function receiptOf(action: string, entries: Told[], words: Map<string, string>): Receipt {
  const own = entries.filter(({ entry }) => entry.about?.action === action);
  const proposed = own.find(({ entry }) => entry.kind === 'action.proposed')?.entry;
  const ended = endOf(own);
  const asked = entries.filter(({ entry }) => entry.kind === 'approval.asked');
  const answers = entries.filter(({ entry }) => entry.about?.approval && entry.kind !== 'approval.asked');
  return {
    action,
    incident: proposed?.about?.incident,
    worker: proposed?.by.worker,
    versions: Object.assign({ charter: proposed?.by.charter }, ...own.map(({ entry }) => entry.versions)),
    digest: proposed?.facts?.digest,
    charterDigest: proposed?.facts?.charterDigest,
    policyDigest: proposed?.facts?.policyDigest,
    arguments: proposed?.facts?.arguments,
    decision: own.findLast(({ entry }) => entry.facts?.decision)?.entry.facts?.decision,
    asked: asked.map(({ at, entry }) => ({
      approval: entry.about?.approval,
      at,
      facts: entry.facts,
      words: spoken(entry.words ?? {}, words),
    })),
    answers: answers.map(({ at, entry: { kind, by, facts } }) => ({ kind, at, by, facts })),
    ...(ended && { outcome: { at: ended.at, facts: ended.entry.facts, because: ended.entry.because } }),
  };
}

/** The receipt's line, the same for the same receipt. */
export function receiptLine(receipt: unknown): string {
  return `${canonicalize(JSON.parse(JSON.stringify({ receipt: receipt ?? null })))}\n`;
}

type Exported = { kind: 'export'; lines: AsyncIterable<string> } | { kind: 'none'; because: string };

/**
 * One action's consent receipt as JSON Lines: the receipt, the entries it is told from, the words beside them,
 * the content hashes of the entries between, and the checkpoint all of it leads up to; sealed. When the
 * chain has no checkpoint after the last entry yet, the proof ends there: take one before.
 */
export async function exportAction(exporting: Exporting, action: string): Promise<Exported> {
  const rows = await rowsOf(exporting.db, action);
  const [first] = rows;
  if (!first) return { kind: 'none', because: `The audit has no action ${action}.` };
  return { kind: 'export', lines: sealed(exporting.signer, body(exporting, action, rows)) };
}

/** The entries of one action as CSV, without a proof. */
export async function exportActionCsv(db: Db, action: string): Promise<Exported> {
  const rows = await rowsOf(db, action);
  if (rows.length === 0) return { kind: 'none', because: `The audit has no action ${action}.` };
  return { kind: 'export', lines: each([csvHead, ...rows.map(csvLine)]) };
}

async function* body({ db, now }: Exporting, action: string, rows: Row[]): AsyncGenerator<string> {
  const entries = rows.map(({ text = '' }) => told(text));
  const words = await wordsOf(
    db,
    entries.flatMap(({ entry }) => Object.values(entry.words ?? {})),
  );
  const [first, last] = [rows[0]?.seq ?? 0, rows.at(-1)?.seq ?? 0];
  const checkpoint = await checkpointAfter(db, rows[0]?.chain ?? '', last);
  yield headLine({ format: 1, at: now.toISOString(), what: { action }, first, last });
  yield receiptLine(receiptOf(action, entries, plain(words)));
  yield* proof(db, rows, checkpoint);
  for (const one of words) yield wordsLine(one);
  if (checkpoint) yield checkpointLineOf(checkpoint);
}

/** The receipt's own entries whole, and of the others of the chain up to the checkpoint only the content hashes. */
async function* proof(db: Db, rows: Row[], checkpoint: Checkpoint | undefined): AsyncGenerator<string> {
  const own = new Set(rows.map(({ seq }) => seq));
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return;
  const span = { from: first.seq, to: checkpoint?.seq ?? last.seq, chain: first.chain, pageSize: 1_000 };
  let between: string[] = [];
  for await (const page of pages(db, span)) {
    for (const row of page) {
      if (!own.has(row.seq)) {
        between.push(hex(row.content));
        continue;
      }
      yield* betweenLine(between);
      between = [];
      yield entryLine(row);
    }
    yield* betweenLine(between);
    between = [];
  }
}

function* betweenLine(contents: string[]): Generator<string> {
  if (contents.length > 0) yield `${JSON.stringify({ between: contents })}\n`;
}

function wordsLine({ digest, salt, words }: Words): string {
  return `${canonicalize({ words: { digest: hex(digest), salt: hex(salt), words } })}\n`;
}

/**
 * Every entry about the action and its approvals, the diagnosis before it and the verification after it; of one
 * chain, in order.
 */
async function rowsOf(db: Db, action: string): Promise<Row[]> {
  const direct = (await rowsWith(db, [action])).filter((row) => aboutOf(row).action === action);
  const [first, last] = [direct[0], direct.at(-1)];
  if (!first || !last) return [];
  const approvals = new Set(direct.flatMap((row) => aboutOf(row).approval ?? []));
  const incident = direct.flatMap((row) => aboutOf(row).incident ?? [])[0];
  const found = await rowsWith(db, [action, ...approvals, ...(incident ? [incident] : [])]);
  const bound = found.filter(({ chain }) => chain === first.chain);
  const around = bound.filter((row) => incident !== undefined && aboutOf(row).incident === incident);
  const own = bound.filter((row) => belongs(aboutOf(row), action, approvals));
  const diagnosis = around.findLast((row) => row.seq < first.seq && kindOf(row) === 'diagnosis.made');
  const verification = around.find((row) => row.seq > last.seq && verifies.includes(kindOf(row)));
  const rows = [diagnosis, ...own, verification].filter((row) => row !== undefined);
  return rows.sort((one, other) => one.seq - other.seq);
}

/** How what came of a step is told: of an incident, of a prediction. */
const verifies = ['incident.verified', 'prediction.over'];

function belongs(about: Record<string, string>, action: string, approvals: Set<string>): boolean {
  if (about.action) return about.action === action;
  return about.approval !== undefined && approvals.has(about.approval);
}

function kindOf({ text = '' }: Row): string {
  return told(text).entry.kind;
}

function aboutOf({ text = '' }: Row): Record<string, string> {
  return told(text).entry.about ?? {};
}

function spoken(digests: Record<string, string>, words: Map<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(digests).map(([name, digest]) => [name, words.get(digest) ?? '(erased)']),
  );
}

function plain(words: Words[]): Map<string, string> {
  return new Map(words.map(({ digest, words: text }) => [hex(digest), text]));
}

async function* each(lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
