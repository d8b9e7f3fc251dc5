import { seedOf, share } from './noise.ts';
import type { World } from './world.ts';

/** A version of a service that went live. */
export interface Deployment {
  service: string;
  at: Date;
  version: string;
  /** What ran before. */
  replacing: string;
  by: 'pipeline' | 'awx';
}

type Event = Omit<Deployment, 'service' | 'replacing'>;

const day = 86_400_000;
const remembered = 60 * day;

/**
 * The deployments of a service in the 60 days before `until` and up to it, oldest first: ordinary ones on some
 * working hours of some days, those that broke something, and those that rolled back.
 */
export function deployments(world: World, service: string, until: Date): Deployment[] {
  const events = [
    ...ordinary(world, service, until),
    ...broken(world, service),
    ...rolledBack(world, service),
  ];
  const seen = events.filter(({ at }) => at <= until).sort((a, b) => a.at.getTime() - b.at.getTime());
  let running = `${dated(until.getTime() - remembered - day)}-1`;
  return seen.map((event) => {
    const replacing = running;
    running = event.version;
    return { ...event, service, replacing };
  });
}

/** What of a service runs at `at`, and what its next deployment would be called. */
export function versionsAt(world: World, service: string, at: Date): { now: string; next: string } {
  const all = deployments(world, service, at);
  const today = dated(at.getTime());
  const numbers = all
    .filter(({ version }) => version.startsWith(`${today}-`))
    .map(({ version }) => Number(version.split('-')[1]));
  const now = all.at(-1)?.version ?? `${dated(at.getTime() - remembered - day)}-1`;
  return { now, next: `${today}-${Math.max(0, ...numbers) + 1}` };
}

function ordinary(world: World, service: string, until: Date): Event[] {
  const seed = seedOf(`deployments of ${service}`, world.seed);
  const last = Math.floor(until.getTime() / day);
  const days = Array.from({ length: remembered / day + 1 }, (_, back) => last - back);
  return days
    .filter((nth) => isWorkday(nth) && share(seed, nth * 2) < 0.4)
    .map((nth) => ({
      at: new Date(nth * day + Math.floor((8 + 9 * share(seed, nth * 2 + 1)) * 3_600_000)),
      nth,
    }))
    .filter(({ at }) => !held(world, service, at))
    .map(({ at, nth }) => ({ at, version: `${dated(nth * day)}-1`, by: 'pipeline' as const }));
}

/** Unix day 0 was a Thursday. */
function isWorkday(nth: number): boolean {
  return (nth + 3) % 7 < 5;
}

/** Nobody deploys a service whose last deployment is being looked into. */
function held(world: World, service: string, at: Date): boolean {
  return world.breakages.some(({ target, startedAt, mendedAt }) => {
    return target.version && target.service === service && startedAt <= at && (!mendedAt || mendedAt > at);
  });
}

function broken(world: World, service: string): Event[] {
  return world.breakages.flatMap(({ target: { service: on, version }, startedAt }) => {
    return version && on === service ? [{ at: startedAt, version, by: 'pipeline' as const }] : [];
  });
}

function rolledBack(world: World, service: string): Event[] {
  return world.jobs.flatMap(({ template, status, extraVars: { service: on, version }, finishesAt }) => {
    const done = template === 'roll-back-deployment' && status === 'successful' && on === service;
    return done && version ? [{ at: finishesAt, version, by: 'awx' as const }] : [];
  });
}

function dated(at: number): string {
  return new Date(at).toISOString().slice(0, 10).replaceAll('-', '.');
}
