import type { Deed } from '../actions/read.ts';
import type { Approval } from '../approvals/approval.ts';
import type { Charter } from '../charter/charter.ts';
import type { IncidentId, WorkerId } from '../ids.ts';
import type { Passed } from '../incidents/handoffs/read.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Task } from '../incidents/post-mortem/post-mortem.ts';
import type { Asked, Phase } from '../incidents/read.ts';
import type { People } from '../people/people.ts';
import { aheadOf } from './ahead.ts';
import { doneOf } from './done.ts';
import { needsYou } from './needs.ts';
import { paged } from './page.ts';
import { sorted } from './sorted.ts';
import type { Line, Part, Told } from './told.ts';

/** The rows a stand-up is told from. */
export interface Rows {
  /** Those opened or ended within, and all that are open. */
  incidents: Incident[];
  deeds: Deed[];
  phases: Phase[];
  /** What those who route handed on. */
  passed: Passed[];
  /** Signals that people were told of by themselves. */
  signals: { service: string; count: number }[];
  /** What waits for a decision. */
  approvals: Approval[];
  asked: Asked[];
  /** What was to be done after incidents, and is late. */
  late: (Pick<Task, 'nth' | 'what' | 'owner' | 'due'> & { incident: IncidentId; worker: WorkerId | null })[];
}

/** Whom a stand-up tells of, and of which time: after `since` and by `until`. */
export interface Telling {
  title: string;
  /** Those it tells of. */
  workers: WorkerId[];
  /** The charters of all who work here; the first speaks for what is nobody's. */
  team: Charter[];
  people: Pick<People, 'withRole'>;
  since: Date;
  until: Date;
}

/** What came of the rows: each worker's done, next and blocked, and before all what needs people. Pure. */
export function standup(rows: Rows, telling: Telling): Told {
  const { title, since, until, team } = telling;
  const told = team.filter(({ worker }) => telling.workers.includes(worker));
  const by = sorted(rows, telling);
  const news = told.map((charter) => {
    const done = doneOf(charter, rows, by, telling).map((says) => lineOf('done', says));
    return { name: charter.name, lines: [...done, ...aheadOf(charter, rows, by)] };
  });
  const needs = needsYou(rows, telling);
  return { title, since, until, ...paged(news, needs) };
}

function lineOf(part: Part, says: Line): { part: Part; says: Line } {
  return { part, says };
}

/** Whose it is: the worker's itself, else, of one that works here no longer, the one's that speaks for all. Pure. */
export function whose(worker: WorkerId | null, team: Charter[]): WorkerId | undefined {
  return team.find((one) => one.worker === worker)?.worker ?? team[0]?.worker;
}

/** How an incident is named in a line. */
export function called({ id, kind, service }: Pick<Incident, 'id' | 'kind' | 'service'>): Line {
  return [...(kind === 'prediction' ? ['prediction '] : []), { incident: id }, ` on ${service}`];
}

/** Whether it lies within the time that is told of. */
export function isWithin(at: Date | null, { since, until }: Pick<Telling, 'since' | 'until'>): boolean {
  return at !== null && at > since && at <= until;
}
