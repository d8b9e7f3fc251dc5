import type { By } from '../audit/entry.ts';
import type { IncidentId, SignalId } from '../ids.ts';
import { service as findService, neighbours } from '../inventory/inventory.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { attachTo, signal as findSignal, signalsOf } from '../monitoring/read.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Tx } from '../postgres/database.ts';
import { comeTrue } from './come-true.ts';
import { mayExplain } from './explains.ts';
import { foretelling } from './foretold.ts';
import { handOver } from './handoffs/hand-over.ts';
import { type Incident, isOpen } from './incident.ts';
import { lookAgain } from './look-again.ts';
import { actorOf, type Responder, workerFor } from './responder.ts';
import { insert, loadOpen, lock, lockReception, update } from './store.ts';

const joinsWithinMs = 10 * 60_000;

export type Received =
  | { kind: 'open'; as: Incident['kind']; because: string }
  | { kind: 'attach'; to: Incident; because: string }
  /** What was foretold has come: the prediction takes it in and is an incident. */
  | { kind: 'come-true'; to: Incident; because: string }
  | { kind: 'ignore'; because: string }
  /** It is told, and a person may open an incident, or what is foretold a prediction. */
  | { kind: 'tell'; as: Incident['kind']; because: string };

interface Known {
  /** Those a signal may still join. */
  open: Open[];
  neighbours: string[];
  /** The service is in the inventory. */
  listed: boolean;
}

interface Open {
  incident: Incident;
  /** What is behind it may be behind the signal too. */
  explains: boolean;
  lastSignal: Date;
  /** Where it is foretold: servers, and null where it is the service as a whole. */
  foretold: (string | null)[];
  /** The servers its signals are of. */
  servers: string[];
}

/** What a signal means beside the incidents that are open. Pure. */
export function receiveDecision(signal: Signal, { open, neighbours: near, listed }: Known): Received {
  if (!listed)
    return {
      kind: 'ignore',
      because: `${signal.service} is not in the inventory: add it there to have it looked after.`,
    };
  // About Roster's eyes, not the service: it joins nothing, and there is nothing to mend on the service.
  if (signal.kind === 'blind')
    return {
      kind: 'tell',
      as: 'incident',
      because: 'What cannot be seen is not known to be broken, nor to be healthy.',
    };
  const as = signal.foretold ? 'prediction' : 'incident';
  const only = onlyTold(signal);
  const own = ownOf(signal, open);
  if (own) {
    const { id } = own.incident;
    return own.incident.kind === 'prediction' && as === 'incident' && !only
      ? {
          kind: 'come-true',
          to: own.incident,
          because: `${id} foretold a failure there, and this may be it.`,
        }
      : { kind: 'attach', to: own.incident, because: `${id} is open on ${signal.service}.` };
  }
  const close = open.find(({ incident, lastSignal, explains }) => {
    return (
      incident.kind !== 'prediction' &&
      near.includes(incident.service) &&
      explains &&
      signal.raisedAt.getTime() - lastSignal.getTime() <= joinsWithinMs
    );
  });
  if (close)
    return {
      kind: 'attach',
      to: close.incident,
      because: `${close.incident.service} is a neighbour of ${signal.service} and had a signal within 10 minutes.`,
    };
  const because = `No incident is open on ${signal.service} or a neighbour`;
  if (only) return { kind: 'tell', as, because: `${because}, and ${only}.` };
  const ahead = as === 'prediction' ? ', and nothing is broken yet: it is a prediction' : '';
  return { kind: 'open', as, because: `${because}${ahead}.` };
}

/** The incident of its service, else the prediction: not one of another server, where this is broken and that is not yet. */
function ownOf(signal: Signal, open: Open[]): Open | undefined {
  const own = open.filter(({ incident }) => incident.service === signal.service);
  const all = own.filter((one) => one.incident.kind !== 'prediction');
  // Of two on one service, the one that a person split off for this server.
  const incident =
    all.find(({ servers }) => signal.server !== null && servers.includes(signal.server)) ?? all[0];
  if (incident || signal.foretold || signal.server === null) return incident ?? own[0];
  return own.find(({ foretold }) => foretold.includes(signal.server) || foretold.includes(null));
}

/** Why a signal opens nothing by itself; undefined when it does. */
function onlyTold({ band, learning, foretold }: Signal): string | undefined {
  if (learning) return 'what is usual is still being learnt';
  return band === 'watch' && !foretold ? 'it is a matter of watching' : undefined;
}

/** Opens an incident or a prediction for a signal, attaches it to one, or ignores it. Safe to call twice. */
export function receive(responder: Responder, id: SignalId): Promise<void> {
  return save(responder.gateway, async (tx) => {
    await lockReception(tx);
    const signal = await findSignal(tx, id);
    if (!signal || signal.incident) return { result: undefined, entries: [], jobs: [] };
    const received = await decide(responder, tx, signal);
    // Its team is not told of it by itself now: why is written down with it.
    if (received.kind === 'tell' && signal.held !== null) return { result: undefined, entries: [], jobs: [] };
    const by = actorOf(responder, await workerFor(responder, tx, 'monitoring', signal.service));
    return { result: undefined, ...(await follow(responder, tx, { signal, received, by })) };
  });
}

