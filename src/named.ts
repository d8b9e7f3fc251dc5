// How the command line calls people.
import type { PersonId } from './ids.ts';
import { readPeople } from './manifests.ts';
import type { Given } from './verb.ts';

/** Names as the site's people.yaml has them; who is not in it is called by id. */
export function namesOf(given: Given): (person: PersonId) => string {
  const people = given.settings().site.kind === 'real' ? readPeople(given.manifests()) : [];
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return (person) => names.get(person) ?? person;
}
