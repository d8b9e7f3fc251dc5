import type { PersonId } from '../ids.ts';
import { isOpenWindow, type Server, type Service } from '../inventory/inventory.ts';
import type { Plan } from './diagnose.ts';
import type { Asks, Incident } from './incident.ts';

/** What routing weighs. */
export interface Matter {
  kind: Incident['kind'];
  /** 1 is the worst. */
  severity: number;
  minutesOpen: number;
  /** Undefined: it is not in the inventory. */
  service: Service | undefined;
  /** What the cause is on, where it is on one server. */
  server: Server | undefined;
  plan: Plan;
  now: Date;
}

export type Route = {
  impact: 'high' | 'normal';
  /** What is at stake, a sentence. */
  stakes: string;
} & (
  | { kind: 'runbook'; plan: Extract<Plan, { kind: 'runbook' }>; tell: PersonId[] }
  /** Those to ask, besides whom the charter names. */
  | { kind: 'escalate'; because: string; asks: Asks }
);

/** From where on what is at stake is high: EUR a minute, people an hour. Set by hand, so that half of the trial's shop is. */
const much = { revenuePerMinute: 100, usersPerHour: 5_000 };

/** Who knows a class of servers best, by role. */
const specialists: Record<string, string> = { db: 'database-owner' };

/**
 * Who or what mends an incident: a runbook where one is known, else people, those who know the place, and its owner where
 * much is at stake. What a runbook may do is policy's; nothing is run here. Pure.
 */
export function route(matter: Matter): Route {
  const { plan, service, server } = matter;
  const weighed = atStake(matter);
  const owner = service && weighed.impact === 'high' ? [service.owner] : [];
  if (plan.kind === 'runbook') return { ...weighed, kind: 'runbook', plan, tell: owner };
  const knows = server && specialists[server.class];
  return {
    ...weighed,
    kind: 'escalate',
    because: plan.because,
    asks: { roles: knows ? [knows] : [], people: owner },
  };
}

/** How much is at stake, and what, in a sentence. Pure. */
export function atStake(matter: Weighed): { impact: Route['impact']; stakes: string } {
  return { impact: impactOf(matter), stakes: stakesOf(matter) };
}

type Weighed = Omit<Matter, 'server' | 'plan'>;

/** High where the service is among the most important, earns or serves much, or has less than half of its agreed time left. */
function impactOf({ kind, severity, minutesOpen, service }: Weighed): Route['impact'] {
  // Nothing is broken yet.
  if (kind === 'prediction' || !service) return 'normal';
  const { revenuePerMinute, usersPerHour = 0, slaMinutes } = service;
  const isMuch = revenuePerMinute >= much.revenuePerMinute || usersPerHour >= much.usersPerHour;
  const isShort = slaMinutes !== undefined && minutesOpen > slaMinutes / 2;
  return severity === 1 || isMuch || isShort ? 'high' : 'normal';
}

function stakesOf({ kind, severity, minutesOpen, service, now }: Weighed): string {
  if (!service) return 'It is not in the inventory, so nobody knows what is at stake.';
  const { revenuePerMinute, usersPerHour, slaMinutes, windows } = service;
  const left = slaMinutes === undefined ? undefined : Math.floor(slaMinutes - minutesOpen);
  const parts = [
    `SEV${severity}`,
    `EUR ${revenuePerMinute} a minute`,
    ...(usersPerHour === undefined ? [] : [`${usersPerHour.toLocaleString('en-GB')} people an hour`]),
    ...(left === undefined || kind === 'prediction' ? [] : [agreed(left)]),
    ...(windows.some((one) => isOpenWindow(one, now)) ? ['its maintenance window is open'] : []),
  ];
  return `At stake${kind === 'prediction' ? ' if it comes' : ''}: ${parts.join(', ')}.`;
}

function agreed(left: number): string {
  return left > 0 ? `${left} min of the agreed time left` : `the agreed time is over since ${-left} min`;
}
