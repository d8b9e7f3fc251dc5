import type { Server } from '../inventory/inventory.ts';
import { list } from './awx-list.ts';
import { type Answer, json, type Request } from './http.ts';
import type { World } from './world.ts';

type Row = Record<string, unknown>;

/** The hosts of the company's AWX inventory, one of them, or its variables; undefined when there is no such page. */
export function hosts(
  request: Request,
  world: World,
  id: number | undefined,
  page: string | undefined,
): Answer | undefined {
  const { servers } = world.inventory;
  if (id === undefined)
    return list(
      request,
      servers.map((server, nth) => hostRow(server, nth + 1, world)),
      ['id', 'name', 'created', 'modified', 'inventory', 'enabled'],
    );
  const server = servers[id - 1];
  if (!server || (page && page !== 'variable_data')) return undefined;
  return json(200, page ? variablesOf(server, id, world) : hostRow(server, id, world));
}

/** A host as AWX writes it, with the fields clients use. */
function hostRow(server: Server, id: number, world: World): Row {
  return {
    id,
    type: 'host',
    url: `/api/v2/hosts/${id}/`,
    related: { variable_data: `/api/v2/hosts/${id}/variable_data/`, inventory: '/api/v2/inventories/1/' },
    summary_fields: { inventory: { id: 1, name: 'Fernwood' } },
    created: '2025-02-03T09:10:02.004000Z',
    modified: '2026-01-19T13:41:55.870000Z',
    name: server.id,
    description: '',
    inventory: 1,
    enabled: true,
    instance_id: '',
    // AWX keeps variables as the text somebody wrote: only variable_data parses it.
    variables: JSON.stringify(variablesOf(server, id, world)),
  };
}

function variablesOf(server: Server, id: number, { targets }: World): Row {
  return { ansible_host: `10.20.0.${10 + id}`, ...targets.hosts.get(server.id) };
}