/** What a signal means beside the incidents as they are. Nothing may change between this and `follow`: hold `lockReception`. */
export async function decide(responder: Responder, tx: Tx, signal: Signal): Promise<Received> {
  return receiveDecision(signal, await known(responder, tx, signal));
}

/** Does what was decided on a signal; `by` is who wanted it looked at. */
export async function follow(
  responder: Responder,
  tx: Tx,
  { signal, received, by }: { signal: Signal; received: Received; by: By },
): Promise<Consequences> {
  const { id, service } = signal;
  const about = { signal: id, service };
  const because = [received.because];
  switch (received.kind) {
    case 'tell':
      return {
        entries: [{ kind: 'signal.told', by, about, because }],
        jobs: [{ name: 'show', subject: `signal:${id}` }],
      };
    case 'ignore':
      return { entries: [{ kind: 'signal.ignored', by, about, because }], jobs: [] };
    case 'attach':
    case 'come-true': {
      const incident = received.to.id;
      await attachTo(tx, id, incident);
      const before = await signalsOf(tx, incident);
      const again = await lookAgain(responder, tx, received.to, { signal, before });
      const { severity: was, severityBy } = received.to;
      const severity = severityBy ? was : Math.min(was, severityOf(responder, signal));
      await update(tx, incident, { severity });
      const come =
        received.kind === 'come-true' ? await comeTrue(responder, tx, received.to, received.because) : none;
      return {
        entries: [
          { kind: 'signal.attached', by, about: { ...about, incident }, facts: { severity }, because },
          ...come.entries,
        ],
        jobs: [
          ...come.jobs,
          ...again,
          { name: 'show', subject: `incident:${incident}` },
          { name: 'show', subject: `signal:${id}` },
        ],
      };
    }
    case 'open': {
      const severity = severityOf(responder, signal);
      const worker = await workerFor(responder, tx, 'monitoring', service);
      const incident = await insert(tx, { kind: received.as, service, severity, worker });
      await attachTo(tx, id, incident);
      const ahead = received.as === 'prediction';
      const handed = await handOn(responder, tx, incident, { signal, by, because });
      responder.log.info(`${ahead ? 'Prediction' : 'Incident'} ${incident} is opened on ${service}.`);
      return {
        entries: [
          { kind: ahead ? 'signal.foretold' : 'signal.opened', by, about: { ...about, incident }, because },
          ...handed.entries,
        ],
        jobs: [
          { name: 'show', subject: `signal:${id}` },
          ...handed.jobs,
          ...(ahead ? [{ name: 'verify' as const, incident }] : []),
        ],
      };
    }
  }
}

/** What monitoring found is analysed; how sure it is that anything is wrong stands in the handoff. */
async function handOn(
  responder: Responder,
  tx: Tx,
  id: IncidentId,
  { signal, by, because }: { signal: Signal; by: By; because: string[] },
): Promise<Consequences> {
  const incident = await lock(tx, id);
  if (!incident) throw new Error(`The incident ${id} is not there right after it was opened.`);
  const name = findService(responder.inventory, incident.service)?.name ?? incident.service;
  const asked = 'person' in by;
  return handOver(responder, tx, incident, {
    from: asked ? { person: by.person } : { worker: incident.worker, duty: 'monitoring' },
    to: 'analysis',
    intent: signal.foretold ? `see what would prevent it on ${name}` : `find out what broke on ${name}`,
    confidence: signal.foretold ? sureAhead : sure,
    reasoning: [...because, ...signal.because],
    evidence: [signal.id],
  });
}

/** The shares of signals, of what is and of what is foretold, that a fault was behind. Of 60 simulated days, and set by hand. */
const sure = 0.9;
const sureAhead = 0.7;

const none: Consequences = { entries: [], jobs: [] };

/** As bad as its service is important. */
function severityOf({ inventory }: Responder, { service }: Signal): number {
  return findService(inventory, service)?.criticality ?? 4;
}

async function known({ inventory }: Responder, tx: Tx, signal: Signal): Promise<Known> {
  const { service } = signal;
  const near = neighbours(inventory, service).map((one) => one.id);
  const open = [];
  for (const { id, service: on } of await loadOpen(tx)) {
    if (on !== service && !near.includes(on)) continue;
    // Locked, so that none is found mended while a signal joins it; one that was is over but for its post-mortem.
    const incident = await lock(tx, id);
    if (!incident || !isOpen(incident) || incident.status === 'verified') continue;
    const signals = await signalsOf(tx, id);
    const foretold = foretelling(signals).map(({ server }) => server);
    const explains = mayExplain(incident, signals[0], signal, inventory);
    const lastSignal = signals.at(-1)?.raisedAt ?? incident.openedAt;
    const servers = signals.flatMap(({ server }) => server ?? []);
    open.push({ incident, explains, lastSignal, foretold, servers });
  }
  return { open, neighbours: near, listed: findService(inventory, service) !== undefined };
}
