// Failures of two unlike companies, as the ranking sees them: the trial's own, and one with longer chains, more services
// on a server and noisier metrics. What breaks, where, how much and when noticed is drawn.
import { fernwood } from '../src/estate/company.ts';
import { faults } from '../src/estate/faults/all.ts';
import { creeping } from '../src/estate/faults/creeping.ts';
import type { Fault, Target } from '../src/estate/faults/fault.ts';
import { seeded } from '../src/estate/noise.ts';
import { answersTo } from '../src/estate/prometheus.ts';
import { parseQuery } from '../src/estate/promql.ts';
import { targetsOf } from '../src/estate/targets.ts';
import type { World } from '../src/estate/world.ts';
import type { Series } from '../src/incidents/diagnose/telemetry.ts';
import { callsOf, kindOf } from '../src/incidents/evidence/telemetry.ts';
import { type Inventory, parseInventory } from '../src/inventory/inventory.ts';
import { type Metric, queryOf } from '../src/monitoring/metric.ts';
import type { Case } from './causes-score.ts';

const minute = 60_000;
const before = 120;
const shown = 4;

/** One failure of a company, and all that would be right to name. */
export interface Failure extends Omit<Case, 'cause'> {
  causes: string[];
}

export interface Company {
  name: string;
  inventory: Inventory;
  /** How much noisier than the trial's. */
  noise: number;
}

export const companies: Company[] = [
  { name: 'fernwood', inventory: fernwood, noise: 1 },
  { name: 'deep', inventory: deep(), noise: 1.6 },
];

/** So many failures of a company, drawn from the seed. */
export function failuresOf(company: Company, metrics: Metric[], seed: number, count: number): Failure[] {
  const random = seeded(seed);
  const kinds = [...faults, ...creeping].filter((fault) => placesIn(company.inventory, fault).length > 0);
  return Array.from({ length: count }, (_, nth) =>
    failure(company, metrics, kinds[nth % kinds.length] as Fault, random),
  );
}

function failure(
  { inventory, noise }: Company,
  metrics: Metric[],
  fault: Fault,
  random: () => number,
): Failure {
  const places = placesIn(inventory, fault);
  const place = places[Math.floor(random() * places.length)] as Target;
  const much = 0.15 + 0.95 * random();
  const began = Date.UTC(2026, 10, 2) + Math.floor(random() * 14 * 1_440) * minute;
  const late = 1 + Math.floor(random() * 3);
  const world = worldOf(
    inventory,
    weakened(fault, much),
    { ...place, leadMinutes: 0 },
    began,
    Math.floor(random() * 1e6),
  );
  const onset = began + late * minute;
  const times = Array.from({ length: before + shown + 1 }, (_, nth) => onset + (nth - before) * minute);
  const shaken = (value: number) => value * (1 + (noise - 1) * 0.03 * (random() + random() - 1));
  const series = metrics.flatMap((metric) => measured(metric, world, times, shaken));
  const symptom = noticed(series);
  const known = {
    times: Float64Array.from(times, (at) => at / 1_000),
    ...{ onset: before, series, calls: callsOf(inventory) },
    ...(symptom && { symptom }),
  };
  return { known, causes: [place.service, ...(place.server ? [place.server] : [])] };
}

/** Where it can strike; not every company has such a place. */
function placesIn(inventory: Inventory, fault: Fault): Target[] {
  return fault.places({ inventory, versions: () => ({ now: '1', next: '2' }) });
}

/** A fault that bends everything by a share of what it would. */
function weakened(fault: Fault, much: number): Fault {
  const bends: Fault['bends'] = (target, inventory) =>
    fault
      .bends(target, inventory)
      .map((bend) => ({ ...bend, by: bend.by * much, over: Math.min(bend.over, 120) }));
  return { ...fault, bends };
}

function worldOf(inventory: Inventory, fault: Fault, target: Target, began: number, seed: number): World {
  const startedAt = new Date(began);
  return {
    ...{ inventory, faults: [fault], seed, speed: 1, jobs: [] },
    breakages: [{ id: 1, name: fault.name, target, first: false, startedAt }],
    targets: targetsOf(inventory, []),
  };
}

function measured(
  metric: Metric,
  world: World,
  times: number[],
  shaken: (value: number) => number,
): Series[] {
  const query = parseQuery(queryOf(metric, minute));
  if (query.kind === 'refused') throw new Error(query.because);
  return answersTo(query, world).map(({ metric: labels, value }) => ({
    ...{ node: labels[metric.label] ?? '', metric: metric.name, kind: kindOf(metric), bad: metric.bad },
    values: Float64Array.from(times, (at) => shaken(value(at))),
  }));
}

/** Where it would be noticed: the series that is most deviations of its past off in the way that hurts. */
function noticed(series: Series[]): { node: string; metric: string } | undefined {
  const off = series.map(({ node, metric, bad, values }) => {
    const past = values.subarray(0, before);
    const mean = past.reduce((sum, one) => sum + one, 0) / past.length;
    const spread = Math.sqrt(past.reduce((sum, one) => sum + (one - mean) ** 2, 0) / past.length) || 1;
    const worst = Math.max(
      ...values.subarray(before).map((one) => ((one - mean) / spread) * (bad === 'down' ? -1 : 1)),
    );
    return { node, metric, worst };
  });
  return off.sort((a, b) => b.worst - a.worst)[0];
}

/** Thirty services in five layers, each calling two of the next; three on a server. */
function deep(): Inventory {
  const layers = ['edge', 'app', 'app', 'app', 'db'];
  const id = (layer: number, nth: number) => `s${layer}-${nth}`;
  const services = layers.flatMap((_, layer) =>
    Array.from({ length: 6 }, (_, nth) => ({
      ...{
        id: id(layer, nth),
        name: id(layer, nth),
        criticality: 2,
        owner: 'p-1',
        team: 't',
        revenuePerMinute: 0,
      },
      dependsOn: layer + 1 < layers.length ? [id(layer + 1, nth), id(layer + 1, (nth + layer + 1) % 6)] : [],
    })),
  );
  const classes = ['web', 'app', 'app', 'search', 'db', 'cache', 'queue'];
  const servers = services.flatMap(({ id: service }, nth) =>
    nth % 3 === 0
      ? [
          {
            ...{ id: `h-${nth / 3}`, class: classes[(nth / 3) % classes.length], environment: 'production' },
            services: [service, ...services.slice(nth + 1, nth + 3).map((one) => one.id)],
          },
        ]
      : [],
  );
  const parsed = parseInventory({ services, servers });
  if (parsed.kind === 'refused') throw new Error(parsed.because);
  return parsed.inventory;
}
