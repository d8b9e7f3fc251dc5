// What was there before anything was changed, and whether a change of it must be found.
import { type Scene, witnessOf } from './audit-chain.ts';
import { type Copy, copyOf, type Kept, sealedAnew, sha256 } from './audit-table.ts';

export interface Truth {
  rows: Kept[];
  /** The checkpoints that the product took, as the witness had them. */
  lines: string[];
  /** Those that it took after somebody changed something. */
  later: string[];
}

/** `open`: nobody outside knows of what was changed; `same`: nothing that is checked was changed. */
export type Judged = { kind: 'found' | 'open' | 'same'; because: string };

export async function truthOf(scene: Scene): Promise<Truth> {
  return { rows: (await copyOf(scene.db)).rows, lines: witnessOf(scene), later: [] };
}

/** What an honest verification must say of the database and the witness as they are now. */
export async function judge(scene: Scene, truth: Truth): Promise<Judged> {
  const copy = await copyOf(scene.db);
  const because =
    wrongChain(copy.rows) ??
    wrongWords(copy) ??
    wrongWitness(witnessOf(scene), copy, truth) ??
    wrongPast(witnessOf(scene), copy, truth);
  if (because) return { kind: 'found', because };
  return equal(copy.rows, truth.rows)
    ? { kind: 'same', because: 'Nothing was changed.' }
    : { kind: 'open', because: 'What was changed has no checkpoint.' };
}

function wrongChain(rows: Kept[]): string | undefined {
  return equal(rows, sealedAnew(rows)) ? undefined : 'The chain does not hold in itself.';
}

function wrongWords({ rows, words }: Copy): string | undefined {
  const wrong = words.filter(
    (one) => sha256(Buffer.concat([Buffer.from(one.salt, 'hex'), Buffer.from(one.words)])) !== one.digest,
  );
  const known = wrong.some(({ digest }) => rows.some(({ text }) => text.includes(digest)));
  return known ? 'Words are not those that were written.' : undefined;
}

/** Lines that the product did not write, or the newest of those it stored gone. */
function wrongWitness(lines: string[], { checkpoints }: Copy, truth: Truth): string | undefined {
  if (lines.some((line) => isJson(line) && ![...truth.lines, ...truth.later].includes(line)))
    return 'The witness has another line.';
  const newest = ['real', 'trial'].flatMap((of) => checkpoints.findLast(({ chain }) => chain === of) ?? []);
  const gone = newest.some(
    ({ chain, line }) =>
      truth.lines.includes(line) && JSON.parse(line).chain === chain && !lines.includes(line),
  );
  return gone ? 'The witness has lost its newest line.' : undefined;
}

function wrongPast(lines: string[], { rows }: Copy, truth: Truth): string | undefined {
  const now = new Map(rows.map((row) => [row.seq, row]));
  const last = lastOf(lines.filter((line) => truth.lines.includes(line)));
  const wrong = truth.rows.find(
    (row) => row.seq <= (last.get(row.chain) ?? 0) && !equal(row, now.get(row.seq)),
  );
  return wrong && `Entry ${wrong.seq} is not what it was, and a checkpoint knows.`;
}

/** The entries that no line of the witness stands for, as a verification must say it. */
export function openOf(rows: Kept[], lines: string[]): { chain: string; after: number; entries: number }[] {
  const last = lastOf(lines);
  return ['real', 'trial'].flatMap((chain) => {
    const after = last.get(chain) ?? 0;
    const entries = rows.filter((row) => row.chain === chain && row.seq > after).length;
    return entries > 0 ? [{ chain, after, entries }] : [];
  });
}

/** The last entry of each chain that a line of the witness stands for. */
function lastOf(lines: string[]): Map<string, number> {
  const said = lines.filter(isJson).map((line) => JSON.parse(line) as { chain: string; seq: number });
  const last = new Map<string, number>();
  for (const { chain, seq } of said) last.set(chain, Math.max(seq, last.get(chain) ?? 0));
  return last;
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

export function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
