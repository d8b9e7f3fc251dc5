import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Db, Tx } from '../postgres/database.ts';
import { type Policy, policySchema } from './policy.ts';
import { type Held, insertText, loadInForce, setInForce } from './store.ts';

/** A policy as it is held: canonical JSON and its SHA-256 (hex). */
export function heldOf(policy: Policy): Held {
  const text = canonicalize(policy) ?? '';
  return { digest: createHash('sha256').update(text).digest('hex'), version: policy.version, text };
}

export interface InForce {
  digest: string;
  policy: Policy;
}

/** The policy in force; undefined before the first was adopted. Throws when it cannot be read: then nothing may run. */
export async function inForce(db: Db | Tx): Promise<InForce | undefined> {
  const held = await loadInForce(db);
  if (!held) return undefined;
  const parsed = policySchema.safeParse(JSON.parse(held.text));
  if (!parsed.success)
    throw new Error(`The policy in force (${held.version}) cannot be read by this version of Roster.`);
  return { digest: held.digest, policy: parsed.data };
}

/** Keeps a policy as a proposal, to be put in force by its digest. Safe to call twice. */
export function keepPolicy(tx: Tx, held: Held): Promise<void> {
  return insertText(tx, held);
}

/** Puts a kept policy in force; false when there is none of that digest, or it is in force already. */
export function enforce(tx: Tx, digest: string): Promise<boolean> {
  return setInForce(tx, digest);
}

/** What changes between two policies, a line a value: `limits.autonomous_changes_per_incident: 8 → 4`. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => differences(before[name], after[name], path ? `${path}.${name}` : name));
  }
  const [was, is] = [said(before), said(after)];
  return was === is ? [] : [`${path}: ${was} → ${is}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function said(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
