import { hashOf, type Kept, sealedAnew, sha256 } from './audit-table.ts';

/** What becomes of a table of entries, at two places in it; `n` says how, where there are several ways. */
type Rewrite = (rows: Kept[], at: number, other: number, n: number) => Kept[];

/** What the owner of the database can make of the entries, with and without hashes that are right again. */
export const rewrites: Record<string, Rewrite> = {
  'a text edited': (rows, at, _, n) => changed(rows, at, (row) => ({ text: lie(row.text, n) })),
  'a text edited by one character': (rows, at, _, n) =>
    changed(rows, at, ({ text }) => ({ text: mangled(text, n) })),
  'a text edited and its digest made anew': (rows, at, _, n) =>
    changed(rows, at, (row) => digested(lie(row.text, n))),
  'an entry edited and sealed anew alone': (rows, at, _, n) =>
    changed(rows, at, (row) => alone({ ...row, ...digested(lie(row.text, n)) })),
  'an entry edited and all sealed anew': (rows, at, _, n) =>
    sealedAnew(changed(rows, at, (row) => ({ text: lie(row.text, n) }))),
  'a digest edited': (rows, at, _, n) =>
    changed(rows, at, ({ content }) => ({ content: flipped(content, n) })),
  'a link edited': (rows, at, _, n) =>
    changed(rows, at, ({ previous }) => ({ previous: flipped(previous, n) })),
  'a link edited and its hash made anew': (rows, at, _, n) =>
    changed(rows, at, (row) => alone({ ...row, previous: flipped(row.previous, n) })),
  'a hash edited': (rows, at, _, n) => changed(rows, at, ({ hash }) => ({ hash: flipped(hash, n) })),
  'an entry moved to the other chain': (rows, at) =>
    changed(rows, at, ({ chain }) => ({ chain: not(chain) })),
  'an entry moved to the other chain, all sealed anew': (rows, at) =>
    sealedAnew(changed(rows, at, ({ chain }) => ({ chain: not(chain) }))),
  'the chains exchanged, all sealed anew': (rows) =>
    sealedAnew(rows.map((row) => ({ ...row, chain: not(row.chain) }))),
  'an entry put in': (rows, at, other) =>
    numbered([...rows.slice(0, at), fresh(rows, other), ...rows.slice(at)]),
  'an entry put in, all sealed anew': (rows, at, other, n) =>
    sealedAnew(rows.flatMap((row, place) => (place === at ? [lied(rows, other, n), row] : [row]))),
  'an entry put in before the first': (rows, at) => [{ ...fresh(rows, at), seq: 0 }, ...rows],
  'an entry copied to the end': (rows, at) => [...rows, { ...fresh(rows, at), seq: rows.length + 1 }],
  'an entry made up at the end, all sealed anew': (rows, at, _, n) =>
    sealedAnew([...rows, lied(rows, at, n)]),
  'a second entry that follows the same': (rows, at) => [...rows, ...forked(rows, at)],
  'two entries swapped': (rows, at, other) => numbered(swapped(rows, at, other)),
  'two entries swapped, all sealed anew': (rows, at, other) => sealedAnew(swapped(rows, at, other)),
  'an entry deleted': (rows, at) => rows.toSpliced(at, 1),
  'an entry deleted and the rest moved up': (rows, at) => numbered(rows.toSpliced(at, 1)),
  'an entry deleted, all sealed anew': (rows, at) => sealedAnew(rows.toSpliced(at, 1)),
  'some entries deleted, all sealed anew': (rows, at, other) =>
    sealedAnew(rows.toSpliced(Math.min(at, other), 1 + Math.abs(at - other))),
  'the first entries deleted': (rows, at) => rows.slice(at + 1),
  'the tail cut off': (rows, at) => rows.slice(0, at),
  'everything deleted': () => [],
  'all of one chain deleted, the other sealed anew': (rows, at) =>
    sealedAnew(rows.filter(({ chain }) => chain !== rows[at]?.chain)),
  'the chain replaced by another that is as long': (rows, _, __, n) =>
    sealedAnew(rows.map((row) => ({ ...row, text: lie(row.text, n) }))),
  'the chain replaced by a longer one': (rows, at) => sealedAnew([...rows.toReversed(), ...rows.slice(at)]),
  'the chain replaced by a shorter one': (rows, at) => sealedAnew(rows.toReversed().slice(0, at)),
};

function changed(rows: Kept[], at: number, change: (row: Kept) => Partial<Kept>): Kept[] {
  return rows.map((row, place) => (place === at ? { ...row, ...change(row) } : row));
}

function digested(text: string): Partial<Kept> {
  return { text, content: sha256(text) };
}

function alone(row: Kept): Kept {
  return { ...row, hash: hashOf(row) };
}

const not = (chain: Kept['chain']) => (chain === 'real' ? 'trial' : 'real');

/** The numbers in the column only: texts and hashes stay. */
function numbered(rows: Kept[]): Kept[] {
  return rows.map((row, place) => ({ ...row, seq: place + 1 }));
}

function swapped(rows: Kept[], at: number, other: number): Kept[] {
  return rows.map((row, place) => (place === at ? rows[other] : place === other ? rows[at] : row) ?? row);
}

/** A copy of an entry with a link and a hash that no other has. */
function fresh(rows: Kept[], at: number): Kept {
  const row = rows[at] as Kept;
  return { ...row, previous: sha256(row.previous), hash: sha256(row.hash) };
}

function lied(rows: Kept[], at: number, n: number): Kept {
  const row = rows[at] as Kept;
  return { ...row, text: lie(row.text, n) };
}

/** Sealed as an entry at the end would be, but after what the entry at this place follows. */
function forked(rows: Kept[], at: number): Kept[] {
  const row = rows[at] as Kept;
  const seq = rows.length + 1;
  const text = row.text.replace(/\d+(?=\}$)/, `${seq}`);
  return [alone({ ...row, ...digested(text), seq })];
}

/** Another time, another deed or somebody else. */
function lie(text: string, n: number): string {
  const ways = [
    text.replace(/"kind":"[^"]*"/, '"kind":"kill.released"'),
    text.replace(/"by":\{[^}]*\}/, '"by":{"person":"p-nobody"}'),
    text.replace('"entry":{', '"entry":{"about":{"service":"another"},'),
  ];
  const told = ways[n % (ways.length + 1)] ?? text;
  return told === text ? text.replace(/(?<="at":")\d/, (digit) => `${(Number(digit) + 1) % 10}`) : told;
}

function mangled(text: string, n: number): string {
  const at = n % text.length;
  return `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`.toWellFormed();
}

function flipped(hex: string, n: number): string {
  const bytes = Buffer.from(hex, 'hex');
  const at = n % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (n % 8));
  return bytes.toString('hex');
}
