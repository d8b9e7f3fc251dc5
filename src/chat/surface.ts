import type { Card } from './card.ts';

export interface Spot {
  /** `slack:C01OPS` */
  place: string;
  thread?: string;
}

/** A place that only a person can open again: nothing is gained by trying on. The surface has said so. */
export class Unreachable extends Error {}

/** What a chat platform must be able to do for us. Throws are outages and belong to the caller's retry, but for `Unreachable`. */
export interface Surface {
  /** Posts a card; `marker` is carried by the message and finds it again. */
  post(spot: Spot, card: Card, marker: string): Promise<{ message: string; link?: string }>;
  edit(place: string, message: string, card: Card, marker: string): Promise<{ kind: 'edited' | 'gone' }>;
  /** The message that carries `marker`, when a post of unknown outcome did arrive. */
  find(spot: Spot, marker: string): Promise<{ message: string; link?: string } | undefined>;
  /** Whether this message still exists. */
  exists(spot: Spot, message: string): Promise<boolean>;
  /** A sign of life on somebody's message. Safe to call twice. */
  react(place: string, message: string, emoji: string): Promise<void>;
}

/** One surface over several, by the name a place begins with. Throws when a place is on none of them. */
export function joinSurfaces(surfaces: Record<string, Surface>): Surface {
  const at = (place: string) => onlyOne(surfaces, place, 'manifests/places.yaml');
  return {
    post: (spot, card, marker) => at(spot.place).post(spot, card, marker),
    edit: (place, message, card, marker) => at(place).edit(place, message, card, marker),
    find: (spot, marker) => at(spot.place).find(spot, marker),
    exists: (spot, message) => at(spot.place).exists(spot, message),
    react: (place, message, emoji) => at(place).react(place, message, emoji),
  };
}

function onlyOne<T>(all: Record<string, T>, id: string, file: string): T {
  const [name = ''] = id.split(':');
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (!found)
    throw new Error(`${id} is on no surface that is open here: connect ${name}, or correct ${file}.`);
  return found;
}
