import type { IncidentId, PersonId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import { type Consequences, save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { type Asks, type Incident, isWatched, type Logged } from './incident.ts';
import { nextAsked } from './ladder.ts';
import { actorOf, type Responder } from './responder.ts';
import { loadLog, lock, log, update } from './store.ts';

interface Asking {
  /** Those to ask besides the usual roles; by a person's word in place of them. */
  asks?: Asks;
  /** Whose word it is, when a person wants somebody asked, and what they said. */
  by?: PersonId;
  said?: string;
}

/**
 * Hands the incident to a person with a reason; its metrics stay watched, and the next is asked when nobody takes it. Of a
 * prediction nothing is broken, so nobody is called: it is said, and watched.
 */
export async function escalate(
  responder: Responder,
  tx: Tx,
  { id, kind, worker, service, status }: Incident,
  because: string,
  { asks, by, said }: Asking = {},
): Promise<Consequences> {
  const ahead = kind === 'prediction';
  await update(tx, id, { status: ahead ? 'watching' : 'escalated' });
  const facts = { because: said || because, ...(asks && { asks }), ...(by && { by }) };
  await log(tx, id, ahead ? { kind: 'watched', facts: { because } } : { kind: 'escalated', facts });
  const nth = ahead ? 0 : timesEscalated(await loadLog(tx, id));
  return {
    entries: [
      {
        kind: ahead ? 'prediction.watched' : 'incident.escalated',
        by: by ? { person: by } : actorOf(responder, worker),
        about: { incident: id, service },
        ...(asks && { facts: { to: { ...asks } } }),
        because: [because],
        ...(said && { words: { said } }),
      },
    ],
    jobs: [
      { name: 'show', subject: `incident:${id}` },
      ...watchOn({ id, kind, status }),
      ...(ahead ? [] : [due(responder, { incident: id, nth, step: 0 })]),
    ],
  };
}

/** Which time it needs people, and how many have been asked one by one since: what a job was made due for. */
type Step = { incident: IncidentId; nth: number; step: number };

function due({ now, ladder }: Responder, step: Step): Consequences['jobs'][number] {
  return { name: 'ask-next', ...step, after: new Date(now().getTime() + ladder.afterMs) };
}

function timesEscalated(entries: Logged[]): number {
  return entries.filter(({ kind }) => kind === 'escalated').length;
}

/**
 * Nobody has taken an incident that needs people: asks the next of the list by name, and says so when it ends. Does nothing
 * when somebody has it, it is over, or this step was taken before: safe to call twice.
 */
export function askNext(responder: Responder, { incident: id, nth, step }: Step): Promise<void> {
  return save(responder.gateway, async (tx) => {
    const incident = await lock(tx, id);
    const entries = await loadLog(tx, id);
    if (incident?.status !== 'escalated' || nth !== timesEscalated(entries) || step !== stepsOf(entries))
      return { result: undefined, entries: [], jobs: [] };
    const person = nextAsked(entries, responder.ladder, incident.service) ?? null;
    await log(tx, id, { kind: 'unanswered', facts: { person, afterMs: responder.ladder.afterMs } });
    const because = person
      ? 'Nobody has taken it: the next of the list is asked.'
      : 'Nobody has taken it, and everybody on the list was asked.';
    const about = { incident: id, service: incident.service };
    const next = { incident: id, nth, step: step + 1 };
    return {
      result: undefined,
      entries: [
        {
          kind: 'incident.escalated',
          by: { roster: 'timetable' },
          about,
          facts: { to: person },
          because: [because],
        },
      ],
      jobs: [{ name: 'show', subject: `incident:${id}` }, ...(person ? [due(responder, next)] : [])],
    };
  });
}

/** How many were asked one by one since it last needed people. */
function stepsOf(entries: Logged[]): number {
  const from = entries.findLastIndex(({ kind }) => kind === 'escalated');
  return entries.slice(from).filter(({ kind }) => kind === 'unanswered').length;
}

/** The metrics are watched on; an incident that is watched already has its next look due. */
export function watchOn({ id, ...its }: Pick<Incident, 'id' | 'kind' | 'status'>): Job[] {
  return isWatched(its) ? [] : [{ name: 'verify', incident: id }];
}
