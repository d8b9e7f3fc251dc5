import { describe, expect, test } from 'vitest';
import type { PersonId } from '../../src/ids.ts';
import { confusions, type Person, peopleOf, peopleSchema, placesSchema } from '../../src/people/people.ts';

const person = (id: string, roles: string[], accounts: string[]): Person => {
  return { id: id as PersonId, name: id.toUpperCase(), roles, accounts };
};
const maria = person('p-maria', ['on-call', 'governor'], ['slack:U01', 'teams:29:1a']);
const dan = person('p-dan', ['governor'], ['slack:U02']);
const guest = person('p-guest', [], []);
const people = peopleOf([maria, dan, guest]);

test('a person is found by any of their accounts, and nobody by what is none', () => {
  expect(people.whoIs('slack:U01')).toBe(maria);
  expect(people.whoIs('teams:29:1a')).toBe(maria);
  for (const account of ['slack:U03', 'U01', 'slack:', 'slack:u01', 'teams:U02', '__proto__'])
    expect(people.whoIs(account)).toBeUndefined();
});

test('an account is told without its surface, and undefined where a person has none there', () => {
  expect(people.accountOn('slack', maria.id)).toBe('U01');
  expect(people.accountOn('teams', maria.id)).toBe('29:1a');
  expect(people.accountOn('teams', dan.id)).toBeUndefined();
  expect(people.accountOn('slack', 'p-nobody' as PersonId)).toBeUndefined();
});

test('those with a role come in the order of the manifest, each once', () => {
  expect(people.withRole('governor', 'on-call')).toEqual([maria, dan]);
  expect(people.withRole('janitor')).toEqual([]);
  expect(people.withRole()).toEqual([]);
  expect(people.find('p-guest' as PersonId)).toBe(guest);
});

test('an id or an account that stands for two people is a confusion', () => {
  expect(confusions([maria, dan])).toEqual([]);
  expect(confusions([maria, { ...dan, id: maria.id, accounts: ['slack:U01'] }])).toEqual([
    'The id p-maria stands for two people.',
    'The account slack:U01 belongs to two people.',
  ]);
});

describe('what is refused', () => {
  test.each([
    ['an account without its surface', { people: [{ ...maria, accounts: ['U01'] }] }, 'people.0.accounts.0'],
    ['nobody at all', { people: [] }, 'people'],
    ['a role with a space', { people: [{ ...maria, roles: ['on call'] }] }, 'people.0.roles.0'],
    ['a person with no name', { people: [{ ...maria, name: '' }] }, 'people.0.name'],
  ])('%s', (_, given, at) => {
    expect(peopleSchema.safeParse(given).error?.issues.map(({ path }) => path.join('.'))).toEqual([at]);
  });

  test('a place that is left out, or is no channel', () => {
    const found = placesSchema.safeParse({ ops: 'slack:C01', approvals: '#approvals' }).error?.issues;
    expect(found?.map(({ path }) => path.join('.'))).toEqual(['approvals.0', 'leadership']);
  });
});
