import { type Inventory, parseInventory, type Service, weekdays } from '../inventory/inventory.ts';

const nights = [
  { days: ['mon', 'tue', 'wed', 'thu'], from: '02:00', to: '05:00', timezone: 'Europe/Berlin' },
];
const weekends = [{ days: ['sat', 'sun'], from: '03:00', to: '07:00', timezone: 'Europe/Berlin' }];

const services = [
  {
    id: 'storefront',
    name: 'Storefront',
    criticality: 1,
    owner: 'p-oncall',
    team: 'shop',
    dependsOn: ['catalog', 'search', 'checkout'],
    revenuePerMinute: 410,
    usersPerHour: 9_600,
    slaMinutes: 30,
    windows: nights,
  },
  {
    id: 'checkout',
    name: 'Checkout',
    criticality: 1,
    owner: 'p-oncall',
    team: 'shop',
    dependsOn: ['catalog', 'payments', 'orders'],
    revenuePerMinute: 380,
    usersPerHour: 1_400,
    slaMinutes: 30,
    windows: nights,
  },
  {
    id: 'payments',
    name: 'Payments',
    criticality: 1,
    owner: 'p-dba',
    team: 'money',
    dependsOn: [],
    revenuePerMinute: 380,
    usersPerHour: 1_150,
    slaMinutes: 30,
    windows: weekends,
  },
  {
    id: 'catalog',
    name: 'Catalog',
    criticality: 2,
    owner: 'p-oncall',
    team: 'shop',
    dependsOn: [],
    revenuePerMinute: 160,
    usersPerHour: 8_200,
    slaMinutes: 120,
    windows: nights,
  },
  {
    id: 'search',
    name: 'Search',
    criticality: 3,
    owner: 'p-oncall',
    team: 'shop',
    dependsOn: ['catalog'],
    revenuePerMinute: 70,
    usersPerHour: 3_400,
    slaMinutes: 240,
    windows: nights,
  },
  {
    id: 'orders',
    name: 'Orders',
    criticality: 2,
    owner: 'p-dba',
    team: 'money',
    dependsOn: ['payments'],
    revenuePerMinute: 45,
    usersPerHour: 1_250,
    slaMinutes: 120,
    windows: weekends,
  },
];

const servers = [
  { id: 'web-01', class: 'web', services: ['storefront'] },
  { id: 'web-02', class: 'web', services: ['storefront'] },
  { id: 'app-01', class: 'app', services: ['checkout'] },
  { id: 'app-02', class: 'app', services: ['checkout', 'payments'] },
  { id: 'app-03', class: 'app', services: ['payments', 'orders'] },
  { id: 'app-04', class: 'app', services: ['catalog', 'search'] },
  { id: 'db-01', class: 'db', services: ['orders', 'payments'] },
  { id: 'db-02', class: 'db', services: ['catalog'] },
  { id: 'cache-01', class: 'cache', services: ['catalog', 'storefront'] },
  { id: 'queue-01', class: 'queue', services: ['orders'] },
  { id: 'search-01', class: 'search', services: ['search'] },
  { id: 'search-02', class: 'search', services: ['search'] },
].map((server) => ({ ...server, environment: 'production' }));

/** How busy each service is on average: requests a second, and the 95th percentile of their duration in seconds. */
export const traffic: Record<string, { perSecond: number; p95: number }> = {
  storefront: { perSecond: 180, p95: 0.21 },
  checkout: { perSecond: 24, p95: 0.34 },
  payments: { perSecond: 19, p95: 0.48 },
  catalog: { perSecond: 150, p95: 0.08 },
  search: { perSecond: 62, p95: 0.13 },
  orders: { perSecond: 21, p95: 0.19 },
};

/** Fernwood, an online shop: twelve servers and six services. */
export const fernwood: Inventory = parsed();

function parsed(): Inventory {
  const read = parseInventory({ servers, services });
  if (read.kind === 'refused') throw new Error(read.because);
  return read.inventory;
}

/** The company with its maintenance windows half a day away: whoever tries it out at night sees what happens as well. Pure. */
export function awake(inventory: Inventory, now: Date): Inventory {
  const hour = (later: number) => `${String((now.getUTCHours() + later) % 24).padStart(2, '0')}:00`;
  const windows: Service['windows'] = [
    { days: [...weekdays], from: hour(11), to: hour(13), timezone: 'UTC' },
  ];
  return { ...inventory, services: inventory.services.map((one) => ({ ...one, windows })) };
}
