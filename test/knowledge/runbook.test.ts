import { describe, expect, test } from 'vitest';
import {
  fill,
  type Known,
  objectionsTo,
  runbookFor,
  runbookSchema,
  windowMs,
} from '../../src/knowledge/runbook.ts';

const step = {
  tool: 'restart-service',
  arguments: { service: '{service}', server: '{server}', mode: 'soft' },
  expect: 'Memory of {server} is back to usual.',
};
const runbook = runbookSchema.parse({
  id: 'leak',
  version: 1,
  title: 'Restart',
  mends: 'leak',
  on: ['app'],
  steps: [step],
});

test('a step is filled from what is known', () => {
  expect(fill(step, { service: 'pay', server: 'app-01', version: 'unused' })).toEqual({
    kind: 'filled',
    arguments: { service: 'pay', server: 'app-01', mode: 'soft' },
    expect: 'Memory of app-01 is back to usual.',
  });
});

describe('a step that cannot be filled says what is missing, once', () => {
  const rows: [known: Known, because: string][] = [
    [{ service: 'pay' }, 'The step restart-service needs server, which was not found.'],
    [{}, 'The step restart-service needs service and server, which was not found.'],
  ];
  test.each(rows)('%j', (known, because) => {
    expect(fill(step, known)).toEqual({ kind: 'unknown', because });
  });
});

test('what is known is put in as it is, and what it says is not filled again', () => {
  const filled = fill(step, { service: '{server}', server: '$& {service}' });
  expect(filled).toMatchObject({ arguments: { service: '{server}', server: '$& {service}' } });
});

test('a placeholder that no diagnosis fills is named at the start', () => {
  const wrong = {
    ...runbook,
    steps: [{ ...step, arguments: { host: '{host}' }, expect: 'On {host}, {Server}.' }],
  };
  expect(objectionsTo(wrong, [])).toEqual([
    '{host} is not known: wanted one of {service}, {server}, {previous_version}, {version}.',
    '{Server} is not known: wanted one of {service}, {server}, {previous_version}, {version}.',
  ]);
  expect(objectionsTo(runbook, [])).toEqual([]);
});

test('a runbook is found by what it mends', () => {
  expect(runbookFor([runbook], 'mends', 'leak')).toBe(runbook);
  expect(runbookFor([runbook], 'mends', 'full-disk')).toBeUndefined();
});

test('or by what it prevents, and one that does neither is refused', () => {
  const { mends, ...rest } = runbook;
  const preventive = { ...rest, prevents: mends };
  expect(runbookFor([runbook, preventive], 'prevents', 'leak')).toBe(preventive);
  expect(runbookFor([runbook], 'prevents', 'leak')).toBeUndefined();
  expect(runbookSchema.safeParse(preventive).success).toBe(true);
  expect(runbookSchema.safeParse(rest).error?.issues[0]?.message).toBe(
    'says neither what it mends nor prevents',
  );
});

test('a runbook without a step, or whose argument is no text, is refused', () => {
  expect(runbookSchema.safeParse({ ...runbook, steps: [] }).success).toBe(false);
  expect(runbookSchema.safeParse({ ...runbook, steps: [{ ...step, arguments: { n: 1 } }] }).success).toBe(
    false,
  );
});

describe('a restart that may be of a database loads only with a look at its replication before it', () => {
  const lag = { metric: 'replication_lag', of: '{server}', is: 'usual' as const };
  const rows: [
    what: string,
    changed: object,
    tool: string,
    requires: object[] | undefined,
    loads: boolean,
  ][] = [
    ['of servers that are no databases', { on: ['app', 'web'] }, 'restart-service', undefined, true],
    ['of any server', { on: undefined }, 'restart-service', undefined, false],
    ['of databases', { on: ['db'] }, 'restart-service', undefined, false],
    ['of databases among others', { on: ['app', 'db'] }, 'reset-service', undefined, false],
    [
      'after something else was looked at',
      { on: ['db'] },
      'restart-service',
      [{ ...lag, metric: 'cpu' }],
      false,
    ],
    ['while the replica lags', { on: ['db'] }, 'restart-service', [{ ...lag, is: 'unusual' }], false],
    ['after a look', { on: ['db'] }, 'restart-service', [lag], true],
    ['that is none', { on: ['db'] }, 'end-sessions', undefined, true],
  ];
  test.each(rows)('%s', (_, changed, tool, requires, loads) => {
    const steps = [{ ...step, tool, ...(requires && { requires }) }];
    const parsed = runbookSchema.parse({ ...runbook, ...changed, steps });
    expect(objectionsTo(parsed, [{ name: 'replication_lag' }, { name: 'cpu' }])).toEqual(
      loads
        ? []
        : [expect.stringContaining(`${tool} may restart a database without a look at its replication`)],
    );
  });
});

test('what a runbook says of its own verification is long in proportion to the site', () => {
  expect(windowMs(undefined, 600_000)).toBe(600_000);
  expect(windowMs({ verify: { minutes: 5 } }, 600_000)).toBe(300_000);
  expect(windowMs({ verify: { minutes: 15 } }, 45_000)).toBe(67_500);
});

test('the time of an effect is read in seconds and minutes, and what it is of must be known', () => {
  const effect = { metric: 'cpu', of: '{server}', becomes: 'usual', within: '90s' };
  const timed = (within: string) =>
    runbookSchema.parse({ ...runbook, steps: [{ ...step, effect: { ...effect, within } }] }).steps[0]?.effect
      ?.withinMs;
  expect([timed('90s'), timed('2m')]).toEqual([90_000, 120_000]);
  const [own] = runbookSchema.parse({
    ...runbook,
    steps: [{ ...step, arguments: {}, expect: 'x', effect }],
  }).steps;
  expect(own && fill(own, { service: 'pay' })).toMatchObject({ kind: 'unknown' });
});
