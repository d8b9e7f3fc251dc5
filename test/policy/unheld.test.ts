import { expect, test } from 'vitest';
import type { PersonId } from '../../src/ids.ts';
import { peopleOf } from '../../src/people/people.ts';
import { unheld } from '../../src/policy/unheld.ts';
import { ada } from '../actions/story.ts';
import { policy } from './facts.ts';

const person = (id: string, ...roles: string[]) => ({ id: id as PersonId, name: id, roles, accounts: [] });
const all = [person('p-manager', 'manager'), person('p-gus', 'governor'), person('p-maria', 'on-call')];
const escalating = (...escalates_to: string[]) => ({ ...ada, cadence: { ...ada.cadence, escalates_to } });
const next = { ...policy, ask: { ...policy.ask, medium: { ...policy.ask.medium, next: ['director'] } } };

test.each<[what: string, Parameters<typeof unheld>[0], people: typeof all, said: string[]]>([
  ['everybody is there', { policy, charters: [ada] }, all, []],
  [
    'nobody has a role that is asked, said once',
    { policy, charters: [] },
    all.slice(0, 2),
    ['Policy 1 asks the role on-call, which nobody has: give it to somebody in people.yaml.'],
  ],
  [
    'nobody is next',
    { policy: next, charters: [] },
    all,
    ['Policy 1 asks the role director, which nobody has: give it to somebody in people.yaml.'],
  ],
  [
    'nobody to escalate to',
    { policy, charters: [escalating('on-call', 'night-shift')] },
    all,
    [
      'Charter ada@1 escalates to the role night-shift, which nobody has: give it to somebody in people.yaml.',
    ],
  ],
  [
    'nobody answers for it',
    { policy, charters: [{ ...ada, accountable: 'p-gone' as PersonId }] },
    all,
    [
      'Charter ada@1 has p-gone answer for it, who is not in people.yaml: add them there or name somebody else.',
    ],
  ],
])('%s', (_, rules, people, said) => {
  expect(unheld(rules, peopleOf(people))).toEqual(said);
});
