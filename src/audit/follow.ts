import type { Checkpoint } from './checkpoint.ts';
import type { Head } from './export.ts';
import { type Fault, genesis, linked, openLinks, type Row, same, sha256 } from './link.ts';
import { receiptLine, receiptOf } from './receipt.ts';
import { type Told, told } from './told.ts';
import type { Verified } from './verify.ts';
import type { Line } from './verify-file.ts';
import { openWitness, type Witness, witnessedIn } from './witness.ts';

/** Follows the lines of an export in order; each verb answers with what is wrong, or undefined. */
export interface Follow {
  entry(row: Row): Fault | string | undefined;
  line(line: Exclude<Line, { seal: unknown }>): string | undefined;
  end(): Verified;
}

/** Follows an export of a range: no entry missing, each chain linked, and what was witnessed of it is in it. */
export function followRange({ first, last }: Head, elsewhere: Checkpoint[] = []): Follow {
  const tails = new Map<string, Uint8Array>();
  const links = openLinks(first, tails);
  const checkpoints = elsewhere.filter(({ seq }) => seq >= first && seq <= last);
  let witness: Witness | undefined;
  return {
    entry: (row) => {
      witness ??= openWitness(checkpoints);
      // Only an export from the beginning must begin with a chain's first entry: else the one before is believed.
      if (first > 1 && !tails.has(row.chain)) tails.set(row.chain, row.previous);
      return links.see(row) ?? witness.see(row);
    },
    line: (line) => {
      if (!('checkpoint' in line) || witness) return 'A line of the file does not belong where it is.';
      checkpoints.push(line.checkpoint);
      return undefined;
    },
    end: () => {
      const entries = links.seen();
      const next = first + entries;
      if (first > 0 && next !== last + 1)
        return { kind: 'broken', seq: `${next}`, because: `The entries from ${next} on are missing.` };
      const ended = (witness ?? openWitness([])).end();
      if (ended.kind === 'contradicted') return { kind: 'broken', ...ended.fault };
      const { witnessed } = ended;
      const because = `All ${entries} entries match their hashes and their links. ${witnessedIn(witnessed)}`;
      return { kind: 'intact', entries, because, witnessed };
    },
  };
}

/** Follows a consent receipt: its entries and the hashes between lead up to its checkpoint, and it says what they say. */
export function followReceipt(head: Head, action: string, elsewhere: Checkpoint[] = []): Follow {
  const entries: Told[] = [];
  const words = new Map<string, string>();
  let receipt: unknown;
  let chain: string | undefined;
  let tail: Uint8Array | undefined;
  let checkpoint: Checkpoint | undefined;
  const see = (row: Row): Fault | string | undefined => {
    const before = entries.at(-1)?.seq ?? head.first - 1;
    if (row.seq <= before || row.chain !== (chain ?? row.chain))
      return `Entry ${row.seq} is out of its place.`;
    if (row.seq === 1 && !same(row.previous, genesis(row.chain)))
      return `Entry 1 is not the first of its chain.`;
    const fault = openLinks(row.seq, new Map([[row.chain, tail ?? row.previous]])).see(row);
    if (fault) return fault;
    [chain, tail] = [row.chain, row.hash];
    entries.push(told(row.text ?? ''));
    return undefined;
  };
  return {
    entry: (row) => {
      try {
        return see(row);
      } catch {
        return `The text of entry ${row.seq} is not an audit entry.`;
      }
    },
    line: (line) => {
      if ('receipt' in line) receipt = line.receipt;
      else if ('words' in line) return hear(line.words, words);
      else if ('between' in line) {
        for (const content of line.between)
          tail = linked(tail ?? Buffer.alloc(0), Buffer.from(content, 'hex'));
      } else {
        checkpoint = line.checkpoint;
        if (checkpoint.chain !== chain || !tail || checkpoint.hash !== hex(tail))
          return 'The entries do not lead up to the checkpoint.';
      }
      return undefined;
    },
    end: () => {
      const because =
        (entries[0]?.seq !== head.first || entries.at(-1)?.seq !== head.last
          ? 'Entries of the receipt are missing.'
          : undefined) ??
        unbound(entries, words) ??
        (receiptLine(receipt) === receiptLine(receiptOf(action, entries, words))
          ? undefined
          : 'The receipt does not say what its entries say.') ??
        contradicted(entries, checkpoint, elsewhere);
      if (because) return { kind: 'broken', because };
      const proof = checkpoint
        ? `they lead up to the checkpoint of chain ${checkpoint.chain} at entry ${checkpoint.seq}, taken at ${checkpoint.at}${witnessed(checkpoint, elsewhere)}`
        : 'no checkpoint witnesses them yet';
      return {
        kind: 'intact',
        entries: entries.length,
        because: `The receipt of ${action} says what its ${entries.length} entries say, and ${proof}.`,
      };
    },
  };
}

interface Heard {
  digest: string;
  salt: string;
  words: string;
}

function hear({ digest, salt, words: text }: Heard, words: Map<string, string>): string | undefined {
  const salted = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(text)]);
  if (hex(sha256(salted)) !== digest) return 'Words beside an entry are not those it was written with.';
  words.set(digest, text);
  return undefined;
}

function unbound(entries: Told[], words: Map<string, string>): string | undefined {
  const known = new Set(entries.flatMap(({ entry }) => Object.values(entry.words ?? {})));
  return [...words.keys()].every((digest) => known.has(digest))
    ? undefined
    : 'The file has words of no entry in it.';
}

function contradicted(
  entries: Told[],
  checkpoint: Checkpoint | undefined,
  elsewhere: Checkpoint[],
): string | undefined {
  const chain = entries[0]?.chain;
  const other = elsewhere.find(
    (one) => one.chain === chain && one.seq === checkpoint?.seq && one.hash !== checkpoint.hash,
  );
  return (
    other && `A checkpoint taken at ${other.at} witnessed another entry ${other.seq} than the receipt's.`
  );
}

function witnessed(checkpoint: Checkpoint, elsewhere: Checkpoint[]): string {
  if (elsewhere.length === 0) return '';
  const found = elsewhere.some(({ signature }) => signature === checkpoint.signature);
  return found ? ', which the witness has too' : ', which the witness does not have';
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
