import { attacker } from './attacker.ts';
import { audit } from './audit.ts';
import { cards } from './cards.ts';
import type { AnyClass } from './class.ts';
import { crash } from './crash.ts';
import { interleavings } from './interleavings.ts';
import { thrown } from './kill.ts';
import { limits } from './limits.ts';
import { changed } from './mutations.ts';
import { once } from './once.ts';
import { down } from './outages.ts';
import { wrongPeople } from './people.ts';
import { heardEverywhere } from './switch.ts';

/** Every class, in the order they are tried. */
export const classes: AnyClass[] = [
  changed,
  interleavings,
  once,
  wrongPeople,
  limits,
  thrown,
  heardEverywhere,
  attacker,
  cards,
  audit,
  crash,
  down,
];
