import { describe, expect, test } from 'vitest';
import {
  type Inventory,
  neighbours,
  parseInventory,
  server,
  serversOf,
  service,
  servicesOn,
} from '../../src/inventory/inventory.ts';

const window = { days: ['sat'], from: '22:00', to: '04:00', timezone: 'Europe/Berlin' };
const shop = {
  id: 'shop',
  name: 'Shop',
  criticality: 1,
  owner: 'p-ann',
  team: 'web',
  dependsOn: ['pay'],
  revenuePerMinute: 90,
  windows: [window],
};
const pay = {
  id: 'pay',
  name: 'Pay',
  criticality: 2,
  owner: 'p-bo',
  team: 'money',
  dependsOn: ['ledger'],
  revenuePerMinute: 40,
};
const ledger = { ...pay, id: 'ledger', name: 'Ledger', dependsOn: [] };
const servers = [
  { id: 'app-01', class: 'app', environment: 'production', services: ['shop', 'pay'] },
  { id: 'db-01', class: 'db', environment: 'production', services: ['pay', 'ledger'] },
];
const whole = { servers, services: [shop, pay, ledger] };

function parsed(data: unknown): Inventory {
  const read = parseInventory(data);
  if (read.kind === 'refused') throw new Error(read.because);
  return read.inventory;
}

const refusals = [
  {
    what: 'not an inventory',
    data: 'servers',
    says: 'The inventory at its top: Invalid input: expected object, received string.',
  },
  {
    what: 'a runs nothing known',
    data: { ...whole, servers: [{ ...servers[0], services: ['shoe'] }] },
    says: "Server app-01 runs shoe, which is not among the inventory's services.",
  },
  {
    what: 'a lost dependency',
    data: { ...whole, services: [shop, pay], servers: [] },
    says: "Service pay depends on ledger, which is not among the inventory's services.",
  },
  {
    what: 'a service that needs itself',
    data: { servers: [], services: [{ ...ledger, dependsOn: ['ledger'] }] },
    says: 'Service ledger depends on itself.',
  },
  {
    what: 'a server twice',
    data: { ...whole, servers: [servers[0], servers[0]] },
    says: 'The inventory has two servers called app-01: each needs an id of its own.',
  },
  {
    what: 'a service twice',
    data: { servers: [], services: [ledger, ledger] },
    says: 'The inventory has two services called ledger: each needs an id of its own.',
  },
  {
    what: 'a fifth criticality',
    data: { servers: [], services: [{ ...ledger, criticality: 5 }] },
    says: /^The inventory at services\.0\.criticality: Invalid (input|option): expected one of 1\|2\|3\|4\.$/,
  },
  {
    what: 'a place of no clocks',
    data: { servers: [], services: [{ ...ledger, windows: [{ ...window, timezone: 'Berlin' }] }] },
    says: 'The inventory at services.0.windows.0.timezone: wants an IANA time zone such as Europe/Berlin.',
  },
  {
    what: 'a time of no day',
    data: { servers: [], services: [{ ...ledger, windows: [{ ...window, from: '24:00' }] }] },
    says: 'The inventory at services.0.windows.0.from: wants a time of day such as 02:30.',
  },
  {
    what: 'an id with a space',
    data: { servers: [{ ...servers[0], id: 'app 1' }], services: [] },
    says: 'The inventory at servers.0.id: wants an id of small letters, digits, dots and dashes.',
  },
];
test.each(refusals)('$what is refused with a sentence', ({ data, says }) => {
  expect(parseInventory(data)).toEqual({
    kind: 'refused',
    because: says instanceof RegExp ? expect.stringMatching(says) : says,
  });
});

describe('an inventory answers', () => {
  const inventory = parsed(whole);
  const ids = (found: { id: string }[]) => found.map(({ id }) => id);

  test('what a service and a server are', () => {
    expect(service(inventory, 'shop')).toEqual(shop);
    expect(service(inventory, 'pay')?.windows).toEqual([]);
    expect(server(inventory, 'db-01')).toEqual(servers[1]);
    expect(service(inventory, 'shoe')).toBeUndefined();
    expect(server(inventory, 'shoe')).toBeUndefined();
  });

  test('what runs where', () => {
    expect(ids(servicesOn(inventory, 'app-01'))).toEqual(['shop', 'pay']);
    expect(ids(serversOf(inventory, 'pay'))).toEqual(['app-01', 'db-01']);
    expect(servicesOn(inventory, 'shoe')).toEqual([]);
  });

  test('who calls and who is called', () => {
    expect(ids(neighbours(inventory, 'pay'))).toEqual(['shop', 'ledger']);
    expect(ids(neighbours(inventory, 'ledger'))).toEqual(['pay']);
    expect(neighbours(inventory, 'shoe')).toEqual([]);
  });
});
