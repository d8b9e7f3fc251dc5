import { deedsBetween } from '../actions/read.ts';
import { openApprovals } from '../approvals/read.ts';
import type { Charter } from '../charter/charter.ts';
import type { Byline, Card } from '../chat/card.ts';
import { linksTo } from '../chat/show.ts';
import { passedBetween } from '../incidents/handoffs/read.ts';
import { lateTasks } from '../incidents/post-mortem/read.ts';
import { askedNow, incidentsSince, phasesBetween } from '../incidents/read.ts';
import { toldBetween } from '../monitoring/read.ts';
import type { People } from '../people/people.ts';
import type { Db } from '../postgres/database.ts';
import { type Links, type OfPeople, standupCard } from './card.ts';
import { sinceOf } from './due.ts';
import { type Rows, standup } from './standup.ts';
import { lastTold, load, loadSaid } from './store.ts';
import type { Told } from './told.ts';

/** The rows of a time, after `since` and by `until`, and what is open now. */
export async function rowsBetween(db: Db, since: Date, until: Date): Promise<Rows> {
  const [incidents, deeds, phases, passed, signals, approvals, asked, late] = await Promise.all([
    incidentsSince(db, since),
    deedsBetween(db, since, until),
    phasesBetween(db, since, until),
    passedBetween(db, 'routing', since, until),
    toldBetween(db, since, until),
    openApprovals(db),
    askedNow(db),
    lateTasks(db, until),
  ]);
  return { incidents, deeds, phases, passed, signals, approvals, asked, late };
}

export interface Reading {
  db: Db;
  people: Pick<People, 'withRole'>;
  /** All who work here; the first speaks for the team. */
  team: Charter[];
  by: Byline;
  now: Date;
}

/** Where a card stands, and where questions stand on the same surface. */
export interface Standing {
  place: string;
  questions: string | undefined;
}

/** What a stand-up would tell now, since the last one that was told. */
export async function standupSoFar(
  { db, people, team, by, now }: Reading,
  standing: Standing | undefined,
): Promise<Card> {
  const workers = team.map(({ worker }) => worker);
  const since = sinceOf(await lastTold(db, workers), now);
  const telling = { title: 'Stand-up so far', workers, team, people, since, until: now };
  const told = standup(await rowsBetween(db, since, now), telling);
  return standupCard(told, nobody, by, await linksFor(db, told, standing));
}

const nobody: OfPeople = { said: [], asked: [] };

/** A stand-up that was told, as it stands in a place; undefined when there is none of this id. */
export async function toldCard(
  { db, by }: Pick<Reading, 'db' | 'by'>,
  id: string,
  standing: Standing,
): Promise<Card | undefined> {
  const row = await load(db, id);
  if (!row) return undefined;
  const said = await loadSaid(db, id);
  const asked = row.asked.filter((one) => !said.some(({ person }) => person === one));
  return standupCard(row.told, { said, asked }, by, await linksFor(db, row.told, standing));
}

async function linksFor(db: Db, { needs, workers }: Told, standing: Standing | undefined): Promise<Links> {
  if (!standing) return { incident: () => undefined, question: () => undefined };
  const lines = [...needs.lines, ...workers.flatMap((one) => one.lines.map(({ says }) => says))].flat();
  const all = <T>(of: (said: object) => T | undefined) =>
    lines.flatMap((said): T[] =>
      typeof said === 'object' ? [of(said)].filter((one) => one !== undefined) : [],
    );
  const incidents = all((said) => ('incident' in said ? `incident:${said.incident}` : undefined));
  const asked = all((said) => ('question' in said ? `approval:${said.question}` : undefined));
  const { place, questions } = standing;
  const [threads, cards] = await Promise.all([
    linksTo(db, incidents, 'parent', place),
    questions === undefined ? new Map<string, string>() : linksTo(db, asked, 'question', questions),
  ]);
  return {
    incident: (id) => threads.get(`incident:${id}`),
    question: (id) => cards.get(`approval:${id}`),
  };
}
