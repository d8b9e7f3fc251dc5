import type { By } from '../audit/entry.ts';
import type { SignalId } from '../ids.ts';
import { service as findService, neighbours } from '../inventory/inventory.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { attachTo, signal as findSignal, signalsOf } from '../monitoring/read.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Tx } from '../postgres/database.ts';
import { type Incident, isOpen } from './incident.ts';
import { actorOf, type Responder } from './responder.ts';
import { insert, loadOpen, lock, lockReception, update } from './store.ts';

const joinsWithinMs = 10 * 60_000;

export type Received =
  | { kind: 'open'; because: string }
  | { kind: 'attach'; to: Incident; because: string }
  | { kind: 'ignore'; because: string }
  /** It is told, and a person may open an incident. */
  | { kind: 'tell'; because: string };

interface Known {
  /** Those a signal may still join. */
  open: { incident: Incident; lastSignal: Date }[];
  neighbours: string[];
  /** The service is in the inventory. */
  listed: boolean;
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
    return { kind: 'tell', because: 'What cannot be seen is not known to be broken, nor to be healthy.' };
  const own = open.find(({ incident }) => incident.service === signal.service);
  if (own)
    return { kind: 'attach', to: own.incident, because: `${own.incident.id} is open on ${signal.service}.` };
  const close = open.find(({ incident, lastSignal }) => {
    return (
      near.includes(incident.service) && signal.raisedAt.getTime() - lastSignal.getTime() <= joinsWithinMs
    );
  });
  if (close)
    return {
      kind: 'attach',
      to: close.incident,
      because: `${close.incident.service} is a neighbour of ${signal.service} and had a signal within 10 minutes.`,
    };
  const because = `No incident is open on ${signal.service} or a neighbour`;
  const only = onlyTold(signal);
  return only
    ? { kind: 'tell', because: `${because}, and ${only}.` }
    : { kind: 'open', because: `${because}.` };
}

/** Why a signal opens nothing by itself; undefined when it does. */
function onlyTold({ band, learning, kind }: Signal): string | undefined {
  if (foretells(kind)) return 'nothing is broken yet';
  if (learning) return 'what is usual is still being learnt';
  return band === 'watch' ? 'it is a matter of watching' : undefined;
}

/** Here a prediction will open an incident of its own kind, which proposes what prevents it. */
function foretells(kind: Signal['kind']): boolean {
  return kind === 'precursor' || kind === 'forecast';
}

/** Opens an incident for a signal, attaches it to one, or ignores it. Safe to call twice. */
export function receive(responder: Responder, id: SignalId): Promise<void> {
  return save(responder.gateway, async (tx) => {
    await lockReception(tx);
    const signal = await findSignal(tx, id);
    if (!signal || signal.incident) return { result: undefined, entries: [], jobs: [] };
    const received = await decide(responder, tx, signal);
    // Its team is not told of it by itself now: why is written down with it.
    if (received.kind === 'tell' && signal.held !== null) return { result: undefined, entries: [], jobs: [] };
    const by = actorOf(responder, responder.worker);
    return { result: undefined, ...(await follow(responder, tx, { signal, received, by })) };
  });
}

/** What a signal means beside the incidents as they are. Nothing may change between this and `follow`: hold `lockReception`. */
export async function decide(responder: Responder, tx: Tx, signal: Signal): Promise<Received> {
  return receiveDecision(signal, await known(responder, tx, signal.service));
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
    case 'attach': {
      const incident = received.to.id;
      await attachTo(tx, id, incident);
      const severity = Math.min(received.to.severity, severityOf(responder, signal));
      await update(tx, incident, { severity });
      return {
        entries: [
          { kind: 'signal.attached', by, about: { ...about, incident }, facts: { severity }, because },
        ],
        jobs: [
          { name: 'show', subject: `incident:${incident}` },
          { name: 'show', subject: `signal:${id}` },
        ],
      };
    }
    case 'open': {
      const severity = severityOf(responder, signal);
      const incident = await insert(tx, { service, severity, worker: responder.worker });
      await attachTo(tx, id, incident);
      responder.log.info(`Incident ${incident} is opened on ${service}.`);
      return {
        entries: [{ kind: 'signal.opened', by, about: { ...about, incident }, because }],
        jobs: [
          { name: 'show', subject: `incident:${incident}` },
          { name: 'show', subject: `signal:${id}` },
          { name: 'investigate', incident },
        ],
      };
    }
  }
}

/** As bad as its service is important. */
function severityOf({ inventory }: Responder, { service }: Signal): number {
  return findService(inventory, service)?.criticality ?? 4;
}

async function known({ inventory }: Responder, tx: Tx, service: string): Promise<Known> {
  const near = neighbours(inventory, service).map((one) => one.id);
  const open = [];
  for (const { id, service: on } of await loadOpen(tx)) {
    if (on !== service && !near.includes(on)) continue;
    // Locked, so that none is found mended while a signal joins it; one that was is over but for its post-mortem.
    const incident = await lock(tx, id);
    if (!incident || !isOpen(incident) || incident.status === 'verified') continue;
    const signals = await signalsOf(tx, id);
    open.push({ incident, lastSignal: signals.at(-1)?.raisedAt ?? incident.openedAt });
  }
  return { open, neighbours: near, listed: findService(inventory, service) !== undefined };
}
