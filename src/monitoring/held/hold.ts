// What keeps a signal from being told by itself, and when what was held is due to be listed.
// Not whether it is recorded: everything is.
import { service as findService, type Inventory, isOpenWindow } from '../../inventory/inventory.ts';
import { isQuiet, type Routing, route, teamOf } from '../routing.ts';
import type { Signal } from '../signal.ts';
import { type Expected, type Mute, silenced } from '../silences/silence.ts';

/** `whose` window or quiet hours: a service's, a team's. What has them is listed when they are over. */
export type Hold =
  | { cause: 'silence' | 'least'; because: string }
  | { cause: 'window' | 'quiet-hours'; whose: string; because: string };

/** By what a signal may be held back. */
export interface Holding {
  inventory: Inventory;
  routing: Routing;
  mutes: Mute[];
  calendar: Expected[];
}

type Of = Parameters<typeof silenced>[0];

/** What holds a signal back from being told by itself at `now`; undefined when nothing does. Pure. */
export function holdOn(
  signal: Of,
  { inventory, routing, mutes, calendar }: Holding,
  now: Date,
): Hold | undefined {
  const { kind, because } = silenced(signal, mutes, calendar, now);
  if (kind !== 'told') return { cause: 'silence', because };
  const { service, band } = signal;
  if (inWindow(inventory, service, now))
    return { cause: 'window', whose: service, because: `A maintenance window of ${service} is open.` };
  const routed = route(routing, { team: teamOf(inventory, service), band }, now);
  return routed.kind === 'held' ? routed : undefined;
}

/** A signal that was held and that no list told of yet. */
export interface Waiting {
  cause: 'window' | 'quiet-hours';
  whose: string;
  signal: Signal;
}

/** What is told in one card: all of one window or of one team's quiet hours. */
export type List = Omit<Waiting, 'signal'> & { signals: Signal[] };

/**
 * The lists that are due at `now`: what held their signals is over, and so are the quiet hours of their team, unless
 * something critical is among them. Pure.
 */
export function listsDue(
  waiting: Waiting[],
  { inventory, routing }: Pick<Holding, 'inventory' | 'routing'>,
  now: Date,
): List[] {
  const groups = Object.values(Object.groupBy(waiting, ({ cause, whose }) => `${cause}:${whose}`));
  return groups.flatMap((group = []) => {
    const signals = group
      .map(({ signal }) => signal)
      .filter(({ service }) => !inWindow(inventory, service, now));
    const [first] = group;
    if (!first || signals.length === 0) return [];
    const { cause, whose } = first;
    const waits = isQuiet(routing, teamOfList(inventory, first), now);
    return waits && signals.every(({ band }) => band === 'watch') ? [] : [{ cause, whose, signals }];
  });
}

/** Who is told of a list. Pure. */
export function teamOfList(
  inventory: Inventory,
  { cause, whose }: Pick<List, 'cause' | 'whose'>,
): string | undefined {
  return cause === 'quiet-hours' ? whose : teamOf(inventory, whose);
}

function inWindow(inventory: Inventory, service: string, now: Date): boolean {
  return findService(inventory, service)?.windows.some((window) => isOpenWindow(window, now)) ?? false;
}
