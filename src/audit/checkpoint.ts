import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import canonicalize from 'canonicalize';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Db, type Tx, transact } from '../postgres/database.ts';
import { hasKey, isSigned, openSigner, type Signer, signedShape } from './key.ts';
import { type AnyChain, chains } from './record.ts';
import { linksAt, tailOf } from './store.ts';
import { appendLine, jsonIn } from './witness-file.ts';

const claimShape = {
  chain: z.enum(chains),
  /** The chain's last entry when the checkpoint was taken. */
  seq: z.number().int().positive(),
  /** That entry's hash (hex): it stands for every entry of the chain up to it. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** How many entries the chain had. */
  entries: z.number().int().positive(),
  at: z.iso.datetime(),
  /** The entry of the checkpoint before, when the chain no longer holds what that one witnessed. */
  contradicts: z.number().int().positive().optional(),
};
const claim = z.strictObject(claimShape);
export const checkpointSchema = z.strictObject({ ...claimShape, ...signedShape });

type Claim = z.infer<typeof claim>;
/** A signed statement of how a chain stood: kept outside the database, it contradicts whoever rewrites the chain. */
export type Checkpoint = z.infer<typeof checkpointSchema>;

const everyEntries = 1_000;
const everyMs = 60_000;

interface Last {
  seq: number;
  entries: number;
  at: string;
}

/** Whether a checkpoint is due: 1,000 new entries, or a minute with any (before or after: clocks are set), or a shorter chain. Pure. */
export function isDue(last: Last | undefined, tail: { seq: number; fresh: number }, now: Date): boolean {
  if (!last || tail.seq < last.seq) return true;
  if (tail.fresh === 0) return false;
  return tail.fresh >= everyEntries || Math.abs(now.getTime() - Date.parse(last.at)) >= everyMs;
}

interface Taking {
  db: Db;
  chain: AnyChain;
  signer: Signer;
  /** The witness: a file of JSON lines, best where whoever runs the database cannot write. */
  file: string;
  now: Date;
  /** Also when none is due, if there is anything new. */
  anyway?: boolean;
}

/**
 * Takes a checkpoint when one is due: signed, appended to the witness file, stored. Undefined when none is
 * due or another process is taking one. Throws when the file cannot be written, and then nothing is stored.
 */
function takeCheckpoint(taking: Taking): Promise<Checkpoint | undefined> {
  const { db, chain, signer, file, now, anyway } = taking;
  return transact(db, async (tx) => {
    if (!(await isFree(tx))) return undefined;
    const last = await newestOf(tx, chain, signer.fingerprint);
    const contradicted = last && !(await holds(tx, last)) ? last : undefined;
    const known = contradicted ? undefined : last;
    const tail = await tailOf(tx, chain, known?.seq ?? 0);
    if (!tail) return undefined;
    const due = contradicted || isDue(last, tail, now) || (anyway && tail.fresh > 0);
    if (!due) return undefined;
    const checkpoint = signed(signer, {
      chain,
      seq: tail.seq,
      hash: hex(tail.hash),
      entries: (known?.entries ?? 0) + tail.fresh,
      at: now.toISOString(),
      ...(contradicted && { contradicts: contradicted.seq }),
    });
    appendLine(file, lineOf(checkpoint));
    await insert(tx, checkpoint);
    return checkpoint;
  });
}

interface Where {
  db: Db;
  chain: AnyChain;
  /** The data folder: holds the key, and the witness file unless `file` says where else. */
  folder: string;
  file?: string;
  now(): Date;
}

export interface Checkpoints {
  fingerprint: string;
  /** Takes one when it is due, or `anyway` if there is anything new; call it every second or so, in every process. */
  take(how?: { anyway: boolean }): Promise<Checkpoint | undefined>;
}

/** Opens the key (made at the first use) and the witness file of a chain. */
export function openCheckpoints({ db, chain, folder, file = witnessFile(folder), now }: Where): Checkpoints {
  mkdirSync(dirname(file), { recursive: true });
  const signer = openSigner(folder);
  return {
    fingerprint: signer.fingerprint,
    take: (how) => takeCheckpoint({ db, chain, signer, file, now: now(), ...how }),
  };
}

/** Where the checkpoints lie unless told otherwise. */
export function witnessFile(folder: string): string {
  return join(folder, 'checkpoints.jsonl');
}

