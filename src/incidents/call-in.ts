import { beginAfresh, letGo } from '../actions/hold.ts';
import type { PersonId } from '../ids.ts';
import type { Tx } from '../postgres/database.ts';
import { escalate } from './escalate.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Incident } from './incident.ts';
import { askedIn } from './ladder.ts';
import type { Responder } from './responder.ts';
import { loadLog, setOwner, setPaused, update } from './store.ts';

/** A person wants somebody else asked, by name: what waits is withdrawn, and the next of the list has it. */
export async function callIn(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  words: string,
): Promise<Intervened> {
  const { gateway, ladder } = responder;
  const { id, kind, service } = incident;
  if (kind === 'prediction')
    return notNow(
      'Nothing is broken yet, so nobody is called: what is asked there can be approved or rejected.',
    );
  const asked = [...askedIn(await loadLog(tx, id), ladder), person];
  const next = ladder.next(service).find((one) => !asked.includes(one));
  if (!next)
    return notNow(
      'Everybody on the list has been asked: escalation in manifests/routing.yaml says who is on it.',
    );
  const afresh = await beginAfresh(gateway, tx, id);
  await update(tx, id, { attempt: afresh.attempt });
  if (incident.status === 'taken') await letGo(gateway, tx, id);
  await setOwner(tx, id, null);
  await setPaused(tx, id, null);
  const said = words.trim().slice(0, 1_000);
  const because = 'A person wants somebody else to look.';
  const asks = { roles: [], people: [next] };
  const { entries, jobs } = await escalate(responder, tx, incident, because, { asks, by: person, said });
  return {
    result: {
      kind: 'done',
      because: 'The next of the list is asked by name, in the thread. What waited is withdrawn.',
    },
    entries,
    jobs: [...afresh.jobs, ...jobs],
  };
}
