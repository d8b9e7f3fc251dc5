import { noteHealth } from '../actions/health.ts';
import { beginAfresh } from '../actions/hold.ts';
import type { Entry } from '../audit/entry.ts';
import type { Consequences } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { handOver } from './handoffs/hand-over.ts';
import type { Incident } from './incident.ts';
import { actorOf, doerOf, type Responder } from './responder.ts';
import { ageOf, log, setAfresh, setBroken } from './store.ts';

/**
 * What may be what was foretold has come: the prediction is an incident from here on, in the same thread, and is looked
 * into as any. What was asked for it is withdrawn; who has taken it keeps it.
 */
export async function comeTrue(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  because: string,
): Promise<Consequences> {
  const { id, service, status, cause, runbook, attempt } = incident;
  const worker = await doerOf(responder, tx, 'monitoring', incident);
  const by = actorOf(responder, worker);
  const seconds = Math.round(await ageOf(tx, id));
  const foretold = cause && { kind: cause.kind, says: cause.says };
  await setBroken(tx, id);
  await log(tx, id, { kind: 'came-true', facts: { seconds, foretold } });
  const entry: Entry = {
    kind: 'prediction.came-true',
    by,
    about: { incident: id, service },
    facts: { seconds, foretold: cause?.kind ?? null },
    because: [because],
  };
  if (status === 'taken') return { entries: [entry], jobs: [] };
  // What was done against it did not prevent it.
  const since = runbook?.since ?? attempt;
  const judged = status === 'verifying' ? await noteHealth(tx, { incident: id, since }, 'same', by) : [];
  const afresh = await beginAfresh(responder.gateway, tx, id);
  await setAfresh(tx, id, afresh.attempt);
  const handed = await handOver(
    responder,
    tx,
    { ...incident, kind: 'incident', status: 'investigating' },
    {
      from: { worker, duty: 'monitoring' },
      to: 'analysis',
      intent: 'find out what broke',
      confidence: 1,
      reasoning: [because],
      evidence: [],
    },
  );
  return { entries: [entry, ...judged, ...handed.entries], jobs: [...afresh.jobs, ...handed.jobs] };
}
