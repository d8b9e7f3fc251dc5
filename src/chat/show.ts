// Showing: makes chat look like the record, and remembers which message shows what.
// Not what is shown: cards come from the rooms they tell of, and drawing is the surface's.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Db } from '../postgres/database.ts';
import type { Card } from './card.ts';
import {
  expectPost,
  findShown,
  findSubject,
  forgetShown,
  type Key,
  keepDigest,
  keepMessage,
  lastMessages,
  linksOf,
} from './store.ts';
import { type Spot, type Surface, Unreachable } from './surface.ts';

export interface View {
  part: string;
  /** `slack:C01OPS` */
  place: string;
  /** A shown part, in the same place, whose message is the thread's root; or a message given, such as a mention's. */
  thread?: { subject: string; part: string } | { message: string };
  card: Card;
}

interface Deps {
  db: Db;
  surface: Surface;
  log?: { warn(message: string): void };
}

/**
 * Posts what is missing and edits what differs, in order. `posted` counts new messages, so links may be new.
 * Safe to call twice, and after a crash anywhere; not for one subject at the same time (its jobs are one group).
 * A view that fails ends its place, never the others; then the first failure is thrown, for the job's retry. A place
 * that cannot be reached is left out, until the next time something is shown.
 */
export async function show(
  deps: Deps,
  subject: string,
  views: View[],
): Promise<{ posted: number; edited: number }> {
  const done = { posted: 0, edited: 0 };
  const failed = new Map<string, unknown>();
  for (const view of views) {
    if (failed.has(view.place)) continue;
    try {
      const did = await showOne(deps, subject, view);
      if (did !== 'nothing') done[did] += 1;
    } catch (error) {
      failed.set(view.place, error);
    }
  }
  for (const error of failed.values()) if (!(error instanceof Unreachable)) throw error;
  return done;
}

/** Where a part is shown, as a link people can open; undefined until it is. */
export async function linkTo(
  db: Db,
  subject: string,
  part: string,
  place: string,
): Promise<string | undefined> {
  return (await findShown(db, { subject, part, place }))?.link ?? undefined;
}

/** The same for many subjects at once, by subject; those that are not shown there have none. */
export async function linksTo(
  db: Db,
  subjects: string[],
  part: string,
  place: string,
): Promise<Map<string, string>> {
  if (subjects.length === 0) return new Map();
  const found = await linksOf(db, { subjects, part, place });
  return new Map(found.map(({ subject, link }) => [subject, link]));
}

/** Whether a part of a subject stands in a place, so that a thread can begin under it. */
export async function isShown(db: Db, subject: string, part: string, place: string): Promise<boolean> {
  return Boolean((await findShown(db, { subject, part, place }))?.message);
}

/** Forgets every message on a surface, as after the workspace itself was lost: the next `show` posts anew. */
export async function forgetAll(db: Db, surface: string): Promise<void> {
  await forgetShown(db, surface);
}

/** The message posted last on each surface: when it no longer has it, the workspace was lost. */
export async function lastShown(db: Db): Promise<{ surface: string; spot: Spot; message: string }[]> {
  const rows = await lastMessages(db);
  return rows.map(({ surface, place, thread, message }) => {
    return { surface, spot: spotOf(place, thread ?? undefined), message };
  });
}

/** What a message shows: for a thread's root, what the thread is about. */
export async function subjectAt(
  db: Db,
  place: string,
  message: string,
): Promise<{ subject: string; part: string } | undefined> {
  return await findSubject(db, place, message);
}

async function showOne(deps: Deps, subject: string, view: View): Promise<'posted' | 'edited' | 'nothing'> {
  const key: Key = { subject, part: view.part, place: view.place };
  const digest = digestOf(view.card);
  const row = await findShown(deps.db, key);
  if (row?.message) return await renew(deps, key, row.message, row.digest, view.card, digest);
  const spot = spotOf(view.place, await rootOf(deps.db, view));
  const marker = markerOf(key);
  const found = row ? await deps.surface.find(spot, marker) : undefined;
  if (found && row) {
    await keepMessage(deps.db, key, found);
    await renew(deps, key, found.message, row.digest, view.card, digest);
    return 'posted';
  }
  await expectPost(deps.db, key, spot.thread, digest);
  await keepMessage(deps.db, key, await deps.surface.post(spot, view.card, marker));
  return 'posted';
}

async function renew(
  { db, surface, log }: Deps,
  key: Key,
  message: string,
  before: string | null,
  card: Card,
  digest: string,
) {
  if (before === digest) return 'nothing';
  const { kind } = await surface.edit(key.place, message, card, markerOf(key));
  if (kind === 'gone')
    log?.warn(
      `The message of ${key.subject}, ${key.part}, in ${key.place} is gone: somebody deleted it. It is not posted again.`,
    );
  await keepDigest(db, key, digest);
  return kind === 'gone' ? 'nothing' : 'edited';
}

async function rootOf(db: Db, { thread, place }: View): Promise<string | undefined> {
  if (!thread) return undefined;
  if ('message' in thread) return thread.message;
  const root = await findShown(db, { ...thread, place });
  if (!root?.message)
    throw new Error(`The thread of ${thread.subject}, ${thread.part}, has no message in ${place} yet.`);
  return root.message;
}

function spotOf(place: string, thread: string | undefined): Spot {
  return thread === undefined ? { place } : { place, thread };
}

/** The same for the same part in the same place, always: a message carries it and is found by it. */
function markerOf({ subject, part, place }: Key): string {
  return `roster-${sha256(JSON.stringify([subject, part, place])).slice(0, 32)}`;
}

/** Of the canonical JSON (RFC 8785), dates as ISO 8601. */
function digestOf(card: Card): string {
  const wellFormed = JSON.parse(JSON.stringify(card), (_, value) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  return sha256(canonicalize(wellFormed) ?? '');
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
