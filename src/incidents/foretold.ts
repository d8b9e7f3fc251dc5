// What is foretold: what signals say of what has not come, as a prediction is made from it.
// Not how it is foreseen: that is monitoring's.
import { server as findServer, type Inventory } from '../inventory/inventory.ts';
import type { Foretold, Signal } from '../monitoring/signal.ts';
import type { Gathered } from './evidence/gathered.ts';
import type { Cause, Evidence, Hypothesis, Incident } from './incident.ts';

export type Foretelling = Signal & { foretold: Foretold };

/** What is found before anything is planned. */
export interface Findings {
  evidence: Evidence[];
  onset: Date;
  hypotheses: Hypothesis[];
  /** All that was gathered; undefined of what is only foretold. */
  gathered?: Gathered;
}

/** How sure a worker is of what is foretold. Set by hand; outcomes have not calibrated it yet. */
const confidence = 0.7;

/** Signals of what has not come yet. Pure. */
export function foretelling(signals: Signal[]): Foretelling[] {
  return signals.filter((one): one is Foretelling => Boolean(one.foretold));
}

/** Those of what is there; all of them where nothing is. Pure. */
export function broken(signals: Signal[]): Signal[] {
  const there = signals.filter(({ foretold }) => !foretold);
  return there.length > 0 ? there : signals;
}

/** The newest signal that foretells a cause; the newest of any, where none is known yet. Pure. */
export function leading(signals: Signal[], cause: Pick<Cause, 'kind'> | null): Foretelling | undefined {
  const all = foretelling(signals);
  return all.findLast(({ foretold }) => foretold.cause === cause?.kind) ?? all.at(-1);
}

/** What is foretold, as the one cause of a prediction; `like` are the past incidents that began alike. Pure. */
export function foreseen(signal: Foretelling | undefined, inventory: Inventory, like: Incident[]): Findings {
  if (!signal) return { evidence: [], onset: new Date(0), hypotheses: [] };
  const { foretold, service, server, because, raisedAt } = signal;
  const evidence = {
    id: 'E1',
    source: 'Foretold',
    query: signal.metric,
    found: because.join(' '),
    read: true,
  };
  const hypothesis = {
    kind: foretold.cause,
    says: `${foretold.what} on ${server ?? service}`,
    ...{ confidence, for: [evidence.id], against: [] },
    known: server ? { server, ...suspect(server, inventory, like, foretold.cause) } : { service },
  };
  return { evidence: [evidence], onset: raisedAt, hypotheses: [hypothesis] };
}

/** The service that the same was laid to on that server before; else the only one there. */
function suspect(
  server: string,
  inventory: Inventory,
  like: Incident[],
  kind: string,
): Pick<Cause['known'], 'service'> {
  const before = like.findLast(({ cause }) => cause?.kind === kind && cause.known.server === server);
  const there = findServer(inventory, server)?.services ?? [];
  const service = before?.cause?.known.service ?? (there.length === 1 ? there[0] : undefined);
  return service === undefined ? {} : { service };
}

/** Whether it is foretold still, by any of the signals. Pure. */
export function isForetold(signals: Signal[]): boolean {
  return foretelling(signals).some(({ recoveredAt }) => recoveredAt === null);
}

/** How a prediction that is over ended. Pure. */
export function endOf({ status, mitigatedAt }: Pick<Incident, 'status' | 'mitigatedAt'>): string {
  if (status === 'false-alarm') return 'called off';
  return mitigatedAt ? 'prevented' : 'did not come';
}
