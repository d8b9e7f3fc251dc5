import { beginAfresh, letGo } from '../actions/hold.ts';
import type { PersonId } from '../ids.ts';
import { withdrawOutcomes } from '../knowledge/calibration/outcomes.ts';
import type { Tx } from '../postgres/database.ts';
import { toAnalysis } from './declare.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Incident } from './incident.ts';
import type { Responder } from './responder.ts';
import { log, setReopened, setSaid } from './store.ts';

/** So long what is over may be opened again; later it is declared anew. */
const reopenableMs = 24 * 3_600_000;

type Reopening = { kind: 'reopen' } | { kind: 'no'; because: string };

/** Whether an incident may be opened again. Pure. */
export function reopening(
  { kind, status, endedAt }: Pick<Incident, 'kind' | 'status' | 'endedAt'>,
  now: Date,
): Reopening {
  if (kind === 'prediction')
    return { kind: 'no', because: 'What was foretold and is over is not opened again.' };
  if (status === 'merged')
    return { kind: 'no', because: 'It was merged into another: say it in the thread of that one.' };
  if (!endedAt)
    return { kind: 'no', because: 'It is open: say here what is wrong, such as "look at db-01".' };
  if (now.getTime() - endedAt.getTime() > reopenableMs)
    return { kind: 'no', because: 'It ended more than a day ago: "declare" opens a new one.' };
  return { kind: 'reopen' };
}

/** A person says that it is not over: it is looked into afresh, and what it taught no longer counts. */
export async function reopen(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  words: string,
): Promise<Intervened> {
  const { gateway, now } = responder;
  const { id, service } = incident;
  const judged = reopening(incident, now());
  if (judged.kind === 'no') return notNow(judged.because);
  const why = words.trim().slice(0, 1_000) || 'It is not over.';
  const { attempt } = await beginAfresh(gateway, tx, id);
  await letGo(gateway, tx, id);
  await setReopened(tx, id, attempt);
  await setSaid(tx, id, { person, words: why, at: now().toISOString(), off: [] });
  const withdrawn = await withdrawOutcomes(tx, id);
  await log(tx, id, { kind: 'reopened', facts: { person, why } });
  const handed = await toAnalysis(responder, tx, id, {
    person,
    because: 'A person says that it is not over.',
  });
  return {
    result: { kind: 'done', because: 'Opened again: the workers look into it afresh.' },
    entries: [
      {
        kind: 'incident.reopened',
        by: { person },
        about: { incident: id, service },
        facts: { before: incident.status, withdrawn },
        words: { why },
      },
      ...handed.entries,
    ],
    jobs: handed.jobs,
  };
}
