import { beginAfresh, running } from '../actions/hold.ts';
import type { PersonId } from '../ids.ts';
import { service as findService } from '../inventory/inventory.ts';
import { named } from '../inventory/near.ts';
import type { Job } from '../jobs/job.ts';
import type { Consequences } from '../jobs/save.ts';
import { attachTo, signalsOf } from '../monitoring/read.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Tx } from '../postgres/database.ts';
import { toAnalysis } from './declare.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Incident, Status } from './incident.ts';
import { type Responder, workerFor } from './responder.ts';
import { insert, log, setAfresh } from './store.ts';

type Parted = { kind: 'parted'; signals: Signal[] } | { kind: 'no'; because: string };

/** Which signals leave when those of one server or service do; or why none may. Pure. */
export function parted(signals: Signal[], where: string): Parted {
  const leaving = signals.filter(
    ({ server, service, members }) =>
      server === where || service === where || members.some(({ subject }) => subject === where),
  );
  if (leaving.length === 0) return { kind: 'no', because: `No signal here is of ${where}.` };
  if (leaving.length === signals.length)
    return { kind: 'no', because: `All signals here are of ${where}: none would be left.` };
  return { kind: 'parted', signals: leaving };
}

/** While a cause is acted on, that cause may be what leaves. */
const acting: Status[] = ['routing', 'remediating', 'verifying', 'undoing'];

/** A person says that it is two: the signals of a server or service leave into an incident of their own. Callers hold `lockReception`. */
export async function split(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  words: string,
): Promise<Intervened> {
  const { gateway, inventory } = responder;
  const { id, kind, cause, status } = incident;
  if (kind === 'prediction')
    return notNow('What is only foretold is not split: nothing is broken there yet.');
  const found = named(inventory, words);
  if (found.kind === 'unknown')
    return notNow(
      `There is no server or service called "${words.slice(0, 40)}": did you mean ${found.near.join(', ')}? Nothing was changed.`,
    );
  const where = found.id;
  const leaving = parted(await signalsOf(tx, id), where);
  if (leaving.kind === 'no') return notNow(leaving.because);
  const isCause = cause?.known.server === where || cause?.known.service === where;
  const afresh = isCause && acting.includes(status);
  const busy = afresh && (await running(gateway, tx, id));
  if (busy) return notNow(`"${busy}" is running: wait until it has ended, or stop all workers.`);
  const { to, ...own } = await openFor(responder, tx, incident, { person, where, signals: leaving.signals });
  const on = afresh ? await again(responder, tx, incident, person) : { entries: [], jobs: [] };
  return {
    result: {
      kind: 'done',
      because: `Split: ${leaving.signals.length} of the signals are ${to} now, which is looked into by itself.`,
    },
    entries: [...own.entries, ...on.entries],
    jobs: [...own.jobs, ...on.jobs, { name: 'show', subject: `incident:${id}` }],
  };
}

async function openFor(
  responder: Responder,
  tx: Tx,
  { id }: Incident,
  { person, where, signals }: { person: PersonId; where: string; signals: Signal[] },
): Promise<{ to: string } & Consequences> {
  const worst = signals.toSorted((a, b) => b.z - a.z)[0];
  const service = findService(responder.inventory, where)?.id ?? worst?.service ?? where;
  const severity = findService(responder.inventory, service)?.criticality ?? 4;
  const worker = await workerFor(responder, tx, 'monitoring', service);
  const to = await insert(tx, { kind: 'incident', service, severity, worker });
  for (const one of signals) await attachTo(tx, one.id, to);
  await log(tx, id, { kind: 'split-off', facts: { person, where, to, signals: signals.length } });
  await log(tx, to, { kind: 'split', facts: { person, where, from: id, signals: signals.length } });
  const handed = await toAnalysis(responder, tx, to, {
    person,
    because: `A person says that ${where} is apart.`,
  });
  const facts = { from: id, to, where, signals: signals.length };
  return {
    to,
    entries: [
      { kind: 'incident.split', by: { person }, about: { incident: id, service }, facts },
      ...handed.entries,
    ],
    jobs: [...handed.jobs, ...signals.map((one): Job => ({ name: 'show', subject: `signal:${one.id}` }))],
  };
}

/** What was acted on has left: what stays is looked into afresh. */
async function again(
  responder: Responder,
  tx: Tx,
  { id }: Incident,
  person: PersonId,
): Promise<Consequences> {
  const afresh = await beginAfresh(responder.gateway, tx, id);
  await setAfresh(tx, id, afresh.attempt);
  const handed = await toAnalysis(responder, tx, id, {
    person,
    because: 'What was acted on is an incident of its own.',
  });
  return { entries: handed.entries, jobs: [...afresh.jobs, ...handed.jobs] };
}
