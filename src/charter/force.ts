import canonicalize from 'canonicalize';
import type { z } from 'zod';
import { sha256 } from '../audit/link.ts';
import type { PersonId, WorkerId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { type Charter, charterSchema, versionOf } from './charter.ts';
import { differences } from './differences.ts';
import {
  type Enforced,
  type Held,
  hasAdopted,
  insertInForce,
  insertText,
  loadEver,
  loadFirstAt,
  loadInForce,
  lockInForce,
  type Origin,
  type What,
} from './store.ts';

export type { Held, Origin, What };

/** SHA-256 (hex) of the canonical JSON of `contents`: the same however they are ordered. */
export function contentsDigest(contents: unknown): string {
  return textDigest(canonicalize(contents) ?? '');
}

function textDigest(text: string): string {
  return sha256(text).toString('hex');
}

/** A policy or charter as it is held. */
export function heldOf(what: What, version: string, contents: unknown): Held {
  const text = canonicalize(contents) ?? '';
  return { what, digest: textDigest(text), version, text };
}

/** A charter as it is held. */
export function charterHeld(charter: Charter): Held {
  return heldOf(`charter:${charter.worker}`, versionOf(charter), charter);
}

/** "policy", or "charter of ada". */
export function nameOf(what: What): string {
  return what.replace(':', ' of ');
}

/** "policy 2", or "charter ada@3". */
export function titleOf({ what, version }: { what: What; version: string }): string {
  return `${kindOf(what)} ${version}`;
}

/** Of which kind it is. */
export function kindOf(what: What): 'policy' | 'charter' | 'runbook' {
  if (what === 'policy') return 'policy';
  return what.startsWith('runbook:') ? 'runbook' : 'charter';
}

/** What is in force of one kind; undefined before the first was adopted. Throws when it cannot be read: then nothing may run. */
export async function inForce<T>(db: Db | Tx, what: What, schema: z.ZodType<T>): Promise<T | undefined> {
  const [found] = await loadInForce(db, what);
  return found && read(found, schema);
}

/** The charter a worker works under; undefined when none of that worker was adopted. Throws as `inForce` does. */
export function charterInForce(db: Db | Tx, worker: WorkerId): Promise<Charter | undefined> {
  return inForce(db, `charter:${worker}`, charterSchema);
}

/** Every charter in force. Throws as `inForce` does. */
export async function chartersInForce(db: Db | Tx): Promise<Charter[]> {
  const all = await loadInForce(db, null);
  return all.filter(({ what }) => kindOf(what) === 'charter').map((one) => read(one, charterSchema));
}

/** All of one kind that ever was in force, the newest first. Throws as `inForce` does. */
export async function everInForce<T>(
  db: Db | Tx,
  kind: 'charter' | 'runbook',
  schema: z.ZodType<T>,
): Promise<T[]> {
  return (await loadEver(db, kind)).map((one) => read(one, schema));
}

function read<T>({ what, version, digest, text }: Enforced, schema: z.ZodType<T>): T {
  const parsed = textDigest(text) === digest ? schema.safeParse(JSON.parse(text)) : undefined;
  if (parsed?.success) return parsed.data;
  throw new Error(
    `The ${nameOf(what)} in force (version ${version}) cannot be read, so nothing may run: start the version of Roster that adopted it, or restore the database.`,
  );
}

/** Who proposed the charter that a worker works under; undefined when nobody did. */
export async function proposerOf(tx: Tx, worker: WorkerId): Promise<PersonId | undefined> {
  const [found] = await loadInForce(tx, `charter:${worker}`);
  return found?.proposedBy ?? undefined;
}

/** When a worker's first charter came into force; null before. */
export function worksSince(db: Db, worker: WorkerId): Promise<Date | null> {
  return loadFirstAt(db, `charter:${worker}`);
}

/** Of what is in force, the digest; "none" before the first was adopted. */
export async function digestInForce(db: Db, what: What): Promise<string> {
  const [found] = await loadInForce(db, what);
  return found?.digest ?? 'none';
}

/** Keeps a text as a proposal, to be put in force by its digest. Safe to call twice. */
export function keep(tx: Tx, held: Held): Promise<void> {
  return insertText(tx, held);
}

/** Everything that is in force, held so until the transaction ends. */
export async function holdInForce(tx: Tx): Promise<What[]> {
  await lockInForce(tx);
  return (await loadInForce(tx, null)).map(({ what }) => what);
}

/** One text in place of another, by their digests; `from` is "none" where there was none. */
export interface Replacing {
  what: What;
  version: string;
  from: string;
  to: string;
}

export type Adopted = { kind: 'adopted' } | { kind: 'already' } | { kind: 'refused'; because: string };

/** Puts a kept text in force, only in place of what it was proposed to replace. Safe to call twice. */
export async function enforce(
  tx: Tx,
  { what, version, from, to }: Replacing,
  origin: Origin,
): Promise<Adopted> {
  await lockInForce(tx);
  const [found] = await loadInForce(tx, what);
  if (found?.digest === to) return { kind: 'already' };
  if ((found?.digest ?? 'none') !== from)
    return refused(`Another ${nameOf(what)} came into force since this was proposed: propose it again.`);
  if (await insertInForce(tx, { what, version, digest: to }, origin)) return { kind: 'adopted' };
  return refused(
    `No ${titleOf({ what, version })} of this digest was proposed: propose it with /roster adopt.`,
  );
}

function refused(because: string): Adopted {
  return { kind: 'refused', because };
}

/** Whether something came into force by this action. */
export function cameInForceBy(db: Db, action: string): Promise<boolean> {
  return hasAdopted(db, action);
}

/** A text against what is in force under its name. */
export interface Compared {
  what: What;
  version: string;
  digest: string;
  inForce: { version: string; digest: string } | null;
  /** A line for each value that differs. */
  differences: string[];
  /** Why it cannot be proposed as it is: a sentence. */
  objection?: string;
}

/** How a text differs from what is in force. */
export async function compare(db: Db, { what, version, digest, text }: Held): Promise<Compared> {
  const [found] = await loadInForce(db, what);
  const same = { what, version, digest, differences: [] };
  if (!found) return { ...same, inForce: null, differences: differences({}, JSON.parse(text)) };
  const compared = { ...same, inForce: { version: found.version, digest: found.digest } };
  if (found.digest === digest) return compared;
  const [was, is] = [JSON.parse(found.text), JSON.parse(text)];
  const objection = `The ${nameOf(what)} was changed but says version ${is.version}, and version ${was.version} is in force: raise its version first.`;
  return { ...compared, differences: differences(was, is), ...(!isRaised(was, is) && { objection }) };
}

/** A charter counts its versions; a policy may call them as it likes. */
function isRaised(was: { version: unknown }, is: { version: unknown }): boolean {
  return typeof was.version === 'number' && typeof is.version === 'number'
    ? is.version > was.version
    : is.version !== was.version;
}
