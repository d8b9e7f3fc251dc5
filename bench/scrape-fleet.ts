// A fleet to be watched: servers by the thousand with the same metrics each, services on them, and what every series
// measures in every minute. Not a simulation of faults: what is anomalous is only far off.
import type { PersonId } from '../src/ids.ts';
import type { Inventory } from '../src/inventory/inventory.ts';
import { type Metric, metricsSchema } from '../src/monitoring/metric.ts';
import type { Numbered } from '../src/systems/prometheus/columns.ts';

const metricsEach = 20;
const serversEach = 10;
const seed = 20_261_121;
/** Of all series this share is far off in a cycle: half of it on servers that are in trouble all the time, half anywhere, anew each cycle. */
const anomalous = 0.005;
const inTrouble = 5;
/** Noise-σ that far off is. */
const farOff = 12;

export interface Fleet {
  servers: number;
  metrics: Metric[];
  inventory: Inventory;
  /** How many series: by metric and then by server. Their descriptions are not kept: memory is measured. */
  length: number;
  series(place: number): Numbered;
  /** The place of a series; -1 when it is not of this fleet. */
  placeOf(one: Numbered): number;
  /** What a series, by its place, measures in a minute (unix time); far off where it is anomalous. */
  value(place: number, minute: number): number;
  /** The same while nothing is wrong. */
  healthy(place: number, minute: number): number;
}

/** A fleet of so many servers, ten to a service, each service calling the two after it. */
export function openFleet(servers: number): Fleet {
  const metrics = metricsOf(metricsEach);
  const names = Array.from({ length: servers }, (_, nth) => `srv-${String(nth).padStart(5, '0')}`);
  const length = metrics.length * servers;
  const series = (place: number): Numbered => {
    const metric = metrics[Math.floor(place / servers)]?.name ?? '';
    return { metric, subject: names[place % servers] ?? '', part: '' };
  };
  const placeOf = ({ metric, subject }: Numbered) => {
    const place = Number(metric.slice(-2)) * servers + Number(subject.slice(-5));
    return names[place % servers] === subject && place < length ? place : -1;
  };
  const troubled = Math.round((length * anomalous) / 2 / inTrouble);
  const everyTroubled = Math.floor(servers / troubled);
  const isTroubled = (place: number) =>
    (place % servers) % everyTroubled === 3 % everyTroubled && Math.floor(place / servers) < inTrouble;
  const isAnywhere = (place: number, minute: number) => hash(place, minute, 1) < (anomalous / 2) * 2 ** 32;
  const healthy = (place: number, minute: number) => {
    const usual = 100 + 10 * Math.sin((Math.floor(minute / 60) / 24) * 2 * Math.PI + (place % 7));
    return usual + noise(place, minute);
  };
  const value = (place: number, minute: number) => {
    const off = isTroubled(place) || isAnywhere(place, minute);
    return Math.round((healthy(place, minute) + (off ? farOff : 0)) * 1_000) / 1_000;
  };
  return { servers, metrics, inventory: inventoryOf(names), length, series, placeOf, value, healthy };
}

function metricsOf(count: number): Metric[] {
  const metrics = Array.from({ length: count }, (_, nth) => ({
    name: `fleet_metric_${String(nth).padStart(2, '0')}`,
    says: `metric ${nth}`,
    query: `fleet_metric_${String(nth).padStart(2, '0')}`,
    unit: '',
    bad: 'up',
    about: 'server',
    label: 'instance',
    least_deviation: 0,
  }));
  return metricsSchema.parse({ metrics }).metrics;
}

function inventoryOf(names: string[]): Inventory {
  const count = Math.ceil(names.length / serversEach);
  const id = (nth: number) => `svc-${String(nth).padStart(4, '0')}`;
  const services = Array.from({ length: count }, (_, nth): Inventory['services'][number] => ({
    ...{ id: id(nth), name: id(nth), criticality: 2, owner: 'p-bench' as PersonId, team: 'bench' },
    ...{
      dependsOn: [1, 2]
        .map((on) => nth + on)
        .filter((on) => on < count)
        .map(id),
    },
    ...{ revenuePerMinute: 0, windows: [] },
  }));
  const servers = names.map((name, nth) => {
    return { id: name, class: 'app', environment: 'bench', services: [id(Math.floor(nth / serversEach))] };
  });
  return { services, servers };
}

/** About normal, with deviation 1: four uniform numbers. */
function noise(place: number, minute: number): number {
  let sum = 0;
  for (let nth = 2; nth < 6; nth += 1) sum += hash(place, minute, nth);
  return (sum / 2 ** 32 - 2) * Math.sqrt(3);
}

/** 32 bits that follow from the numbers and the seed (murmur's last steps). */
function hash(place: number, minute: number, salt: number): number {
  let x = Math.imul(place ^ seed, 0x85ebca6b) ^ Math.imul(minute + salt * 0x9e3779b9, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
