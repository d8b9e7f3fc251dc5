import { hold, running } from '../actions/hold.ts';
import type { IncidentId, PersonId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import { attachTo, signalsOf } from '../monitoring/read.ts';
import type { Tx } from '../postgres/database.ts';
import { type Intervened, notNow } from './heeded.ts';
import { type Incident, isOpen } from './incident.ts';
import { lookAgain } from './look-again.ts';
import type { Responder } from './responder.ts';
import { seriesOf } from './said.ts';
import { lock, log, setMerged, setPaused, setSaid, update } from './store.ts';

/** Why one incident cannot go into another; undefined when it can. Pure. */
export function objectionTo(from: Incident, into: Incident | undefined, named: string): string | undefined {
  if (named === from.id) return 'That is this incident: name another, such as "merge inc-7".';
  if (!into) return `There is no incident ${named}: "/roster incidents" lists those that are open.`;
  if (!isOpen(into) || into.status === 'verified')
    return `${into.id} is over: reopen it first, within a day.`;
  if (from.kind === 'prediction' || into.kind === 'prediction')
    return 'What is only foretold is not merged: nothing is broken there yet.';
  return undefined;
}

/** A person says that two are one: the signals go to the other, and this one ends. Callers hold `lockReception`. */
export async function merge(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  words: string,
): Promise<Intervened> {
  const { gateway } = responder;
  const { id, service } = incident;
  const named = words.trim().toLowerCase() as IncidentId;
  const into = named === id ? undefined : await lock(tx, named);
  const objection = objectionTo(incident, into, named);
  if (!into || objection) return notNow(objection ?? '');
  const busy = await running(gateway, tx, id);
  if (busy) return notNow(`"${busy}" is running: wait until it has ended, or stop all workers.`);
  const moved = await move(responder, tx, incident, into);
  await log(tx, id, { kind: 'merged', facts: { person, into: into.id } });
  await log(tx, into.id, { kind: 'took-in', facts: { person, from: id, signals: moved.signals } });
  await setMerged(tx, id, into.id);
  await setPaused(tx, id, null);
  const waiting = await hold(gateway, tx, id);
  const about = { incident: id, service };
  return {
    result: {
      kind: 'done',
      because: `Merged into ${into.id}: it goes on there, with ${moved.signals} of the signals. What waited here is withdrawn.`,
    },
    entries: [
      { kind: 'incident.merged', by: { person }, about, facts: { into: into.id, signals: moved.signals } },
      { kind: 'incident.ended', by: { person }, about, facts: { status: 'merged' } },
    ],
    jobs: [
      ...waiting,
      ...moved.jobs,
      { name: 'show', subject: `incident:${into.id}` },
      { name: 'show', subject: `incident:${id}` },
    ],
  };
}

/** The other is as bad as the worse of both, watched for the signals of both, and looked into anew when nobody could explain it. */
async function move(
  responder: Responder,
  tx: Tx,
  from: Incident,
  into: Incident,
): Promise<{ signals: number; jobs: (Job & { after?: Date })[] }> {
  const before = await signalsOf(tx, into.id);
  const signals = await signalsOf(tx, from.id);
  for (const { id } of signals) await attachTo(tx, id, into.id);
  if (!into.severityBy) await update(tx, into.id, { severity: Math.min(into.severity, from.severity) });
  if (into.said) {
    const off = [...new Set([...into.said.off, ...signals.flatMap(seriesOf)])];
    await setSaid(tx, into.id, { ...into.said, off });
  }
  const worst = signals.toSorted((a, b) => b.z - a.z).find(({ band }) => band === 'critical');
  const again = worst ? await lookAgain(responder, tx, into, { signal: worst, before }) : [];
  const shown = signals.map(({ id }): Job => ({ name: 'show', subject: `signal:${id}` }));
  return { signals: signals.length, jobs: [...again, ...shown] };
}
