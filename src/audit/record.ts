import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import { sql } from 'kysely';
import type { Tx } from '../postgres/database.ts';
import { jsonOf, storable } from '../postgres/text.ts';
import type { Entry } from './entry.ts';

/** The chains there are; a made-up past of the trial has one of its own. */
export const chains = ['real', 'trial', 'trial-past'] as const;
export type AnyChain = (typeof chains)[number];
/** What a running site writes to. */
export type Chain = Exclude<AnyChain, 'trial-past'>;

interface Words {
  digest: Buffer;
  salt: Buffer;
  words: string;
}

/**
 * Appends `entries` to `chain` inside `tx`, in order. Call it last: it takes the chain's lock, which is
 * held until the transaction ends. Throws when the database refuses, and the transaction with it.
 */
export async function record(tx: Tx, chain: Chain, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const sealed = entries.map(seal);
  for (const { digest, salt, words } of sealed.flatMap((one) => one.words)) {
    await sql`insert into audit_words (digest, salt, words) values (${digest}, ${salt}, ${words})`.execute(
      tx,
    );
  }
  const texts = sealed.map((one) => one.text);
  await sql`select audit_append(${chain}, ${texts}::text[])`.execute(tx);
}

/** The canonical text (RFC 8785) of an entry, its free words replaced by salted digests. */
function seal(entry: Entry): { text: string; words: Words[] } {
  const named = Object.entries(entry.words ?? {}).map(([name, words]) => ({ name, ...salted(words) }));
  const digests = Object.fromEntries(named.map(({ name, digest }) => [name, digest.toString('hex')]));
  const plain = JSON.parse(jsonOf({ ...entry, words: named.length > 0 ? digests : undefined }));
  const text = canonicalize(plain);
  if (text === undefined) throw new Error(`An audit entry of kind ${entry.kind} cannot be written as JSON.`);
  return { text, words: named };
}

function salted(words: string): Words {
  const clean = storable(words);
  const salt = randomBytes(16);
  return { digest: createHash('sha256').update(salt).update(clean).digest(), salt, words: clean };
}

/** An entry of a past that was lived through on another clock: as it was written then, and when (ISO). */
export interface Lived {
  at: string;
  entry: { [name: string]: unknown };
}

/**
 * Appends what was lived through before to the trial's chain of its own, in order: the entry says when that was
 * (`lived`), the chain when it was taken in. `words` are those beside the entries. Throws on a real site.
 */
export async function recordPast(
  tx: Tx,
  site: Chain,
  lived: Lived[],
  words: { digest: string; salt: string; words: string }[],
): Promise<void> {
  if (site === 'real') throw new Error('The audit of a real site takes no made-up past.');
  for (const { digest, salt, words: said } of words)
    await sql`insert into audit_words (digest, salt, words)
      values (${Buffer.from(digest, 'hex')}, ${Buffer.from(salt, 'hex')}, ${said})`.execute(tx);
  const texts = lived.map(({ at, entry }) => canonicalize({ ...entry, lived: at }) ?? '');
  if (texts.length > 0) await sql`select audit_append('trial-past', ${texts}::text[])`.execute(tx);
}
