// The ladder: who is asked by name, one after the other, while an incident needs a person and nobody has taken it.
import { z } from 'zod';
import type { PersonId } from '../ids.ts';
import { service as findService, type Inventory } from '../inventory/inventory.ts';
import type { People } from '../people/people.ts';
import type { Logged } from './incident.ts';

/** What `manifests/routing.yaml` may say of it. */
export const escalationSchema = z.strictObject({
  /** How long each has to take it. */
  minutes: z.number().int().min(1).max(1_440).default(15),
  /** Roles, people by id, and `owner`, who answers for the service: in this order. */
  next: z.array(z.string().min(1)).default(['owner', 'governor']),
});

export type Escalation = z.output<typeof escalationSchema>;

export interface Ladder {
  afterMs: number;
  /** Whom a worker asks first, all at once. */
  first: PersonId[];
  /** Who is asked after them for a service, one at a time. */
  next(service: string): PersonId[];
  withRole(roles: string[]): PersonId[];
}

/** The ladder of a site; `first` are the roles its workers ask, `afterMs` stands in for the minutes. */
export function ladderOf(
  { minutes, next }: Escalation,
  site: { people: People; inventory: Inventory; first: string[]; afterMs?: number | undefined },
): Ladder {
  const { people, inventory } = site;
  const withRole = (roles: string[]) => people.withRole(...roles).map(({ id }) => id);
  const meant = (contact: string, service: string): PersonId[] => {
    if (contact !== 'owner') return peopleIn(people, contact);
    const owner = findService(inventory, service)?.owner;
    return owner === undefined ? [] : [owner];
  };
  return {
    afterMs: site.afterMs ?? minutes * 60_000,
    first: withRole(site.first),
    next: (service) => [...new Set(next.flatMap((contact) => meant(contact, service)))],
    withRole,
  };
}

function peopleIn(people: People, contact: string): PersonId[] {
  const person = people.find(contact as PersonId);
  return person ? [person.id] : people.withRole(contact).map(({ id }) => id);
}

/** Contacts that name nobody here, each as a sentence. */
export function unknownContacts({ next }: Escalation, people: People): string[] {
  return next
    .filter((contact) => contact !== 'owner' && peopleIn(people, contact).length === 0)
    .map(
      (contact) =>
        `routing.yaml: escalation.next: nobody is ${contact} or has that role, so nobody is asked there: wanted a person of people.yaml, a role or owner.`,
    );
}

/** Who has been asked since a worker last needed people, or since somebody last had it, with whoever asked. Pure. */
export function askedIn(
  entries: Logged[],
  { first, withRole }: Pick<Ladder, 'first' | 'withRole'>,
): PersonId[] {
  const from = entries.findLastIndex(
    (one) =>
      ['taken', 'handed-back', 'reopened'].includes(one.kind) || (one.kind === 'escalated' && !one.facts.by),
  );
  const asked = entries.slice(Math.max(from, 0)).flatMap((one): PersonId[] => {
    if (one.kind === 'unanswered') return one.facts.person ? [one.facts.person] : [];
    if (one.kind !== 'escalated') return [];
    const { by, asks } = one.facts;
    return [...(by ? [by] : first), ...withRole(asks?.roles ?? []), ...(asks?.people ?? [])];
  });
  return [...new Set(asked)];
}

/** Who is asked next, by name; undefined when all have been. Pure. */
export function nextAsked(entries: Logged[], ladder: Ladder, service: string): PersonId | undefined {
  const asked = askedIn(entries, ladder);
  return ladder.next(service).find((one) => !asked.includes(one));
}
