import type { Job } from '../jobs/job.ts';
import type { Consequences } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { type Asks, type Incident, isWatched } from './incident.ts';
import { actorOf, type Responder } from './responder.ts';
import { log, update } from './store.ts';

/**
 * Hands the incident to a person with a reason; its metrics stay watched. Of a prediction nothing is broken, so nobody
 * is called: it is said, and watched. `asks` are those to ask besides the usual roles.
 */
export async function escalate(
  responder: Responder,
  tx: Tx,
  { id, kind, worker, service, status }: Incident,
  because: string,
  asks?: Asks,
): Promise<Consequences> {
  const ahead = kind === 'prediction';
  await update(tx, id, { status: ahead ? 'watching' : 'escalated' });
  const facts = { because, ...(asks && { asks }) };
  await log(tx, id, ahead ? { kind: 'watched', facts: { because } } : { kind: 'escalated', facts });
  return {
    entries: [
      {
        kind: ahead ? 'prediction.watched' : 'incident.escalated',
        by: actorOf(responder, worker),
        about: { incident: id, service },
        because: [because],
      },
    ],
    jobs: [{ name: 'show', subject: `incident:${id}` }, ...watchOn({ id, kind, status })],
  };
}

/** The metrics are watched on; an incident that is watched already has its next look due. */
export function watchOn({ id, ...its }: Pick<Incident, 'id' | 'kind' | 'status'>): Job[] {
  return isWatched(its) ? [] : [{ name: 'verify', incident: id }];
}
