import type { PersonId } from '../ids.ts';
import { markWrong } from '../knowledge/calibration/outcomes.ts';
import type { Tx } from '../postgres/database.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Incident } from './incident.ts';
import type { Responder } from './responder.ts';
import { log } from './store.ts';

/** A person says, within a day of its end, that an incident's cause was another: it counts against such causes from now on. */
export async function wrongCause(
  { now }: Pick<Responder, 'now'>,
  tx: Tx,
  { id, service, status, cause }: Incident,
  person: PersonId,
  words: string,
): Promise<Intervened> {
  if (status !== 'closed' || !cause)
    return notNow('While it is open say which cause it is instead, such as "cause 2", or where to look.');
  if (!(await markWrong(tx, id, now())))
    return notNow('It is noted already, or it ended more than a day ago, and counts as it stands.');
  const why = words.trim().slice(0, 1_000);
  await log(tx, id, { kind: 'wrong-cause', facts: { person, why } });
  return {
    result: { kind: 'done', because: `Noted: ${cause.says} was not the cause. It counts from now on.` },
    entries: [
      {
        kind: 'incident.overridden',
        by: { person },
        about: { incident: id, service },
        facts: { how: 'wrong-cause', cause: cause.kind },
        words: { why },
      },
    ],
    jobs: [{ name: 'show', subject: `incident:${id}` }],
  };
}
