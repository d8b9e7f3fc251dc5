import { service as findService, type Inventory, serversOf } from '../../inventory/inventory.ts';
import { collected, type Found } from './gathered.ts';

/** Where these services run, what they depend on, who answers for them. */
export function placing(
  inventory: Inventory,
  services: string[],
): Promise<Found<{ server: string; services: string[] }>> {
  return collected('Inventory', services.join(', '), async () => {
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
