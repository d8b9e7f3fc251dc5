import type { Card } from './card.ts';

export interface Spot {
  /** `slack:C01OPS` */
  place: string;
  thread?: string;
}

/** What a chat platform must be able to do for us. Throws are outages and belong to the caller's retry. */
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
