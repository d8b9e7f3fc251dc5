import type { Job } from '../jobs/job.ts';
import type { Consequences } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { type Incident, watched } from './incident.ts';
import { actorOf, type Responder } from './responder.ts';
import { log, update } from './store.ts';

/** Hands the incident to a person with a reason; its metrics stay watched. */
export async function escalate(
  responder: Responder,
  tx: Tx,
  { id, worker, service, status }: Incident,
  because: string,
): Promise<Consequences> {
  await update(tx, id, { status: 'escalated' });
  await log(tx, id, { kind: 'escalated', facts: { because } });
  return {
    entries: [
      {
        kind: 'incident.escalated',
        by: actorOf(responder, worker),
        about: { incident: id, service },
        because: [because],
      },
    ],
    jobs: [{ name: 'show', subject: `incident:${id}` }, ...watchOn({ id, status })],
  };
}

/** The metrics are watched on; an incident that is watched already has its next look due. */
export function watchOn({ id, status }: Pick<Incident, 'id' | 'status'>): Job[] {
  return watched.includes(status) ? [] : [{ name: 'verify', incident: id }];
}
