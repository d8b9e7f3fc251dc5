import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterText, entryStart, sealed } from '../src/audit/export.ts';
import { openSigner } from '../src/audit/key.ts';
import type { Verified } from '../src/audit/verify.ts';
import { verifyFile } from '../src/audit/verify-file.ts';
import { readWitness } from '../src/audit/witness.ts';
import type { Place } from './audit-attacks.ts';
import { type Scene, witnessOf } from './audit-chain.ts';
import { hashOf, sha256 } from './audit-table.ts';

export type Paper = keyof typeof papers;

/** What can be exported and checked offline. `entries` is how many there are. */
export const papers = {
  whole: (scene: Scene) => scene.exported({}),
  range: (scene: Scene, { at, other }: Place, entries: number) => {
    const [one, another] = [1 + (Math.abs(at) % entries), 1 + (Math.abs(other) % entries)];
    return scene.exported({ first: Math.min(one, another), last: Math.max(one, another) });
  },
  receipt: (scene: Scene) => scene.exported({ action: 'act-1' }),
};

/** Verifies a file as `audit verify FILE --checkpoints --key` does; any key's without one. */
export async function verifyPaper(scene: Scene, bytes: Buffer | string, key?: string): Promise<Verified> {
  const file = join(scene.folder, 'paper.jsonl');
  writeFileSync(file, bytes);
  const read = witnessOf(scene).length > 0 ? await readWitness(scene.file, scene.key) : undefined;
  if (read?.kind === 'contradicted') throw new Error(read.because);
  return verifyFile(file, { ...(read && { checkpoints: read.checkpoints }), ...(key && { key }) });
}

type Alter = (lines: string[], place: Place) => string[];

/** What can be done to the lines of a file, the last of which is empty. */
const alterations: Record<string, Alter> = {
  'a line removed': (lines, { at }) => lines.toSpliced(nth(at, lines), 1),
  'a line doubled': (lines, { at }) => lines.toSpliced(nth(at, lines), 0, lines[nth(at, lines)] as string),
  'a line moved': (lines, { at, other }) => {
    const [line] = lines.slice(nth(at, lines));
    return lines.toSpliced(nth(at, lines), 1).toSpliced(nth(other, lines), 0, line as string);
  },
  'the end cut off': (lines, { at }) => lines.slice(0, nth(at, lines)),
  'a line added': (lines, { at }) => lines.toSpliced(nth(at, lines) + 1, 0, '{"between":[]}'),
  'a field edited': (lines, { at, other }) => {
    const line = lines[nth(at, lines)] as string;
    const values = [...line.matchAll(/(?<=[:[])("[^"]{0,80}"|\d+)/g)];
    const value = values[Math.abs(other) % values.length];
    if (!value) return lines;
    const put = value[0].startsWith('"') ? '"another"' : `${Number(value[0]) + 1}`;
    const edited = line.slice(0, value.index) + put + line.slice(value.index + value[0].length);
    return lines.with(nth(at, lines), edited);
  },
};

/** The same on the bytes of a file. */
export const onBytes: Record<string, (bytes: Buffer, place: Place) => Buffer> = {
  'a bit flipped': (bytes, { at, other }) => {
    const altered = Buffer.from(bytes);
    const place = nth(at, bytes);
    altered[place] = (altered[place] ?? 0) ^ (1 << Math.abs(other % 8));
    return altered;
  },
  'bytes cut off': (bytes, { at }) => bytes.subarray(0, nth(at, bytes)),
  'bytes added': (bytes, { at }) => Buffer.concat([bytes, Buffer.alloc(1 + Math.abs(at % 9), '\n')]),
  ...Object.fromEntries(
    Object.entries(alterations).map(([what, alter]) => [
      what,
      (bytes: Buffer, place: Place) => Buffer.from(alter(bytes.toString().split('\n'), place).join('\n')),
    ]),
  ),
};

/** The same lines with one entry edited, its chain linked anew from there on, sealed by somebody else's key. */
export async function forged(scene: Scene, bytes: Buffer, { at }: Place): Promise<Buffer> {
  const lines = bytes.toString().trimEnd().split('\n').slice(0, -1);
  const entries = lines.flatMap((line, place) => (line.startsWith(entryStart) ? [place] : []));
  const edited = entries[nth(at, entries)] ?? -1;
  const tails = new Map<string, string>();
  const linked = lines.map((line, place) => {
    if (!line.startsWith(entryStart)) return line;
    const { audit, previous: before } = JSON.parse(line);
    const stood = line.slice(entryStart.length, line.lastIndexOf(afterText));
    const text = place === edited ? stood.replace('"kind":"', '"kind":"x') : stood;
    const previous = tails.get(audit.chain) ?? before;
    const hash = hashOf({ previous, content: sha256(text) });
    tails.set(audit.chain, hash);
    return `${entryStart}${text}${afterText}${hash}","previous":"${previous}"}`;
  });
  const parts: string[] = [];
  const signer = openSigner(join(scene.folder, 'other'));
  for await (const part of sealed(signer, each(linked.map((line) => `${line}\n`)))) parts.push(part);
  return Buffer.from(parts.join(''));
}

async function* each(lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

function nth(place: number, { length }: { length: number }): number {
  return place < 0 ? Math.max(0, length + place) : place % Math.max(1, length);
}
