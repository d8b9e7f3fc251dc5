import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/actions/action.ts';
import { fernwood } from '../../../src/estate/company.ts';
import type { PersonId } from '../../../src/ids.ts';
import { contentOf, proposalOf } from '../../../src/incidents/post-mortem/runbook.ts';
import type { Runbook } from '../../../src/knowledge/runbook.ts';
import { shelved } from '../../../src/knowledge/shelf.ts';
import { action, at, cause, found, incident, logged, verified } from './recorded.ts';

const restart = {
  ...action,
  ...{ id: 'act-2', tool: 'restart-service', step: 1, startedAt: at(8, 50) },
  arguments: { service: 'checkout', server: 'app-01' },
} as Action;
const known = { service: 'checkout', server: 'app-01', previous_version: '2.0' };
const runbook: Runbook = {
  ...{ id: 'bad-deployment', version: 3, title: 'Roll back', mends: 'bad-deployment', on: ['app'] },
  steps: [
    {
      tool: 'roll-back-deployment',
      arguments: { service: '{service}', version: '{previous_version}' },
      expect: 'Errors of {service} are usual.',
    },
    {
      tool: 'restart-service',
      arguments: { service: '{service}', server: '{server}' },
      requires: [{ metric: 'replication_lag', of: '{server}', is: 'usual' }],
      expect: 'It runs.',
    },
  ],
};
type Done = Parameters<typeof proposalOf>[0];
const done: Done = {
  incident: { ...incident, cause: { ...cause, known } },
  entries: [...found, verified],
  actions: [action, restart],
  ...{ asked: [], runbooks: [runbook], inventory: fernwood, metrics: [{ name: 'replication_lag' }] },
};
const byPerson = { ...restart, incident: null, requestedBy: 'p-oncall' as PersonId, health: null } as Action;
const skipped = logged(4, { kind: 'skipped', facts: { person: 'p' as PersonId, step: 1, what: 'Restart' } });
const unmended = logged(9, { kind: 'unmended', facts: { because: 'Not back.', metrics: [] } });
const [first, second] = runbook.steps;

describe('a runbook is put forward', () => {
  const rows: [when: string, changed: Partial<Done>, put: Partial<Runbook>, because: string][] = [
    [
      'a step was skipped',
      { actions: [action], entries: [...found, skipped, verified] },
      { ...runbook, version: 4, steps: [first as never] },
      'A step was skipped, and it was mended all the same.',
    ],
    [
      'a person had more done',
      { actions: [action], asked: [byPerson], runbooks: [{ ...runbook, steps: [first as never] }] },
      {
        version: 4,
        steps: [
          first as never,
          { ...second, requires: undefined, expect: 'All that was unusual is back to usual.' } as never,
        ],
      },
      'People had more done than the runbook says.',
    ],
    [
      'the runbook did not help and a person did',
      {
        actions: [{ ...action, health: 'same' }],
        asked: [byPerson],
        entries: [...found, unmended, verified],
      },
      { version: 4, steps: [second as never] },
      'The runbook did not help, and this did.',
    ],
    [
      'there was none',
      { actions: [], asked: [byPerson], runbooks: [] },
      {
        ...{
          id: 'bad-deployment',
          version: 1,
          title: 'Mend bad deployment',
          mends: 'bad-deployment',
          on: ['app'],
        },
        steps: [
          {
            ...{ tool: 'restart-service', arguments: { service: '{service}', server: '{server}' } },
            expect: 'All that was unusual is back to usual.',
          },
        ],
      },
      'There is no runbook for this kind of cause, and this mended it.',
    ],
  ];
  test.each(rows)('when %s', (_, changed, put, because) => {
    const said = proposalOf({ ...done, ...changed });
    expect(said).toMatchObject({ kind: 'proposal', because });
    expect(said.kind === 'proposal' && JSON.parse(JSON.stringify(said.runbook))).toMatchObject(
      JSON.parse(JSON.stringify(put)),
    );
  });
});

describe('nothing is put forward', () => {
  const rows: [when: string, changed: Partial<Done>, because: RegExp][] = [
    ['the runbook was followed', {}, /^It is what the runbook bad-deployment says/],
    ['nothing ran', { actions: [] }, /^Nothing ran/],
    ['it was not verified', { entries: found }, /^Nothing ran/],
    [
      'all was undone',
      { actions: [action, { ...restart, undoes: action.id, arguments: {} }] },
      /^Nothing ran/,
    ],
    ['the cause is not known', { incident: { ...done.incident, cause: null } }, /^The cause is of no kind/],
    [
      'what a person asked for was about something else',
      { actions: [], asked: [{ ...byPerson, arguments: { service: 'search', server: 'app-04' } }] },
      /^Nothing ran/,
    ],
    [
      'what a person asked for was before it',
      { actions: [], asked: [{ ...byPerson, startedAt: at(-1) }] },
      /^Nothing ran/,
    ],
    [
      'it was done where the diagnosis did not look',
      {
        actions: [],
        asked: [{ ...byPerson, arguments: { service: 'checkout', server: 'app-02' } }],
        runbooks: [],
      },
      /^What was done names something/,
    ],
    [
      'it would restart a database unchecked',
      {
        incident: { ...done.incident, cause: { ...cause, known: { service: 'orders', server: 'db-01' } } },
        ...{
          actions: [],
          runbooks: [],
          asked: [{ ...byPerson, arguments: { service: 'orders', server: 'db-01' } }],
        },
      },
      /may restart a database without a look at its replication/,
    ],
  ];
  test.each(rows)('when %s', (_, changed, because) => {
    expect(proposalOf({ ...done, ...changed })).toMatchObject({
      kind: 'none',
      because: expect.stringMatching(because),
    });
  });
});

test('the same is known again whatever its version', () => {
  expect(contentOf({ ...runbook, version: 9, title: 'Other' })).toBe(contentOf(runbook));
  expect(contentOf({ ...runbook, steps: [first as never] })).not.toBe(contentOf(runbook));
});

describe('of each runbook the highest version is in force', () => {
  const of = (id: string, version: number, title = '') => ({ ...runbook, id, version, title });
  const rows: [files: Runbook[], adopted: Runbook[], first: Runbook[]][] = [
    [[of('a', 1), of('b', 1)], [], [of('a', 1), of('b', 1)]],
    [[of('a', 1), of('b', 1)], [of('a', 2)], [of('a', 2), of('b', 1), of('a', 1)]],
    [[of('a', 3)], [of('a', 2)], [of('a', 3), of('a', 2)]],
    [[of('a', 2, 'file')], [of('a', 2, 'adopted')], [of('a', 2, 'adopted'), of('a', 2, 'file')]],
    [[], [of('c', 1)], [of('c', 1)]],
  ];
  test.each(rows)('%#', (files, adopted, all) => expect(shelved(files, adopted)).toEqual(all));
});
