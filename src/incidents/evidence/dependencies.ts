import { service as findService, type Inventory } from '../../inventory/inventory.ts';
import { isUsual, type Reading } from '../../monitoring/reading.ts';
import { type About, collected, type Found } from './gathered.ts';

/** How one service fares that calls, or is called by, one that has a signal. */
export interface Fares {
  service: string;
  side: 'upstream' | 'downstream';
  health: 'usual' | 'unusual' | 'unknown';
}

/**
 * Upstream and downstream health along the dependency graph: whose metrics are unusual of those that call the services
 * with signals (upstream) and of those they call (downstream). What has no readings is unknown, never healthy.
 */
export function dependencies(
  inventory: Inventory,
  hit: string[],
  readings: Promise<Reading[]>,
  about: About,
): Promise<Found<Fares>> {
  const query = `callers and callees of ${hit.join(', ')}`;
  return collected({ ...about, source: 'Dependencies', query }, async () => {
    const all = await readings;
    const fares = (service: string, side: Fares['side']): Fares => {
      const own = all.filter(({ about: of, subject }) => of === 'service' && subject === service);
      const health = own.length === 0 ? 'unknown' : own.every(isUsual) ? 'usual' : 'unusual';
      return { service, side, health };
    };
    const called = [...new Set(hit.flatMap((id) => findService(inventory, id)?.dependsOn ?? []))];
    const calling = inventory.services
      .filter(({ dependsOn }) => dependsOn.some((id) => hit.includes(id)))
      .map(({ id }) => id);
    const others = (ids: string[]) => ids.filter((id) => !hit.includes(id));
    const items = [
      ...others(calling).map((id) => fares(id, 'upstream')),
      ...others(called).map((id) => fares(id, 'downstream')),
    ];
    if (items.length === 0) return { items, found: 'it calls nothing and nothing calls it', nothing: true };
    const lines = (['upstream', 'downstream'] as const).flatMap((side) => told(items, side));
    const calm = items.every(({ health }) => health === 'usual');
    return { items, found: lines.join('; '), ...(calm && { nothing: true }) };
  });
}

function told(items: Fares[], side: Fares['side']): string[] {
  const own = items.filter((one) => one.side === side);
  if (own.length === 0) return [];
  const named = (health: Fares['health'], says: string) => {
    const ids = own.filter((one) => one.health === health).map(({ service }) => service);
    return ids.length > 0 ? [`${ids.join(', ')} ${says}`] : [];
  };
  const parts = [
    ...named('unusual', 'unusual as well'),
    ...named('usual', 'as usual'),
    ...named('unknown', 'not measured'),
  ];
  return [`${side} ${parts.join(', ')}`];
}