/** One line for a channel: whole enough to hold against the chain later. */
export function checkpointLine({
  chain,
  seq,
  hash,
  entries,
  at,
  fingerprint,
  contradicts,
}: Checkpoint): string {
  const alarm = contradicts
    ? ` WARNING: the chain no longer holds what the checkpoint at entry ${contradicts} witnessed.`
    : '';
  return `Audit checkpoint: chain ${chain} has ${entries} entries up to ${seq}, hash ${hash}, at ${at}, key ${fingerprint.slice(0, 16)}.${alarm}`;
}

/** The line as the witness file and an export hold it: canonical JSON. */
export function lineOf(checkpoint: Checkpoint): string {
  return canonicalize(checkpoint) ?? '';
}

/** Whether it is signed by the key it names. */
export function isGenuine(checkpoint: Checkpoint): boolean {
  const { key, fingerprint, signature, ...said } = checkpoint;
  return isSigned('checkpoint', canonicalize(said) ?? '', { key, fingerprint, signature });
}

/** The earliest checkpoint of a chain at or after `seq` that the chain still holds. */
export async function checkpointAfter(db: Db, chain: string, seq: number): Promise<Checkpoint | undefined> {
  return one(
    await sql<{ line: string }>`select line from audit_checkpoint join audit using (chain, seq, hash)
      where chain = ${chain} and seq >= ${seq} order by seq limit 1`.execute(db),
  );
}

/** The latest checkpoint of a chain from entry `first` to `last` that the chain still holds. */
export async function checkpointWithin(
  db: Db,
  chain: string,
  { first, last }: { first: number; last: number },
): Promise<Checkpoint | undefined> {
  return one(
    await sql<{ line: string }>`select line from audit_checkpoint join audit using (chain, seq, hash)
      where chain = ${chain} and seq between ${first} and ${last} order by seq desc limit 1`.execute(db),
  );
}

/** The checkpoint that was taken at an entry of a chain. */
export async function checkpointAt(db: Db, chain: AnyChain, seq: number): Promise<Checkpoint | undefined> {
  return one(
    await sql<{ line: string }>`select line from audit_checkpoint where chain = ${chain} and seq = ${seq}
      order by id desc limit 1`.execute(db),
  );
}

/** The newest checkpoint of each chain that the database has of the key in this data folder, if there is a key. */
export async function newestStored(db: Db, folder: string): Promise<Checkpoint[]> {
  if (!hasKey(folder)) return [];
  const { fingerprint } = openSigner(folder);
  const found = await Promise.all(chains.map((chain) => newestOf(db, chain, fingerprint)));
  return found.filter((one) => one !== undefined);
}

function signed(signer: Signer, said: Claim): Checkpoint {
  return { ...said, ...signer.sign('checkpoint', canonicalize(said) ?? '') };
}

async function isFree(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock(5870110204) as free`.execute(
    tx,
  );
  return rows[0]?.free ?? false;
}

/** Of this key alone, because only of those it is known that they are in the witness file as well. */
async function newestOf(db: Db | Tx, chain: AnyChain, fingerprint: string): Promise<Checkpoint | undefined> {
  const found = one(
    await sql<{ line: string }>`select line from audit_checkpoint
      where chain = ${chain} and position(${fingerprint} in line) > 0 order by id desc limit 1`.execute(db),
  );
  return found?.chain === chain && found.fingerprint === fingerprint ? found : undefined;
}

async function holds(tx: Tx, { chain, seq, hash }: Checkpoint): Promise<boolean> {
  const [row] = await linksAt(tx, [seq]);
  return row?.chain === chain && hex(row.hash) === hash;
}

async function insert(tx: Tx, checkpoint: Checkpoint): Promise<void> {
  const { chain, seq, hash } = checkpoint;
  await sql`insert into audit_checkpoint (chain, seq, hash, line)
    values (${chain}, ${seq}, ${Buffer.from(hash, 'hex')}, ${lineOf(checkpoint)})`.execute(tx);
}

/** Whoever owns the database can change what is stored: what does not match its signature is as good as not there. */
function one({ rows }: { rows: { line: string }[] }): Checkpoint | undefined {
  const said = checkpointSchema.safeParse(rows[0] && jsonIn(rows[0].line));
  return said.success && isGenuine(said.data) ? said.data : undefined;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
