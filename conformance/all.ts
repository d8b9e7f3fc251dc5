import { attacker } from './attacker.ts';
import { cards } from './cards.ts';
import type { AnyClass } from './class.ts';
import { interleavings } from './interleavings.ts';
import { thrown } from './kill.ts';
import { limits } from './limits.ts';
import { changed } from './mutations.ts';
import { once } from './once.ts';
import { wrongPeople } from './people.ts';

/** Every class, in the order they are tried. */
export const classes: AnyClass[] = [
  changed,
  interleavings,
  once,
  wrongPeople,
  limits,
  thrown,
  attacker,
  cards,
];
