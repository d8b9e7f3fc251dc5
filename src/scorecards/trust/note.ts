// Trust: how somebody decides, told kindly to that person and to nobody else.
// Not a figure of the team: no card, figure, log or audit entry has a person's numbers.
import { randomUUID } from 'node:crypto';
import type { By } from '../../audit/entry.ts';
import { firstNoted } from '../../audit/noted.ts';
import type { PersonId } from '../../ids.ts';
import { dayIn, lastBeginning } from '../../jobs/occasion.ts';
import { type Store, save } from '../../jobs/save.ts';
import type { Db } from '../../postgres/database.ts';
import type { Period } from '../facts.ts';
import { type Habits, habitsOf, habitsOfOne } from '../habits.ts';
import type { Reporting } from '../reporting.ts';

import { begin, loadQuestions, wasBegun } from '../store.ts';
import { countTold, insertNote, loadEnquired, loadNote, loadOff, setOff } from './store.ts';

/** Days back that a note tells of. */
export const noteDays = 30;
const dayMs = 86_400_000;

export interface Telling {
  store: Store;
  reporting: Reporting;
  holidays: string[];
  by: By;
  /** Whether somebody can be told anything alone. */
  reachable(person: PersonId): boolean;
  now(): Date;
}

/**
 * Tells everybody whose habits say something, once a month, on its first working day at the digest's hour, or as soon
 * after as anybody looks. Safe to call twice, at the same time, and after a crash anywhere.
 */
export async function tellHabits(telling: Telling): Promise<void> {
  const { store, reporting, holidays, by, reachable } = telling;
  if (reporting.habits.told === 'off') return;
  const now = telling.now();
  const { at, timezone } = reporting.digest;
  const due = lastBeginning({ months: 1, at, timezone, holidays }, now);
  const month = dayIn(timezone, due).slice(0, 7);
  const round = `habits ${month}`;
  if (await wasBegun(store.db, round)) return;
  const first = await firstNoted(store.db);
  if (!first || first >= due) return;
  const all = await habitsIn(store.db, before(now), reporting);
  const found = all.filter((one) => one.found.length > 0 && reachable(one.person));
  await save(store, async (tx) => {
    const told = { result: undefined, entries: [], jobs: [] };
    if (!(await begin(tx, round, now))) return told;
    const off = await loadOff(tx);
    const notes: { id: string; person: PersonId }[] = [];
    for (const { person } of found.filter((one) => !off.includes(one.person))) {
      const note = { id: randomUUID(), person, month, toldAt: now };
      if (await insertNote(tx, note)) notes.push(note);
    }
    return {
      ...told,
      entries: notes.map(({ person }) => ({ kind: 'habits.told' as const, by, facts: { person, month } })),
      jobs: notes.map(({ id }) => ({ name: 'show' as const, subject: `note:${id}` as const })),
    };
  });
}

/** What a note told, and to whom; undefined when there is none, or nothing to say any more. */
export async function noteOf(db: Db, id: string, reporting: Reporting): Promise<Habits | undefined> {
  const note = await loadNote(db, id);
  if (!note) return undefined;
  const found = await habitsIn(db, before(note.toldAt), reporting);
  return found.find(({ person }) => person === note.person);
}

/** How one person decided over the last 30 days, for that person's eyes, and whether they want notes. */
export async function ownHabits(
  db: Db,
  person: PersonId,
  reporting: Reporting,
  now: Date,
): Promise<{ habits: Habits; off: boolean }> {
  const { questions, enquired } = await decidedIn(db, before(now));
  const off = (await loadOff(db)).includes(person);
  return { habits: habitsOfOne(person, questions, enquired, reporting), off };
}

/** How many people were told in a period; undefined where so few decide that a count would point at one of them. */
export async function notesTold(db: Db, period: Period): Promise<number | undefined> {
  const { told, deciding } = await countTold(db, period);
  return deciding >= fewest && told > 0 ? told : undefined;
}

const fewest = 3;

/** Somebody wants no notes, or wants them again. Safe to call twice. */
export function switchNotes(store: Store, person: PersonId, off: boolean, now: Date): Promise<void> {
  return save(store, async (tx) => {
    const changed = await setOff(tx, person, off, now);
    const entry = { kind: 'habits.switched' as const, by: { person }, facts: { off } };
    return { result: undefined, entries: changed ? [entry] : [], jobs: [] };
  });
}

async function habitsIn(db: Db, period: Period, reporting: Reporting): Promise<Habits[]> {
  const { questions, enquired } = await decidedIn(db, period);
  return habitsOf(questions, enquired, reporting);
}

async function decidedIn(db: Db, period: Period) {
  const [questions, enquired] = await Promise.all([loadQuestions(db, period), loadEnquired(db, period)]);
  return { questions, enquired };
}

function before(to: Date): Period {
  return { from: new Date(to.getTime() - noteDays * dayMs), to };
}
