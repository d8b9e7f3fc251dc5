import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Checkpoint, checkpointSchema } from './checkpoint.ts';
import { afterHash, afterText, entryStart, type Head, sealLine } from './export.ts';
import { type Follow, followRange, followReceipt } from './follow.ts';
import { isSigned, signedShape } from './key.ts';
import { type Row, sha256 } from './link.ts';
import type { Verified } from './verify.ts';
import { objection } from './witness.ts';
import { jsonIn, linesOf } from './witness-file.ts';

const headSchema = z.strictObject({
  format: z.literal(1),
  at: z.string(),
  what: z.union([z.literal('entries'), z.strictObject({ action: z.string() })]),
  first: z.number().int(),
  last: z.number().int(),
});
const sealSchema = z.strictObject({ digest: z.string(), ...signedShape });
const hashes = z.string().regex(/^[0-9a-f]{64}$/);
const lineSchema = z.union([
  z.strictObject({ between: z.array(hashes) }),
  z.strictObject({ checkpoint: checkpointSchema }),
  z.strictObject({ words: z.strictObject({ digest: hashes, salt: z.string(), words: z.string() }) }),
  z.strictObject({ receipt: z.record(z.string(), z.json()) }),
  z.strictObject({ seal: sealSchema }),
]);
export type Line = z.infer<typeof lineSchema>;

interface Against {
  /** What was witnessed elsewhere. */
  checkpoints?: Checkpoint[];
  /** The start of the fingerprint that must have signed it. */
  key?: string;
}

/**
 * Verifies an export or a consent receipt without a database: every text re-hashed, every link followed, the
 * receipt told again from its entries, checkpoints and seal checked. Any changed byte is found. What it cannot
 * know is whose key the fingerprint is: hold it against the one that was posted.
 */
export async function verifyFile(file: string, against: Against = {}): Promise<Verified> {
  const digest = createHash('sha256');
  let follow: Follow | undefined;
  let sealedBy: string | undefined;
  for await (const { line, whole } of linesOf(file)) {
    if (sealedBy !== undefined) return broken('Something was added after the seal.');
    if (!whole) return broken('The last line is not whole: the end of the file was cut off.');
    if (!follow) {
      const head = headOf(line);
      if (!head) return broken('This is not an export of the audit: its first line does not say so.');
      follow =
        head.what === 'entries'
          ? followRange(head, against.checkpoints)
          : followReceipt(head, head.what.action, against.checkpoints);
    } else if (startsWith(line, entryStart)) {
      const row = entryOf(line);
      const fault = row ? follow.entry(row) : 'A line with an entry was changed.';
      if (fault) return typeof fault === 'string' ? broken(fault) : { kind: 'broken', ...fault };
    } else {
      const said = lineSchema.safeParse(jsonIn(line.toString()));
      if (!said.success) return broken('A line of the file is none that an export has: it was changed.');
      if ('seal' in said.data) {
        const because = wrongSeal(said.data.seal, line.toString(), digest.copy().digest('hex'), against.key);
        if (because) return broken(because);
        sealedBy = said.data.seal.fingerprint;
        continue;
      }
      const because =
        'checkpoint' in said.data
          ? (objection(said.data.checkpoint, against.key) ?? follow.line(said.data))
          : follow.line(said.data);
      if (because) return broken(because);
    }
    digest.update(line).update('\n');
  }
  if (!follow || !sealedBy) return broken('The seal is missing: the end of the file was cut off.');
  const ended = follow.end();
  if (ended.kind === 'broken') return ended;
  return { ...ended, because: `${ended.because} Sealed by key ${sealedBy}.` };
}

function wrongSeal(
  seal: z.infer<typeof sealSchema>,
  line: string,
  digest: string,
  key = '',
): string | undefined {
  if (sealLine(seal) !== line) return 'The seal was changed.';
  if (seal.digest !== digest) return 'The file is not the one that was sealed: something in it was changed.';
  if (!isSigned('export', seal.digest, seal)) return 'The signature of the seal is wrong.';
  if (!seal.fingerprint.startsWith(key))
    return `The file is sealed by the key ${seal.fingerprint}, not by ${key}.`;
  return undefined;
}

function headOf(line: Buffer): Head | undefined {
  const said = z.strictObject({ export: headSchema }).safeParse(jsonIn(line.toString()));
  return said.success ? said.data.export : undefined;
}

const hashLength = 64;
const tailLength = afterText.length + hashLength + afterHash.length + hashLength + 2;

/** The entry of a line, its text as the bytes that were hashed; undefined when the line is not built as it must be. */
function entryOf(line: Buffer): Row | undefined {
  const end = line.length - tailLength;
  if (end <= entryStart.length) return undefined;
  const tail = line.toString('latin1', end);
  const parts = new RegExp(`^${afterText}([0-9a-f]{64})${afterHash}([0-9a-f]{64})"}$`).exec(tail);
  const text = line.subarray(entryStart.length, end);
  const said = jsonIn(text.toString()) as { seq?: unknown; chain?: unknown } | undefined;
  if (!parts || typeof said?.seq !== 'number' || typeof said.chain !== 'string') return undefined;
  const [hash = '', previous = ''] = parts.slice(1);
  return {
    seq: said.seq,
    chain: said.chain,
    text: text.toString(),
    content: sha256(text),
    hash: Buffer.from(hash, 'hex'),
    previous: Buffer.from(previous, 'hex'),
  };
}

function startsWith(line: Buffer, start: string): boolean {
  return line.toString('latin1', 0, start.length) === start;
}

function broken(because: string): Verified {
  return { kind: 'broken', because };
}
