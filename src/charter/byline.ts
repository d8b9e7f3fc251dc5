import type { Byline } from '../chat/card.ts';
import type { Charter } from './charter.ts';

/** How the worker signs what it posts. */
export function bylineOf({ name, role, avatar }: Charter): Byline {
  return { name, role, avatar };
}
