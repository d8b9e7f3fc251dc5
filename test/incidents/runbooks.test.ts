// Every runbook that mends something, on the company's own fault: its step fails, and nothing is improvised; and what its
// steps require is looked at once more right before they run.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { faults } from '../../src/estate/faults/all.ts';
import type { Fault, Target } from '../../src/estate/faults/fault.ts';
import { lacking } from '../../src/incidents/preconditions.ts';
import { openEmbeddedTest } from '../databases.ts';
import { manifests, openShift, type Shift } from '../shift.ts';
import { type Outside, openOutside } from './outside.ts';
import { placesOf, symptomsOf } from './symptoms.ts';

let shift: Shift;
let outside: Outside;
beforeAll(async () => {
  outside = openOutside();
  shift = await openShift(await openEmbeddedTest(), outside);
});
afterAll(() => shift.close());
beforeEach(async () => {
  await shift.forget();
  outside.reset();
});

/** It breaks, is noticed by what is furthest off, and worked on until nothing is due at once. */
async function breaks(fault: Fault, target: Target) {
  const { off, lines, deployed } = symptomsOf(fault, target);
  for (const { metric, subject, z } of off) outside.set(metric, subject, z);
  for (const { labels, line } of lines) outside.say(labels, line);
  if (deployed) {
    const { service, version, replacing } = deployed;
    outside.say(
      { job: 'deployments', service },
      `deployed service=${service} version=${version} replacing=${replacing}`,
      60,
    );
  }
  const [first] = off;
  if (!first) throw new Error(`${fault.name} moves nothing.`);
  await shift.raise(first.metric, first.subject);
  await shift.work();
  return shift.last();
}

const asked = async () => (await shift.waiting('later')).some(({ name }) => name === 'lapse-approval');

const mending = faults.map((fault) => ({ name: fault.name, fault }));
const placed = (fault: Fault) => {
  const [target] = placesOf(fault);
  if (!target) throw new Error(`${fault.name} strikes nowhere.`);
  return target;
};

describe('a step that fails ends the runbook, and a person is asked', () => {
  test.each(mending)('$name', async ({ name, fault }) => {
    outside.jobsEnd('failed');
    const begun = await breaks(fault, placed(fault));
    expect(begun).toMatchObject({ cause: { kind: name }, runbook: { id: name } });
    if (await asked()) await shift.says(begun.id, { kind: 'approve' });
    await shift.work();
    await shift.later();
    expect(outside.launched).toHaveLength(1);
    expect(await shift.incident(begun.id)).toMatchObject({ status: 'escalated', mitigatedAt: null });
    const told = (await shift.log(begun.id)).findLast(({ kind }) => kind === 'escalated');
    expect(told?.facts).toMatchObject({
      because: expect.stringContaining('failed, and a failed step is not improvised around.'),
    });
  });
});

describe('what a step requires is looked at right before it runs', () => {
  const requiring = mending.filter(({ name }) =>
    manifests.runbooks.some(({ id, steps }) => id === name && steps.some(({ requires }) => requires)),
  );

  test('every runbook but the roll-back, which relies on the version that runs, requires something', () => {
    expect(requiring.map(({ name }) => name)).toEqual(
      mending.map(({ name }) => name).filter((name) => name !== 'bad-deployment'),
    );
  });

  const some = ['connection-pool', 'crash-loop', 'lock-contention', 'dependency-down', 'storage-controller'];
  const askedFor = requiring.filter(({ name }) => some.includes(name));
  test.each(askedFor)('$name: approved when all is as usual again, it does not run', async ({ fault }) => {
    const begun = await breaks(fault, placed(fault));
    for (const { metric, subject } of symptomsOf(fault, placed(fault)).off) outside.set(metric, subject, 0);
    await shift.says(begun.id, { kind: 'approve' });
    await shift.work();
    expect(outside.launched).toEqual([]);
    const told = (await shift.log(begun.id)).findLast(({ kind }) => kind === 'escalated');
    expect(told?.facts).toMatchObject({
      because: expect.stringMatching(/to be unusual, and it is usual\.$/),
    });
  });

  test.each(askedFor)('$name: approved while it is still so, it runs', async ({ fault }) => {
    const begun = await breaks(fault, placed(fault));
    await shift.says(begun.id, { kind: 'approve' });
    await shift.work();
    expect(outside.launched).toHaveLength(1);
  });

  const lag = { metric: 'replication_lag', of: '{server}', is: 'usual' as const };
  const reading = (z: number) => {
    const about = {
      metric: 'replication_lag',
      says: 'replication lag',
      subject: 'db-01',
      about: 'server' as const,
    };
    return { ...about, unit: 's', value: 1, mean: 1, deviation: 1, z };
  };
  const rows: [what: string, readings: ReturnType<typeof reading>[], because: string | undefined][] = [
    ['as it must be', [reading(0)], undefined],
    ['otherwise', [reading(9)], 'The step wants replication lag of db-01 to be usual, and it is unusual.'],
    ['not to be read', [], 'The step wants replication_lag of db-01 to be usual, and it could not be read.'],
  ];
  test.each(rows)('what is required is %s', (_, readings, because) => {
    expect(lacking(lag, { server: 'db-01' }, readings)).toBe(because);
  });
});
