import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { openSigner, type Signer } from '../src/audit/key.ts';
import { type Scene, witnessOf } from './audit-chain.ts';
import { rewrites } from './audit-rewrites.ts';
import { type Copy, copyOf, putBack } from './audit-table.ts';

/** Where, in whatever is attacked: from the end when negative. */
export interface Place {
  at: number;
  other: number;
}

type Attack = (scene: Scene, place: Place) => Promise<unknown>;

/** Everything that is done to the database and to the witness file. */
export const attacks: Record<string, Attack> = {
  ...Object.fromEntries(
    Object.entries(rewrites).map(([what, rewrite]): [string, Attack] => [
      what,
      async ({ db }, place) => {
        const { rows } = await copyOf(db);
        const [at, other] = [within(place.at, rows), within(place.other, rows)];
        await putBack(db, { rows: rewrite(rows, at, other, Math.abs(place.at)) });
      },
    ]),
  ),
  'an older copy of the database': ({ db, older }) => putBack(db, older),
  'an older copy of the entries': ({ db, older: { rows } }) => putBack(db, { rows }),
  'words edited': onWords((words, at) => words.with(at, { ...of(words, at), words: 'nothing' })),
  'a salt edited': onWords((words, at) => words.with(at, { ...of(words, at), salt: '00'.repeat(16) })),
  'words exchanged': onWords((words, at, other) =>
    words
      .with(at, { ...of(words, other), digest: of(words, at).digest })
      .with(other, { ...of(words, at), digest: of(words, other).digest }),
  ),
  'stored checkpoints deleted': onStored(() => []),
  'stored checkpoints made unreadable': onStored((stored) => stored.map((one) => ({ ...one, line: 'none' }))),
  'stored checkpoints dated later': onStored((stored) =>
    stored.map((one) => ({ ...one, line: one.line.replace(/"at":"\d+/, '"at":"2999') })),
  ),
  'stored checkpoints moved to the other chain': onStored((stored) =>
    stored.map((one) => ({ ...one, chain: one.chain === 'real' ? 'trial' : 'real' })),
  ),
  'checkpoints of all there is stored under another key': onStored((_, { rows }, signer) =>
    rows.map(({ chain, seq, hash }) => ({ chain, seq, hash, line: claimed(signer, { chain, seq, hash }) })),
  ),
  'the last lines of the witness dropped': onWitness((lines, at) => lines.slice(0, at)),
  'the last lines of the witness dropped, and the stored ones': async (scene, place) => {
    await onWitness((lines, at) => lines.slice(0, at))(scene, place);
    const left = witnessOf(scene);
    await onStored((stored) => stored.filter(({ line }) => left.includes(line)))(scene, place);
  },
  'the witness dropped, and all sealed anew': async (scene, place) => {
    await attacks['the last lines of the witness dropped, and the stored ones']?.(scene, place);
    await attacks['an entry edited and all sealed anew']?.(scene, { at: place.other, other: place.at });
  },
  'the witness deleted': async ({ file }) => rmSync(file, { force: true }),
  'a line of the witness edited': onWitness((lines, at, n) => lines.with(at, edited(lines[at] as string, n))),
  'a line of the witness made unreadable': onWitness((lines, at) =>
    lines.with(at, (lines[at] as string).slice(1)),
  ),
  'the witness signed by another key, and all sealed anew': async (scene, place) => {
    await attacks['an entry edited and all sealed anew']?.(scene, place);
    const { rows } = await copyOf(scene.db);
    const claims = witnessOf(scene).map((line) => {
      const row = rows[JSON.parse(line).seq - 1];
      return row && claimed(otherSigner(scene), row);
    });
    writeWitness(
      scene,
      claims.filter((line) => line !== undefined),
    );
  },
  'the witness of another database under the same key': onWitness((lines, _, __, signer) =>
    lines.map((line, nth) => {
      const { chain, seq } = JSON.parse(line);
      return claimed(signer, { chain, seq, hash: `${nth % 10}`.repeat(64) });
    }),
  ),
};

function within(place: number, { length }: unknown[]): number {
  if (length === 0) return 0;
  return place < 0 ? Math.max(0, length + place) : place % length;
}

function of<T>(list: T[], at: number): T {
  return list[at] as T;
}

function onWords(change: (words: Copy['words'], at: number, other: number) => Copy['words']): Attack {
  return async ({ db }, { at, other }) => {
    const { words } = await copyOf(db);
    if (words.length > 0)
      await putBack(db, { words: change(words, within(at, words), within(other, words)) });
  };
}

type Stored = Copy['checkpoints'];

function onStored(change: (stored: Stored, all: Copy, other: Signer) => Stored): Attack {
  return async (scene) => {
    const all = await copyOf(scene.db);
    await putBack(scene.db, { checkpoints: change(all.checkpoints, all, otherSigner(scene)) });
  };
}

/** `n` says how, where there are several ways. */
function onWitness(change: (lines: string[], at: number, n: number, own: Signer) => string[]): Attack {
  return async (scene, { at, other }) => {
    const lines = witnessOf(scene);
    if (lines.length > 0)
      writeWitness(scene, change(lines, within(at, lines), Math.abs(other), openSigner(scene.folder)));
  };
}

function writeWitness({ file }: Scene, lines: string[]): void {
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
}

function otherSigner({ folder }: Scene): Signer {
  return openSigner(join(folder, 'other'));
}

/** A checkpoint that anybody with a key can sign. */
function claimed(
  signer: Signer,
  { chain, seq, hash }: Pick<Copy['checkpoints'][number], 'chain' | 'seq' | 'hash'>,
) {
  const said = { chain, seq, hash, entries: seq, at: '2999-01-01T00:00:00.000Z' };
  const signed = signer.sign('checkpoint', canonicalize(said) ?? '');
  return canonicalize({ ...said, ...signed }) ?? '';
}

function edited(line: string, n: number): string {
  const said = JSON.parse(line);
  const ways = [
    { seq: said.seq + 1 },
    { entries: said.entries + 1 },
    { at: '2026-11-20T12:00:00.000Z' },
    { hash: 'f'.repeat(64) },
    { chain: said.chain === 'real' ? 'trial' : 'real' },
    { contradicts: 1 },
    { signature: `${said.signature.startsWith('A') ? 'B' : 'A'}${said.signature.slice(1)}` },
  ];
  return canonicalize({ ...said, ...ways[n % ways.length] }) ?? '';
}
