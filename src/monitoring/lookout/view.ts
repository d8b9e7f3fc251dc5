import type { Compound } from '../fusion/compound.ts';
import type { Moment } from './moment.ts';
import type { Presence } from './presence.ts';
import type { Unseen } from './unseen.ts';

/** One cycle, as all kinds of findings look at it. */
export interface View {
  moment: Moment;
  /** Counts up from 1. */
  cycle: number;
  presence: Presence;
  unseen: Unseen;
  /** What could not be read, each a sentence. */
  missing: string[];
  /** What fusion has open. */
  compounds: Compound[];
}
