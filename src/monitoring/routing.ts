import { z } from 'zod';
import {
  service as findService,
  type Inventory,
  isOpenWindow,
  type MaintenanceWindow,
  windowShape,
} from '../inventory/inventory.ts';
import { channels } from '../people/people.ts';
import type { Band } from './anomaly.ts';

const everyDay: MaintenanceWindow['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const hours = z
  .strictObject({ ...windowShape.shape, days: windowShape.shape.days.default(everyDay) })
  .refine(({ from, to }) => from !== to, 'wanted a `to` that is not `from`, such as 22:00 to 07:00');

const teamShape = z.strictObject({
  /** Where its signals stand; the ops places where it names none. */
  places: channels.optional(),
  /** The least severe band it is told of. */
  least: z.enum(['watch', 'critical']).default('watch'),
  /** When it is told of nothing but what is critical: one stretch of hours, or several. */
  quiet_hours: z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(hours)).default([]),
});

/** What `manifests/routing.yaml` may say; nothing of a team is as if it were not there. */
export const routingSchema = z.strictObject({ teams: z.record(z.string().min(1), teamShape) });
export type Teams = z.output<typeof routingSchema>['teams'];

/** Where signals go: a team's own wishes, and the places of whoever has none. */
export interface Routing {
  ops: string[];
  teams: Teams;
}

export type Routed =
  | { kind: 'told'; places: string[] }
  | { kind: 'held'; cause: 'quiet-hours'; whose: string; because: string }
  | { kind: 'held'; cause: 'least'; because: string };

/**
 * Whether a team is told of a signal by itself at `at`, and in which places; or why not, in a sentence. What is
 * critical always comes. A service without a team is told of as if nobody had wished for anything. Pure.
 */
export function route(
  routing: Routing,
  { team, band }: { team: string | undefined; band: Band },
  at: Date,
): Routed {
  if (team !== undefined && band !== 'critical') {
    if (isQuiet(routing, team, at)) {
      const because = `It is within the quiet hours of ${team}: what is no more than a matter of watching is listed when they are over.`;
      return { kind: 'held', cause: 'quiet-hours', whose: team, because };
    }
    if (wishesOf(routing, team)?.least === 'critical')
      return { kind: 'held', cause: 'least', because: `${team} is told of what is critical alone.` };
  }
  return { kind: 'told', places: placesOf(routing, team) };
}

/** Whether a team has quiet hours at `at`. Pure. */
export function isQuiet(routing: Routing, team: string | undefined, at: Date): boolean {
  return wishesOf(routing, team)?.quiet_hours.some((window) => isOpenWindow(window, at)) ?? false;
}

/** Where a team's signals stand. Pure. */
export function placesOf(routing: Routing, team: string | undefined): string[] {
  return wishesOf(routing, team)?.places ?? routing.ops;
}

/** The team of a service; undefined when the service is not in the inventory. */
export function teamOf(inventory: Inventory, service: string): string | undefined {
  return findService(inventory, service)?.team;
}

/** What is wrong with these wishes on a site of this inventory and these surfaces, each a sentence; none when they fit. */
export function unroutable(teams: Teams, { services }: Inventory, surfaces: string[]): string[] {
  const known = [...new Set(services.map(({ team }) => team))];
  return Object.entries(teams).flatMap(([team, { places = [] }]) => [
    ...(known.includes(team)
      ? []
      : [`teams.${team}: no service of the inventory is of this team: wanted one of ${known.join(', ')}.`]),
    ...places
      .filter((place) => !surfaces.some((surface) => place.startsWith(`${surface}:`)))
      .map(
        (place) =>
          `teams.${team}.places: ${place} is on no surface that is open here: wanted ${surfaces.map((one) => `${one}:…`).join(' or ')}.`,
      ),
  ]);
}

function wishesOf({ teams }: Routing, team: string | undefined): Teams[string] | undefined {
  return team !== undefined && Object.hasOwn(teams, team) ? teams[team] : undefined;
}
