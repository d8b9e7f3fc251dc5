import { directPlace } from '../chat/direct.ts';
import type { PersonId } from '../ids.ts';
import type { People } from './people.ts';

/** Where one person is told something alone: a place on each of the surfaces that are open, such as `slack`; none where they have no account. */
export function directPlaces(people: People, person: PersonId, open: string[]): string[] {
  return open.flatMap((surface) => {
    const id = people.accountOn(surface, person);
    return id === undefined ? [] : [directPlace(`${surface}:${id}`)];
  });
}
