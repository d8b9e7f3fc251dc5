// What only a person says is wrong: how it is looked into and watched without a signal.
import { type Inventory, serversOf } from '../inventory/inventory.ts';
import { type Reading, signalAt } from '../monitoring/reading.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Incident, Said } from './incident.ts';

/** Signals that came since a person said so: what was raised before is told by what is off now. Pure. */
export function signalsSince({ at }: Pick<Said, 'at'>, signals: Signal[]): Signal[] {
  return signals.filter(({ raisedAt }) => raisedAt.getTime() > Date.parse(at));
}

/**
 * The series, as `metric subject`, that have been off since a person said that something is wrong: of the service, its
 * servers and what signals told of before. While there are none, no metric tells when it is mended. Pure.
 */
export function offSince(
  { service, said }: { service: string; said: Said },
  signals: Signal[],
  readings: Reading[],
  inventory: Inventory,
): string[] {
  const subjects = new Set([service, ...serversOf(inventory, service).map(({ id }) => id)]);
  const told = new Set(signals.flatMap(seriesOf));
  const off = readings
    .filter(({ z }) => z >= signalAt)
    .filter(({ metric, subject }) => subjects.has(subject) || told.has(`${metric} ${subject}`))
    .map(({ metric, subject }) => `${metric} ${subject}`);
  return [...new Set([...said.off, ...off, ...signalsSince(said, signals).flatMap(seriesOf)])];
}

/** The series of a signal, as `metric subject`; what measures nothing has none. Pure. */
export function seriesOf({ members }: Pick<Signal, 'members'>): string[] {
  return members.map(({ metric, subject }) => `${metric} ${subject}`);
}

/** What a person says, as evidence is gathered around it. Pure. */
export function asSignal({ id, service }: Incident, { words, at }: Said): Signal {
  return {
    id: `sig-${id}` as Signal['id'],
    ...{ fingerprint: id, kind: 'anomaly', band: 'critical', learning: false, service, server: null },
    ...{ metric: 'declared', value: 0, mean: 0, deviation: 0, z: 0, members: [], because: [words] },
    ...{ foretold: null, raisedAt: new Date(at), recoveredAt: null, held: null, incident: id },
  };
}

/** Whether only a person's word ends it, as no metric has been off since they said so. Pure. */
export function endsByWord({ said }: Pick<Incident, 'said'>): boolean {
  return said !== null && said.off.length === 0;
}
