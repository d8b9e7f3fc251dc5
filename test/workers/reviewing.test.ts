import { describe, expect, test } from 'vitest';
import type { PersonId } from '../../src/ids.ts';
import type { Amendment } from '../../src/incidents/post-mortem/amend.ts';
import { peopleOf } from '../../src/people/people.ts';
import { amendmentIn } from '../../src/workers/reviewing.ts';

const person = (id: string, name: string, accounts: string[] = []) => {
  return { id: id as PersonId, name, roles: [], accounts };
};
const people = peopleOf([
  person('p-dba', 'Dana Dba', ['slack:U01DBA']),
  person('p-one', 'Gale One'),
  person('p-two', 'Gale Two'),
  person('p-maria', 'Maria'),
]);
const task = (owner: string | null, due = '2026-12-01', what = 'Check the *alert*'): Amendment => {
  return { do: 'add-task', what, owner: owner as PersonId | null, due };
};

describe('in the thread of an incident', () => {
  const rows: [words: string, wanted: Amendment | undefined][] = [
    ['action: Check the *alert* by 2026-12-01 @maria', task('p-maria')],
    ['Ada, action: Check the *alert* @Dana Dba by 2026-12-01', task('p-dba')],
    ['add action: Check the *alert* by 2026-12-01 @U01DBA', task('p-dba')],
    ['Action: Check the *alert*, @dana, by 2026-12-01', task('p-dba')],
    ['action: Check the *alert* by 2026-12-01 @p-one', task('p-one')],
    ['action: Check the *alert* by 2026-12-01 @Gale', task(null)],
    ['action: Check the *alert* by 2026-12-01 @nobody', task(null)],
    ['action: Check the *alert* by 2026-12-01', task(null)],
    ['action: Check the *alert* by Friday @maria', task('p-maria', '', 'Check the *alert* by Friday')],
    ['action 2 done', { do: 'task-done', nth: 2 }],
    ['ada: action 2 is done.', { do: 'task-done', nth: 2 }],
    ['file it', { do: 'file-post-mortem' }],
    ['File the post-mortem.', { do: 'file-post-mortem' }],
    ['Correction: It was the Tax.', { do: 'correct-post-mortem', words: 'It was the Tax.' }],
    ['what is the action: restart?', undefined],
    ['file it under nonsense', undefined],
    ['is action 2 done?', undefined],
    ['take it over', undefined],
  ];
  test.each(rows)('%j', (words, wanted) => {
    expect(amendmentIn(words, 'Ada', people, 'slack')).toEqual(wanted);
  });

  test('an account is one of the surface it was said on', () => {
    expect(amendmentIn('action: Check the *alert* by 2026-12-01 @U01DBA', 'Ada', people, 'teams')).toEqual(
      task(null),
    );
  });
});
