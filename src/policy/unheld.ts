import { type Charter, versionOf } from '../charter/charter.ts';
import type { People } from '../people/people.ts';
import type { Policy } from './policy.ts';

/** Roles and people that the rules name and nobody is, a sentence each: what waits for them would wait in vain. Pure. */
export function unheld(
  { policy, charters }: { policy: Policy; charters: Charter[] },
  people: Pick<People, 'withRole' | 'find'>,
): string[] {
  const asked = Object.values(policy.ask).flatMap(({ seats, next = [] }) => [...seats.flat(), ...next]);
  const missing = (roles: string[]) =>
    [...new Set(roles)].filter((role) => people.withRole(role).length === 0);
  return [
    ...missing(asked).map(
      (role) =>
        `Policy ${policy.version} asks the role ${role}, which nobody has: give it to somebody in people.yaml.`,
    ),
    ...charters.flatMap((charter) => [
      ...missing(charter.cadence.escalates_to).map(
        (role) =>
          `Charter ${versionOf(charter)} escalates to the role ${role}, which nobody has: give it to somebody in people.yaml.`,
      ),
      ...(people.find(charter.accountable)
        ? []
        : [
            `Charter ${versionOf(charter)} has ${charter.accountable} answer for it, who is not in people.yaml: add them there or name somebody else.`,
          ]),
    ]),
  ];
}
