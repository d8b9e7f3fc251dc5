import { type Checkpoint, checkpointSchema, isGenuine } from './checkpoint.ts';
import type { Fault, Row } from './link.ts';
import { jsonIn, linesOf } from './witness-file.ts';

/** What the checkpoints say of the entries that are being looked at. */
export interface Witness {
  /** The entries there are checkpoints of. */
  places(): number[];
  /** What the checkpoints at this entry say against it. */
  see(row: Pick<Row, 'seq' | 'chain' | 'hash'>): Fault | undefined;
  /** After the last entry: what was witnessed and is not there, else what nobody has witnessed yet. */
  end(): { kind: 'contradicted'; fault: Fault } | { kind: 'agrees'; witnessed: Witnessed };
}

export interface Witnessed {
  checkpoints: number;
  /** Fingerprints of the keys that signed them. */
  keys: string[];
  /** The entries after the last checkpoint of a chain: nobody outside could contradict a change of these. */
  open: { chain: string; after: number; entries: number }[];
}

export type Read = { kind: 'checkpoints'; checkpoints: Checkpoint[]; unreadable: number } | Contradiction;
type Contradiction = { kind: 'contradicted'; because: string };

/**
 * Reads a witness file and checks every signature; with `key` (the start of a fingerprint) every one must be
 * signed by it. A line that is no JSON is counted, because a power cut can leave half a line.
 * Throws when there is no such file.
 */
export async function readWitness(file: string, key?: string): Promise<Read> {
  const checkpoints: Checkpoint[] = [];
  let unreadable = 0;
  for await (const { line } of linesOf(file)) {
    const said = line.length > 0 ? jsonIn(line.toString()) : undefined;
    if (said === undefined) {
      unreadable += line.length > 0 ? 1 : 0;
      continue;
    }
    const parsed = checkpointSchema.safeParse(said);
    const because = parsed.success
      ? (objection(parsed.data, key) ?? alarm(parsed.data))
      : 'A line of the witness file is JSON and not a checkpoint: it was changed.';
    if (because) return { kind: 'contradicted', because };
    if (parsed.success) checkpoints.push(parsed.data);
  }
  return { kind: 'checkpoints', checkpoints, unreadable };
}

/** What was found out when the checkpoint was taken stays so, whoever removes the older line from the file. */
function alarm({ chain, seq, at, contradicts }: Checkpoint): string | undefined {
  if (contradicts === undefined) return undefined;
  return `The checkpoint of chain ${chain} at entry ${seq}, taken at ${at}, says that the chain no longer held what the one at entry ${contradicts} witnessed.`;
}

/**
 * What the witness file lost: a checkpoint is in the file before the database has it, so the newest that was
 * stored, read before the file is, must be in it.
 */
export function lost(stored: Checkpoint[], checkpoints: Checkpoint[]): string | undefined {
  const there = new Set(checkpoints.map(({ signature }) => signature));
  const gone = stored.find(({ signature }) => !there.has(signature));
  return (
    gone &&
    `The witness file lacks the checkpoint of chain ${gone.chain} at entry ${gone.seq}, taken at ${gone.at}, which the database has: its end was cut off, or an older copy was put in its place.`
  );
}

/** Why a checkpoint does not count as a witness. */
export function objection(checkpoint: Checkpoint, key?: string): string | undefined {
  const named = `The checkpoint of chain ${checkpoint.chain} at entry ${checkpoint.seq}`;
  if (!isGenuine(checkpoint)) return `${named} does not match its signature: it was changed.`;
  if (key && !checkpoint.fingerprint.startsWith(key))
    return `${named} is signed by the key ${checkpoint.fingerprint}, not by ${key}.`;
  return undefined;
}

/** Holds the entries, shown in order, against `checkpoints`. */
export function openWitness(checkpoints: Checkpoint[]): Witness {
  const bySeq = Map.groupBy(checkpoints, ({ seq }) => seq);
  const tails = new Map<string, number>();
  const open = new Map<string, { after: number; entries: number }>();
  const waiting = new Set(bySeq.keys());
  let agreed = 0;
  return {
    places: () => [...bySeq.keys()],
    see: ({ seq, chain, hash }) => {
      tails.set(chain, seq);
      const last = open.get(chain) ?? { after: 0, entries: 0 };
      open.set(chain, { ...last, entries: last.entries + 1 });
      const here = bySeq.get(seq);
      if (!here) return undefined;
      waiting.delete(seq);
      for (const checkpoint of here) {
        if (checkpoint.chain !== chain || checkpoint.hash !== Buffer.from(hash).toString('hex'))
          return { seq: `${seq}`, because: replaced(checkpoint, agreed) };
      }
      agreed = seq;
      open.set(chain, { after: seq, entries: 0 });
      return undefined;
    },
    end: () => {
      const [missing] = [...waiting].sort((one, other) => one - other).flatMap((seq) => bySeq.get(seq) ?? []);
      if (missing) return { kind: 'contradicted', fault: cutOff(missing, tails.get(missing.chain)) };
      const keys = [...new Set(checkpoints.map(({ fingerprint }) => fingerprint))];
      const windows = [...open].map(([chain, window]) => ({ chain, ...window }));
      const unseen = windows.filter(({ entries }) => entries > 0);
      return { kind: 'agrees', witnessed: { checkpoints: checkpoints.length, keys, open: unseen } };
    },
  };
}

/** The sentence on what was witnessed, for people. */
export function witnessedIn({ checkpoints, keys, open }: Witnessed): string {
  const short = keys.map((key) => key.slice(0, 16)).join(', ');
  const held =
    checkpoints === 0
      ? 'There are no checkpoints to hold them against.'
      : `${checkpoints} checkpoint${checkpoints === 1 ? '' : 's'} signed by key ${short} agree${checkpoints === 1 ? 's' : ''}.`;
  const windows = open.map(
    ({ chain, after, entries }) =>
      ` Open window: ${entries} ${entries === 1 ? 'entry' : 'entries'} of chain ${chain} after entry ${after} ${entries === 1 ? 'has' : 'have'} no checkpoint yet.`,
  );
  return held + windows.join('');
}

function replaced({ chain, seq, at }: Checkpoint, agreed: number): string {
  return `Entry ${seq} is not what the checkpoint of chain ${chain} taken at ${at} witnessed: something after entry ${agreed} was rewritten and sealed again, or the chain was replaced.`;
}

function cutOff({ chain, seq, at }: Checkpoint, tail: number | undefined): Fault {
  const now = tail === undefined ? 'has no entries' : `ends at entry ${tail}`;
  return {
    seq: `${(tail ?? 0) + 1}`,
    because: `The checkpoint taken at ${at} witnessed entry ${seq} of chain ${chain}, and the chain now ${now}: its tail was cut off.`,
  };
}
