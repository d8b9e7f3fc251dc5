import {
  service as findService,
  type Inventory,
  isOpenWindow,
  serversOf,
} from '../../inventory/inventory.ts';
import { type About, collected, type Found } from './gathered.ts';

/** Where these services run, what they depend on, who answers for them. */
export function placing(
  inventory: Inventory,
  services: string[],
  about: About,
): Promise<Found<{ server: string; services: string[] }>> {
  return collected({ ...about, source: 'Inventory', query: services.join(', ') }, async () => {
    const servers = [...new Set(services.flatMap((one) => serversOf(inventory, one)))];
    const first = findService(inventory, services[0] ?? '');
    const needs = first?.dependsOn.length ? `, needs ${first.dependsOn.join(', ')}` : '';
    const found = first
      ? `${first.name} runs on ${serversOf(inventory, first.id)
          .map(({ id }) => id)
          .join(', ')}${needs}, criticality ${first.criticality}`
      : 'not in the inventory';
    return { items: servers.map(({ id, services: runs }) => ({ server: id, services: runs })), found };
  });
}

/** Which of these services have a maintenance window that is open now. */
export function windows(inventory: Inventory, services: string[], about: About): Promise<Found<string>> {
  return collected({ ...about, source: 'Maintenance windows', query: services.join(', ') }, async () => {
    const items = services.filter((id) =>
      findService(inventory, id)?.windows.some((window) => isOpenWindow(window, about.now)),
    );
    if (items.length === 0) return { items, found: 'none is open', nothing: true };
    return { items, found: `open now on ${items.join(', ')}` };
  });
}
