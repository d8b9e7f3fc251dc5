import type { IncidentId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { signalsOf } from '../monitoring/read.ts';
import type { Tx } from '../postgres/database.ts';
import { escalate } from './escalate.ts';
import type { Incident, Status } from './incident.ts';
import { type Look, measure } from './measure.ts';
import { actorOf, type Responder } from './responder.ts';
import { load, lock, log, setUsual, update } from './store.ts';

const watched: Status[] = ['verifying', 'escalated', 'taken'];
/** How many verification windows it may take before a person is asked. */
const patience = 4;

/** Looks whether all is back at its baseline and has been for the whole window; else looks again later. */
export async function verify(responder: Responder, id: IncidentId): Promise<void> {
  const incident = await load(responder.gateway.db, id);
  if (!incident || !watched.includes(incident.status)) return;
  const signals = await signalsOf(responder.gateway.db, id);
  const look = await measure(responder, signals);
  await save(responder.gateway, async (tx) => {
    const now = await lock(tx, id);
    if (!now || !watched.includes(now.status)) return { result: undefined, entries: [], jobs: [] };
    // A signal that joined since was not looked at: look again, at all of them.
    const joined = (await signalsOf(tx, id)).length > signals.length;
    if (joined) return { result: undefined, entries: [], jobs: [{ name: 'verify', incident: id }] };
    return { result: undefined, ...(await judge(responder, tx, now, look)) };
  });
}

async function judge(responder: Responder, tx: Tx, incident: Incident, look: Look): Promise<Consequences> {
  const lasted = await setUsual(tx, incident.id, look);
  if (look.usual && lasted.usual * 1_000 >= responder.verifyMs)
    return verified(responder, tx, incident, { ...look, seconds: Math.round(lasted.open) });
  const late = !look.usual && lasted.mitigated * 1_000 > patience * responder.verifyMs;
  if (incident.status === 'verifying' && late) {
    const because = 'The runbook ran and the metrics are not back at their baseline, so a person must look.';
    return escalate(responder, tx, incident, because);
  }
  const after = new Date(responder.now().getTime() + responder.monitor.cycleMs);
  return { entries: [], jobs: [{ name: 'verify', incident: incident.id, after }] };
}

async function verified(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  { metrics, seconds }: Look & { seconds: number },
): Promise<Consequences> {
  await update(tx, incident.id, { status: 'verified' });
  await log(tx, incident.id, { kind: 'verified', facts: { metrics, seconds } });
  responder.log.info(
    `Incident ${incident.id} on ${incident.service} is verified mended, ${seconds} s after it opened.`,
  );
  const about = { incident: incident.id, service: incident.service };
  const facts = { seconds, windowMs: responder.verifyMs, metrics: metrics.map((one) => ({ ...one })) };
  return {
    entries: [{ kind: 'incident.verified', by: actorOf(responder, incident.worker), about, facts }],
    jobs: [
      { name: 'conclude', incident: incident.id },
      { name: 'show', subject: `incident:${incident.id}` },
    ],
  };
}
