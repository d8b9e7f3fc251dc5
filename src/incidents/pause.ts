import { letGo, pause as pauseActions } from '../actions/hold.ts';
import type { PersonId } from '../ids.ts';
import type { Tx } from '../postgres/database.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Incident, Status } from './incident.ts';
import type { Responder } from './responder.ts';
import { log, setPaused } from './store.ts';

/** Statuses in which the workers may begin something. */
const atWork: Status[] = ['investigating', 'routing', 'remediating', 'verifying', 'undoing'];

/** Nothing new begins on the incident: what is asked stays open and runs only after it is resumed. */
export async function pause(
  { gateway }: Responder,
  tx: Tx,
  { id, service, status, pausedBy }: Incident,
  person: PersonId,
): Promise<Intervened> {
  if (pausedBy) return notNow('It is paused already.');
  if (!atWork.includes(status))
    return notNow('The workers begin nothing on it now, so there is nothing to pause.');
  await setPaused(tx, id, person);
  await log(tx, id, { kind: 'paused', facts: { person } });
  const jobs = await pauseActions(gateway, tx, id);
  return {
    result: {
      kind: 'done',
      because: 'Paused: nothing new begins on it until it is resumed, and the metrics are watched.',
    },
    entries: [{ kind: 'incident.paused', by: { person }, about: { incident: id, service } }],
    jobs: [...jobs, { name: 'show', subject: `incident:${id}` }],
  };
}

/** The workers go on where they were. */
export async function resume(
  { gateway }: Responder,
  tx: Tx,
  { id, service, pausedBy }: Incident,
  person: PersonId,
): Promise<Intervened> {
  if (!pausedBy) return notNow('It is not paused.');
  await setPaused(tx, id, null);
  await log(tx, id, { kind: 'resumed', facts: { person } });
  const jobs = await letGo(gateway, tx, id);
  return {
    result: { kind: 'done', because: 'Resumed: the workers go on where they were.' },
    entries: [{ kind: 'incident.resumed', by: { person }, about: { incident: id, service } }],
    jobs: [...jobs, { name: 'remediate', incident: id }, { name: 'show', subject: `incident:${id}` }],
  };
}
