import { type Inventory, neighbours, server, serversOf, servicesOn } from '../../inventory/inventory.ts';
import type { Signal } from '../../monitoring/signal.ts';
import type { Direction } from '../incident.ts';
import type { Responder } from '../responder.ts';
import { deployments } from './deployments.ts';
import { errors } from './errors.ts';
import type { Gathered } from './gathered.ts';
import { metrics } from './metrics.ts';
import { placing } from './placing.ts';

const lookBackMs = 15 * 60_000;
const deploymentsBackMs = 4 * 3_600_000;

/**
 * Asks every source at the same time about the services that have signals, their neighbours, who shares a server,
 * and where a person sent the workers.
 */
export async function gather(
  responder: Responder,
  signals: Signal[],
  now: Date,
  direction: Direction | null = null,
): Promise<Gathered> {
  const { inventory, monitor, loki } = responder;
  const hit = signals.map(({ service }) => service);
  const near = hit.flatMap((one) => neighbours(inventory, one));
  const beside = signals.flatMap(({ server }) => (server ? servicesOn(inventory, server) : []));
  const sent = sentTo(inventory, direction);
  const services = [...new Set([...hit, ...[...near, ...beside].map(({ id }) => id), ...sent.services])];
  const there = services.flatMap((one) => serversOf(inventory, one).map(({ id }) => id));
  const servers = [...new Set([...there, ...sent.servers])];
  const onset = signals[0]?.raisedAt ?? now;
  const from = new Date(onset.getTime() - lookBackMs);
  const [measured, failing, deployed, placed] = await Promise.all([
    metrics(monitor, [...services, ...servers], now),
    errors(loki, services, from, now),
    deployments(loki, services, new Date(now.getTime() - deploymentsBackMs), now),
    placing(inventory, services),
  ]);
  const evidence = [measured, failing, deployed, placed].map((one, place) => ({
    id: `E${place + 1}`,
    ...one.evidence,
  }));
  return {
    services,
    onset,
    readings: measured.items,
    errors: failing.items,
    deployments: deployed.items,
    placed: placed.items,
    evidence,
  };
}

function sentTo(
  inventory: Inventory,
  direction: Direction | null,
): { servers: string[]; services: string[] } {
  if (!direction?.to) return { servers: [], services: [] };
  if (!server(inventory, direction.to)) return { servers: [], services: [direction.to] };
  return { servers: [direction.to], services: servicesOn(inventory, direction.to).map(({ id }) => id) };
}
