import type { Health } from '../actions/action.ts';
import { noteHealth } from '../actions/health.ts';
import { beginAfresh, running } from '../actions/hold.ts';
import type { IncidentId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { signalsOf } from '../monitoring/read.ts';
import { signalAt } from '../monitoring/reading.ts';
import type { Tx } from '../postgres/database.ts';
import { type Incident, type Measured, watched } from './incident.ts';
import { type Look, measure } from './measure.ts';
import { actorOf, type Responder } from './responder.ts';
import { load, loadLog, lock, log, setPaused, setUsual, update } from './store.ts';
import { unmended } from './undo.ts';

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
  const again: Consequences = { entries: [], jobs: [nextLook(responder, incident)] };
  if (look.usual && lasted.usual * 1_000 >= responder.verifyMs) {
    // What is being rolled back at this moment may change what was measured.
    const busy = incident.status === 'undoing' && (await running(responder.gateway, tx, incident.id));
    return busy ? again : verified(responder, tx, incident, { ...look, seconds: Math.round(lasted.open) });
  }
  if (incident.status !== 'verifying' || incident.pausedBy) return again;
  const failed = failure(
    look,
    await stepMetrics(tx, incident),
    (lasted.mitigated * 1_000) / responder.verifyMs,
  );
  if (!failed) return again;
  const { entries, jobs } = await unmended(responder, tx, incident, { ...failed, metrics: look.metrics });
  return { entries, jobs: [...jobs, ...again.jobs] };
}

function nextLook({ now, monitor }: Responder, { id }: Incident): Consequences['jobs'][number] {
  return { name: 'verify', incident: id, after: new Date(now().getTime() + monitor.cycleMs) };
}

/** How much further off than right after the last step counts as worse, not as slow to come back. */
const worseBy = 1.5;

/** Whether the runbook has failed, `windows` verification windows after its end: made worse after one, not back after all. Pure. */
export function failure(
  { usual, metrics }: Pick<Look, 'usual' | 'metrics'>,
  atStep: Measured[],
  windows: number,
): { health: Health; because: string } | undefined {
  const worse = metrics.find((one) => {
    const then = atStep.find(({ metric, subject }) => metric === one.metric && subject === one.subject);
    return then !== undefined && one.z >= worseBy * Math.max(then.z, signalAt);
  });
  if (worse && windows > 1) {
    const because = `${worse.says} of ${worse.subject} is further from usual than before: ${worse.z.toFixed(0)} σ.`;
    return { health: 'worse', because };
  }
  if (usual || windows <= patience) return undefined;
  return { health: 'same', because: 'the metrics are not back at their baseline.' };
}

/** What was measured right after the last step. */
async function stepMetrics(tx: Tx, { id }: Incident): Promise<Measured[]> {
  return (await loadLog(tx, id)).findLast((one) => one.kind === 'step')?.facts.metrics ?? [];
}

async function verified(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  { metrics, seconds }: Look & { seconds: number },
): Promise<Consequences> {
  const by = actorOf(responder, incident.worker);
  const since = incident.runbook?.since ?? incident.attempt;
  // Whether it were the steps is not known when a person had it meanwhile.
  const byStep = incident.status === 'verifying';
  const judged = byStep ? await noteHealth(tx, { incident: incident.id, since }, 'better', by) : [];
  // What a person is still asked, such as a roll-back, is needed no longer.
  const { attempt, jobs } = await beginAfresh(responder.gateway, tx, incident.id);
  await update(tx, incident.id, { status: 'verified', attempt });
  await setPaused(tx, incident.id, null);
  await log(tx, incident.id, { kind: 'verified', facts: { metrics, seconds } });
  responder.log.info(
    `Incident ${incident.id} on ${incident.service} is verified mended, ${seconds} s after it opened.`,
  );
  const about = { incident: incident.id, service: incident.service };
  const facts = { seconds, windowMs: responder.verifyMs, metrics: metrics.map((one) => ({ ...one })) };
  return {
    entries: [...judged, { kind: 'incident.verified', by, about, facts }],
    jobs: [
      ...jobs,
      { name: 'conclude', incident: incident.id },
      { name: 'show', subject: `incident:${incident.id}` },
    ],
  };
}
