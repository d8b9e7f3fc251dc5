import type { Thumbs } from '../../chat/thumbs.ts';
import type { IncidentId, PersonId } from '../../ids.ts';
import type { Subject } from '../../jobs/job.ts';
import { type Store, save } from '../../jobs/save.ts';
import type { Db } from '../../postgres/database.ts';
import { type Ballot, loadLine, loadThumbs, setLine, upsertVote } from './store.ts';

/** Characters of what somebody says was wrong; what is longer is cut. */
export const mostLine = 300;

/** A thumb, and what of ours shows it. */
export interface Voting extends Ballot {
  shows: Subject;
}

/** Milliseconds for which a form of thumbs down is left alone: in Teams a message that changes closes it. */
const formMs = 120_000;

/** Keeps a thumb, one a person and subject: the other one takes its place, the same again changes nothing. */
export function vote(store: Store, { shows, ...ballot }: Voting): Promise<void> {
  const { subject, worker, person, up, at } = ballot;
  const after = up ? undefined : new Date(at.getTime() + formMs);
  return save(store, async (tx) => {
    if (!(await upsertVote(tx, ballot))) return { result: undefined, entries: [], jobs: [] };
    const facts = { subject, worker, up };
    return {
      result: undefined,
      entries: [{ kind: 'answer.voted', by: { person }, about: aboutOf(subject), facts }],
      jobs: [{ name: 'show', subject: shows, ...(after && { after }) }],
    };
  });
}

/** Keeps what was wrong, in the words of who pressed thumbs down, if there are any, and shows the thumb. Safe to call twice. */
export function sayWhatWasWrong(
  store: Store,
  { subject, worker, person, shows }: Pick<Voting, 'subject' | 'worker' | 'person' | 'shows'>,
  words: string,
): Promise<void> {
  const line = words.replace(/\s+/g, ' ').trim().slice(0, mostLine);
  return save(store, async (tx) => {
    const jobs = [{ name: 'show' as const, subject: shows }];
    if (line === '' || !(await setLine(tx, subject, person, line)))
      return { result: undefined, entries: [], jobs };
    const facts = { subject, worker, up: false };
    return {
      result: undefined,
      entries: [{ kind: 'answer.voted', by: { person }, about: aboutOf(subject), facts, words: { line } }],
      jobs,
    };
  });
}

/** How many found it good, and not. */
export function thumbsOf(db: Db, subject: string): Promise<Thumbs> {
  return loadThumbs(db, subject);
}

/** What somebody said was wrong with it, if they did. */
export function lineOf(db: Db, subject: string, person: PersonId): Promise<string | null> {
  return loadLine(db, subject, person);
}

function aboutOf(subject: string): { incident?: IncidentId } {
  const [kind, id = ''] = subject.split(':');
  return kind === 'incident' ? { incident: id as IncidentId } : {};
}
