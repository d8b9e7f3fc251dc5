import { noteHealth } from '../actions/health.ts';
import { beginAfresh } from '../actions/hold.ts';
import type { Consequences } from '../jobs/save.ts';
import { signalsOf } from '../monitoring/read.ts';
import { isUsual, signalAt } from '../monitoring/reading.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Incident } from './incident.ts';
import type { Look } from './measure.ts';
import { actorOf, type Responder } from './responder.ts';
import { loadLog, setAfresh, setUnmitigated } from './store.ts';

/** What joins has so many cycles to show what it is. */
const cycles = 2;

/**
 * What nobody could explain is looked into anew when something else goes wrong with it: the workers had come to their
 * end, changed nothing, and no person has it yet. `before` are the signals it had.
 */
export async function lookAgain(
  { gateway, monitor, now }: Responder,
  tx: Tx,
  { id, status, runbook, owner }: Incident,
  { signal, before }: { signal: Signal; before: Signal[] },
): Promise<Consequences['jobs']> {
  const known = new Set(before.filter((one) => one.id !== signal.id).flatMap(seriesOf));
  const isNews = seriesOf(signal).some((one) => !known.has(one));
  if (status !== 'escalated' || runbook || owner || signal.band !== 'critical' || !isNews) return [];
  const { attempt, jobs } = await beginAfresh(gateway, tx, id);
  await setAfresh(tx, id, attempt);
  const after = new Date(now().getTime() + cycles * monitor.cycleMs);
  return [...jobs, { name: 'investigate', incident: id, after }];
}

/**
 * What joined after the cause was named, and stays while everything it was named for is as usual again, has a cause of its
 * own: it is looked for, and what was done stands. Undefined when that is not so.
 */
export async function lookOn(
  responder: Responder,
  tx: Tx,
  { id, worker, attempt, runbook }: Incident,
  { metrics }: Pick<Look, 'metrics'>,
): Promise<Consequences | undefined> {
  const told = (await loadLog(tx, id)).findLast(({ kind }) => kind === 'diagnosis');
  const signals = await signalsOf(tx, id);
  const isBefore = ({ raisedAt }: Signal) => !told || raisedAt <= told.at;
  const own = new Set(signals.filter(isBefore).flatMap(seriesOf));
  const off = metrics.filter((one) => !isUsual(one));
  const isOwn = off.some(({ metric, subject }) => own.has(`${metric} ${subject}`));
  if (isOwn || !off.some(({ z }) => z >= signalAt)) return undefined;
  const by = actorOf(responder, worker);
  const judged = await noteHealth(tx, { incident: id, since: runbook?.since ?? attempt }, 'better', by);
  const afresh = await beginAfresh(responder.gateway, tx, id);
  await setUnmitigated(tx, id);
  await setAfresh(tx, id, afresh.attempt);
  return { entries: judged, jobs: [...afresh.jobs, { name: 'investigate', incident: id }] };
}

/** The signals that came since its cause was last looked for; all of them when none did. */
export async function newest(db: Db, { id }: Incident, signals: Signal[]): Promise<Signal[]> {
  const last = (await loadLog(db, id)).findLast(({ kind }) => kind === 'diagnosis');
  const since = signals.filter(({ raisedAt }) => last && raisedAt > last.at);
  return since.length > 0 ? since : signals;
}

function seriesOf({ members }: Signal): string[] {
  return members.map(({ metric, subject }) => `${metric} ${subject}`);
}
