import { service as findService, type Inventory, serversOf } from '../inventory/inventory.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Incident } from './incident.ts';
import { unknown } from './locate.ts';

/**
 * Whether what is behind an incident may be behind a signal as well: a failure spreads from what is called to who calls
 * it and from a server to what runs there, and a server's own resources suffer from nothing elsewhere. Where no cause
 * was found it is taken to lie where the incident began, `first`; while one is looked for it may be anything. Pure.
 */
export function mayExplain(
  { cause, status }: Pick<Incident, 'cause' | 'status'>,
  first: Pick<Signal, 'server' | 'service'> | undefined,
  { server, service, members }: Pick<Signal, 'server' | 'service' | 'members'>,
  inventory: Inventory,
): boolean {
  if (status === 'investigating') return true;
  const known = cause && cause.kind !== unknown ? cause.known : first;
  if (!known) return true;
  const runs = known.service ? serversOf(inventory, known.service).map(({ id }) => id) : [];
  const there = known.server ? [known.server] : runs;
  const [worst] = members;
  if (server !== null && (!worst || worst.about === 'server')) return there.includes(server);
  const needs = [...needed(service, inventory)];
  const runsThere = needs.some((one) => serversOf(inventory, one).some(({ id }) => id === known.server));
  return (
    needs.some((one) => one === known.service) || (runsThere && (server ?? known.server) === known.server)
  );
}

/** A service and all it calls, directly or not. */
function needed(id: string, inventory: Inventory): Set<string> {
  const all = new Set([id]);
  // A set gives out what is added to it while it is gone through.
  for (const one of all) for (const to of findService(inventory, one)?.dependsOn ?? []) all.add(to);
  return all;
}
