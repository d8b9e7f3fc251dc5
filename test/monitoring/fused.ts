import { type Inventory, parseInventory } from '../../src/inventory/inventory.ts';
import type { Fused, Role } from '../../src/monitoring/fusion/evidence.ts';
import {
  type Episode,
  type Fusion,
  fuseSettings,
  openFusion,
  type Told,
} from '../../src/monitoring/fusion/fuse.ts';

/** What is unusual in one cycle: `shop.latency` or `web-1.cpu_used` or `shop>cart` (calls), each with its z. */
export type Sigmas = Record<string, number>;

const metrics: Record<string, Role> = {
  ...{ cpu_used: 'internal', memory_used: 'internal', disk_used: 'internal' },
  ...{ latency: 'outcome', errors: 'outcome', requests: 'load', bytes: 'load' },
};

/** An inventory from calls (`shop>cart`) and places (`web-1: shop cart`); services are those named. */
export function inventoryOf(calls: string[], places: string[] = []): Inventory {
  const servers = places.map((place) => {
    const [id = '', services = ''] = place.split(':');
    return { id, class: 'app', environment: 'production', services: services.trim().split(' ') };
  });
  const ids = new Set([
    ...calls.flatMap((call) => call.split('>')),
    ...servers.flatMap((one) => one.services),
  ]);
  const services = [...ids].map((id) => ({
    ...{ id, name: id, criticality: 2, owner: 'p-1', team: 'shop', revenuePerMinute: 0 },
    dependsOn: calls.filter((call) => call.startsWith(`${id}>`)).map((call) => call.split('>')[1]),
  }));
  const parsed = parseInventory({ servers, services });
  if (parsed.kind === 'refused') throw new Error(parsed.because);
  return parsed.inventory;
}

export interface Watch {
  /** So many cycles with this and everything else as usual; answers with the last. */
  cycles(count: number, sigmas: Sigmas): Told;
  fusion: Fusion;
}

/** A fusion whose services have every metric above and whose servers have the internal ones, all at z = 0 unless said. */
export function watch(
  inventory: Inventory,
  settings = fuseSettings,
  before: Episode[] = [],
  { edges = true, young = true } = {},
): Watch {
  const fusion = openFusion(inventory, settings, before);
  const series = seriesOf(inventory, edges);
  const slots = Int32Array.from(series.values(), (one) => fusion.slotOf(one));
  let at = 1_800_000_000;
  const once = (sigmas: Sigmas) => {
    const lost = Object.keys(sigmas).find((key) => !series.has(key));
    if (lost) throw new Error(`There is no series ${lost}.`);
    at += 60;
    const z = Float32Array.from(series.keys(), (key) => sigmas[key] ?? 0);
    const of = (value: number) => new Float64Array(z.length).fill(value);
    const value = Float64Array.from(z, (one) => 100 + one);
    const learning = new Uint8Array(z.length).fill(young ? 1 : 0);
    return fusion.fuse(at, slots, {
      z,
      value,
      mean: of(100),
      deviation: of(1),
      learning,
      ...surprisesOf(z, young),
    });
  };
  const cycles = (count: number, sigmas: Sigmas) => {
    let told: Told = { open: [], recovered: [] };
    for (let nth = 0; nth < count; nth += 1) told = once(sigmas);
    return told;
  };
  return { cycles, fusion };
}

function seriesOf({ services, servers }: Inventory, edges: boolean): Map<string, Fused> {
  const found = new Map<string, Fused>();
  for (const { id, dependsOn } of services) {
    for (const [metric, role] of Object.entries(metrics))
      found.set(`${id}.${metric}`, { metric, about: 'service', subject: id, role });
    for (const callee of edges ? dependsOn : [])
      found.set(`${id}>${callee}`, {
        metric: 'latency',
        about: 'service',
        subject: id,
        role: 'outcome',
        callee,
      });
  }
  for (const { id } of servers)
    for (const metric of ['cpu_used', 'memory_used', 'disk_used'])
      found.set(`${id}.${metric}`, { metric, about: 'server', subject: id, role: 'internal' });
  return found;
}

/** What surprises is no matter of these stories. */
function surprisesOf(z: Float32Array, young: boolean) {
  const none = new Uint8Array(z.length);
  return { seldom: new Uint8Array(z.length).fill(young ? 0 : 1), raised: none, open: none };
}
