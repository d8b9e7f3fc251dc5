import type { Health } from '../actions/action.ts';
import { noteHealth } from '../actions/health.ts';
import { beginAfresh, running } from '../actions/hold.ts';
import type { IncidentId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { put, type Runbook, windowMs } from '../knowledge/runbook.ts';
import { signalsOf } from '../monitoring/read.ts';
import { signalAt } from '../monitoring/reading.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Tx } from '../postgres/database.ts';
import { escalate } from './escalate.ts';
import { isForetold } from './foretold.ts';
import { type Incident, isWatched, type Measured } from './incident.ts';
import { lookOn } from './look-again.ts';
import { type Look, measure } from './measure.ts';
import { actorOf, doerOf, type Responder } from './responder.ts';
import { endsByWord } from './said.ts';
import { gradeSteps } from './steps/after.ts';
import { knownOf } from './steps/step.ts';
import { load, loadLog, lock, log, setPaused, setSaid, setUnmitigated, setUsual, update } from './store.ts';
import { unmended } from './undo.ts';

/** How many verification windows it may take before a person is asked. */
const patience = 4;

/** What only followed from the cause is back after so many windows. */
const slow = 2;

/** What was done against what is foretold may take so many cycles until monitoring no longer sees it coming. */
const slowCycles = 60;

/**
 * Looks whether all is back at its baseline, or no longer foretold, and has been for the whole window; else looks again
 * later.
 */
export async function verify(responder: Responder, id: IncidentId): Promise<void> {
  const incident = await load(responder.gateway.db, id);
  if (!incident || !isWatched(incident)) return;
  const signals = await signalsOf(responder.gateway.db, id);
  const look = await lookAt(responder, incident, signals);
  await save(responder.gateway, async (tx) => {
    const now = await lock(tx, id);
    if (!now || !isWatched(now)) return { result: undefined, entries: [], jobs: [] };
    // A signal that joined since was not looked at: look again, at all of them.
    const joined = now.kind !== incident.kind || (await signalsOf(tx, id)).length > signals.length;
    if (joined) return { result: undefined, entries: [], jobs: [{ name: 'verify', incident: id }] };
    if (now.said && look.off) await setSaid(tx, id, { ...now.said, off: look.off });
    return { result: undefined, ...(await judge(responder, tx, now, look)) };
  });
}

/** A prediction is well once nothing is foretold any more, whatever the metrics are; for days nothing is read for it. */
async function lookAt(responder: Responder, incident: Incident, signals: Signal[]): Promise<Look> {
  if (incident.kind !== 'prediction')
    return measure(responder, incident, signals, seriesOf(responder, incident));
  if (isForetold(signals)) return { metrics: [], usual: false, critical: true, readings: [] };
  return { ...(await measure(responder, incident, signals)), usual: true, critical: false };
}

/** How long all must stay usual: as the incident's runbook says, else as on this site. */
export function windowOf(
  { runbooks, verifyMs }: Pick<Responder, 'runbooks' | 'verifyMs'>,
  { runbook }: Pick<Incident, 'runbook'>,
): number {
  return windowMs(followed(runbooks, runbook), verifyMs);
}

function followed(runbooks: Runbook[], runbook: Incident['runbook']): Runbook | undefined {
  return runbooks.find(({ id, version }) => id === runbook?.id && version === runbook.version);
}

/** The series a runbook is verified by, as `metric subject`; undefined: those that raised the signals. */
function seriesOf({ runbooks }: Responder, incident: Incident): string[] | undefined {
  const known = knownOf(incident) ?? {};
  const named = followed(runbooks, incident.runbook)?.verify?.metrics;
  return incident.mitigatedAt ? named?.map(({ metric, of }) => `${metric} ${put(of, known)}`) : undefined;
}

async function judge(responder: Responder, tx: Tx, incident: Incident, look: Look): Promise<Consequences> {
  const graded = incident.status === 'verifying' ? await gradeSteps(responder, tx, incident, look) : [];
  const { entries, jobs } = await judged(responder, tx, incident, look);
  return { entries: [...graded, ...entries], jobs };
}

async function judged(responder: Responder, tx: Tx, incident: Incident, look: Look): Promise<Consequences> {
  const verifyMs = windowOf(responder, incident);
  const lasted = await setUsual(tx, incident.id, look);
  const again: Consequences = { entries: [], jobs: [nextLook(responder, incident)] };
  if (look.usual && lasted.usual * 1_000 >= verifyMs) {
    // What runs at this moment may change what was measured.
    const runs = incident.status === 'undoing' || incident.kind === 'prediction';
    const busy = runs && (await running(responder.gateway, tx, incident.id));
    return busy ? again : verified(responder, tx, incident, { ...look, seconds: Math.round(lasted.open) });
  }
  if (incident.status !== 'verifying' || incident.pausedBy) return again;
  if (incident.kind === 'prediction') {
    const waited = lasted.mitigated * 1_000;
    const isLate = waited > Math.max(patience * verifyMs, slowCycles * responder.monitor.cycleMs);
    const stands = isLate ? await unprevented(responder, tx, incident) : { entries: [], jobs: [] };
    return { entries: stands.entries, jobs: [...stands.jobs, ...again.jobs] };
  }
  if (endsByWord(incident) && look.metrics.length === 0) {
    const asked = await escalate(responder, tx, incident, untold);
    return { entries: asked.entries, jobs: [...asked.jobs, ...again.jobs] };
  }
  const isSlow = lasted.mitigated * 1_000 > slow * verifyMs;
  const on = isSlow && (await lookOn(responder, tx, incident, look));
  if (on) return on;
  const failed = failure(look, await stepMetrics(tx, incident), (lasted.mitigated * 1_000) / verifyMs);
  if (!failed) return again;
  const never = await gradeSteps(responder, tx, incident, look, true);
  const { entries, jobs } = await unmended(responder, tx, incident, { ...failed, metrics: look.metrics });
  return { entries: [...never, ...entries], jobs: [...jobs, ...again.jobs] };
}

/** What was done is done, and only a person can see whether it helped. */
const untold = 'No metric was off, so none tells whether it is mended: say "resolved" here when it is.';

/** What was done did not help, and as nothing is broken nothing is rolled back. */
async function unprevented(responder: Responder, tx: Tx, incident: Incident): Promise<Consequences> {
  const { id, worker, runbook, attempt } = incident;
  const since = runbook?.since ?? attempt;
  const judged = await noteHealth(tx, { incident: id, since }, 'same', actorOf(responder, worker));
  await setUnmitigated(tx, id);
  const because = 'What was to prevent it was done and it is foretold all the same, so a person should look.';
  const { entries, jobs } = await escalate(responder, tx, incident, because);
  return { entries: [...judged, ...entries], jobs };
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
  look: Look & { seconds: number },
): Promise<Consequences> {
  const { metrics, seconds } = look;
  const worker = await doerOf(responder, tx, 'resolution', incident);
  const by = actorOf(responder, worker);
  const since = incident.runbook?.since ?? incident.attempt;
  // Whether it were the steps is not known when a person had it meanwhile.
  const byStep = incident.status === 'verifying';
  const never = byStep ? await gradeSteps(responder, tx, incident, look, true) : [];
  const judged = byStep ? await noteHealth(tx, { incident: incident.id, since }, 'better', by) : [];
  // What a person is still asked, such as a roll-back, is needed no longer.
  const { attempt, jobs } = await beginAfresh(responder.gateway, tx, incident.id);
  await update(tx, incident.id, { status: 'verified', attempt, worker });
  await setPaused(tx, incident.id, null);
  await log(tx, incident.id, { kind: 'verified', facts: { metrics, seconds } });
  const ahead = incident.kind === 'prediction';
  const how = ahead ? 'no longer foretold' : 'verified mended';
  responder.log.info(`${incident.id} on ${incident.service} is ${how}, ${seconds} s after it opened.`);
  const about = { incident: incident.id, service: incident.service };
  const facts = {
    seconds,
    windowMs: windowOf(responder, incident),
    metrics: metrics.map((one) => ({ ...one })),
  };
  return {
    entries: [
      ...never,
      ...judged,
      { kind: ahead ? 'prediction.over' : 'incident.verified', by, about, facts },
    ],
    jobs: [
      ...jobs,
      { name: 'conclude', incident: incident.id },
      { name: 'show', subject: `incident:${incident.id}` },
    ],
  };
}
