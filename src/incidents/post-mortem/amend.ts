import type { Entry } from '../../audit/entry.ts';
import type { IncidentId, PersonId } from '../../ids.ts';
import type { Tx } from '../../postgres/database.ts';
import { type Intervened, notNow } from '../heeded.ts';
import type { Incident } from '../incident.ts';
import type { Responder } from '../responder.ts';
import { dayOf } from './post-mortem.ts';
import { insertCorrection, insertTask, lock, type Row, setDone, setFiled, setWords } from './store.ts';

/** What a person makes of an incident's post-mortem. Words are theirs, kept as they are. */
export type Amendment =
  | { do: 'edit-post-mortem'; summary: string; change: string }
  /** `owner` is null where nobody is known by what was said; `due` is as it was said. */
  | { do: 'add-task'; what: string; owner: PersonId | null; due: string }
  | { do: 'task-done'; nth: number }
  | { do: 'file-post-mortem' }
  | { do: 'correct-post-mortem'; words: string };

/** Whether a wish is about the post-mortem, and not the incident itself. */
export function isAmendment(wanted: { do: string }): wanted is Amendment {
  return Object.hasOwn(amending, wanted.do);
}

const amending: Record<Amendment['do'], true> = {
  'edit-post-mortem': true,
  'add-task': true,
  'task-done': true,
  'file-post-mortem': true,
  'correct-post-mortem': true,
};

/** Changes the draft, or adds to what is filed; what is filed stays as it is. */
export async function amend(
  responder: Pick<Responder, 'now'>,
  tx: Tx,
  incident: Pick<Incident, 'id' | 'service'>,
  person: PersonId,
  wanted: Amendment,
): Promise<Intervened> {
  const row = await lock(tx, incident.id);
  if (!row) return notNow('There is no post-mortem yet: it is drafted once the incident is over.');
  const amending = { tx, incident, person, row, now: responder.now() };
  switch (wanted.do) {
    case 'edit-post-mortem':
      return edit(amending, wanted);
    case 'add-task':
      return addTask(amending, wanted);
    case 'task-done':
      return finishTask(amending, wanted.nth);
    case 'file-post-mortem':
      return file(amending);
    case 'correct-post-mortem':
      return correct(amending, wanted.words);
  }
}

interface Amending {
  tx: Tx;
  incident: Pick<Incident, 'id' | 'service'>;
  person: PersonId;
  row: Row;
  now: Date;
}

const filedAlready = 'It is filed and stays as it is: add a correction instead.';
/** As much as a card shows of each. */
export const mostWords = 2_000;

async function edit(
  { tx, incident, person, row }: Amending,
  wanted: Extract<Amendment, { do: 'edit-post-mortem' }>,
): Promise<Intervened> {
  if (row.filedAt) return notNow(filedAlready);
  const words = { summary: tidy(wanted.summary), change: tidy(wanted.change) };
  if (words.summary.length < 3) return notNow('The summary needs a few words.');
  const changed = (['summary', 'change'] as const).filter((name) => words[name] !== row[name]);
  if (changed.length === 0) return notNow('That is what it says already.');
  await setWords(tx, incident.id, words);
  const entries = changed.map((field) =>
    entryOf(
      { incident, person },
      'post-mortem.edited',
      { field },
      { before: row[field], after: words[field] },
    ),
  );
  return done(incident.id, 'The post-mortem is changed.', entries);
}

async function addTask(
  { tx, incident, person, row, now }: Amending,
  wanted: Extract<Amendment, { do: 'add-task' }>,
): Promise<Intervened> {
  if (row.filedAt) return notNow(filedAlready);
  const what = tidy(wanted.what).slice(0, 300);
  const { owner } = wanted;
  if (what.length < 3) return notNow('Say in a few words what is to be done.');
  if (!owner)
    return notNow('Say who does it: mention one person, or write their name as it stands in chat.', 'owner');
  const due = dayIn(wanted.due);
  if (!due) return notNow('Say by when, as a date such as 2026-12-01.', 'due');
  if (due < dayOf(now)) return notNow(`${due} is over already: say a day from today on.`, 'due');
  const nth = await insertTask(tx, incident.id, { what, owner, due, addedBy: person }, now);
  const entry = entryOf({ incident, person }, 'post-mortem.task-added', { nth, owner, due }, { what });
  return done(incident.id, `Action ${nth} is noted, due ${due}.`, [entry]);
}

async function finishTask({ tx, incident, person, now }: Amending, nth: number): Promise<Intervened> {
  if (!(await setDone(tx, incident.id, { nth, by: person, at: now })))
    return notNow(`There is no action ${nth} here, or it is done already.`);
  const entry = entryOf({ incident, person }, 'post-mortem.task-done', { nth });
  return done(incident.id, `Action ${nth} is done.`, [entry]);
}

async function file({ tx, incident, person, row, now }: Amending): Promise<Intervened> {
  if (row.filedAt) return notNow('It is filed already.');
  await setFiled(tx, incident.id, person, now);
  const entry = entryOf({ incident, person }, 'post-mortem.filed', {});
  return done(incident.id, 'The post-mortem is filed: from now on it can only be added to.', [entry]);
}

async function correct({ tx, incident, person, row, now }: Amending, given: string): Promise<Intervened> {
  if (!row.filedAt) return notNow('It is a draft still: edit it instead.');
  const words = tidy(given);
  if (words.length < 3) return notNow('Say in a few words what is to be corrected.');
  await insertCorrection(tx, incident.id, { words, person, at: now });
  const entry = entryOf({ incident, person }, 'post-mortem.corrected', {}, { words });
  return done(incident.id, 'The correction is added.', [entry]);
}

type About = Pick<Amending, 'incident' | 'person'>;

function entryOf(
  { incident, person }: About,
  kind: Entry['kind'],
  facts: NonNullable<Entry['facts']>,
  words?: Record<string, string>,
): Entry {
  const about = { incident: incident.id, service: incident.service };
  return { kind, by: { person }, about, facts, ...(words && { words }) };
}

function done(id: IncidentId, because: string, entries: Entry[]): Intervened {
  return { result: { kind: 'done', because }, entries, jobs: [{ name: 'show', subject: `incident:${id}` }] };
}

function tidy(words: string): string {
  return words.replaceAll('\r\n', '\n').trim().slice(0, mostWords);
}

/** A day that there is, such as 2026-12-01; undefined for anything else. */
function dayIn(text: string): string | undefined {
  const day = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && dayOf(at) === day ? day : undefined;
}
