import { expect, test } from 'vitest';
import { namesOf, readerOf } from '../../src/chat/direct.ts';
import type { PersonId } from '../../src/ids.ts';
import { directPlaces } from '../../src/people/direct.ts';
import { peopleOf } from '../../src/people/people.ts';

const [maria, dan] = ['maria' as PersonId, 'dan' as PersonId];
const people = peopleOf([
  { id: maria, name: 'Maria', roles: [], accounts: ['slack:U01MARIA', 'teams:00000000-0000-4000-8000-01'] },
  { id: dan, name: 'Dan', roles: [], accounts: ['teams:00000000-0000-4000-8000-02'] },
]);

test.each([
  [maria, ['slack', 'teams'], ['slack:@U01MARIA', 'teams:@00000000-0000-4000-8000-01']],
  [maria, ['slack'], ['slack:@U01MARIA']],
  [dan, ['slack'], []],
  [dan, [], []],
  ['nobody' as PersonId, ['slack', 'teams'], []],
])('%s on %j is told alone in %j', (person, open, places) => {
  expect(directPlaces(people, person, open)).toEqual(places);
});

test.each([
  ['slack:@U01MARIA', 'slack:U01MARIA'],
  ['slack:@', 'slack:'],
  ['slack:C01OPS', undefined],
  ['teams:19:ops@thread.tacv2', undefined],
])('%s is read by %s alone', (place, reader) => {
  expect(readerOf(place)).toBe(reader);
});

test.each([
  ['slack:D01MARIA', ['slack:D01MARIA', 'slack:@U1']],
  ['slack:C01OPS', ['slack:C01OPS']],
])('what stands at %s may be kept at %j', (place, names) => {
  expect(namesOf(place, 'slack:U1')).toEqual(names);
  expect(namesOf(place, undefined)).toEqual([place]);
});

test.each([
  ['teams:a:1maria', ['teams:a:1maria', 'teams:@x']],
  ['teams:19:ops@thread.tacv2', ['teams:19:ops@thread.tacv2']],
  ['teams:19:group@thread.v2', ['teams:19:group@thread.v2']],
])('what stands at %s may be kept at %j', (place, names) => {
  expect(namesOf(place, 'teams:x')).toEqual(names);
});
