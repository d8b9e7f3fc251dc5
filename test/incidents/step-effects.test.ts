// What a step is to bring about: looked for after each step and while all is verified, graded once, and a surprise stops.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/actions/read.ts';
import type { IncidentId } from '../../src/ids.ts';
import { stepsOf } from '../../src/incidents/steps/read.ts';
import { type Around, expectedLine, gradeOf, seenLine } from '../../src/incidents/steps/step.ts';
import type { Runbook } from '../../src/knowledge/runbook.ts';
import type { Reading } from '../../src/monitoring/reading.ts';
import { openEmbeddedTest } from '../databases.ts';
import { openShift, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { openOutside } from './outside.ts';

const rotate = { tool: 'rotate-logs', arguments: { server: '{server}' }, expect: 'There is room again.' };
const restart = {
  tool: 'restart-service',
  arguments: { service: '{service}', server: '{server}' },
  expect: 'It is back.',
};
const becomes = (how: 'usual' | 'nearer') => ({
  ...{ metric: 'memory_available', of: '{server}', becomes: how, withinMs: 120_000 },
});
const runbook = (steps: Runbook['steps'], more: Partial<Runbook> = {}): Runbook[] => [
  { id: 'memory-leak', version: 9, title: 'Make room', mends: 'memory-leak', steps, ...more },
];

describe('a shift with steps that are to bring something about', () => {
  const outside = openOutside();
  let shift: Shift;
  beforeAll(async () => {
    shift = await openShift(await openEmbeddedTest(), outside);
  });
  beforeEach(async () => {
    outside.reset();
    await shift.forget();
  });
  afterAll(() => shift?.close());

  const leaks = async () => (await begun(shift, outside).leak()).id;
  const rows = (id: IncidentId) => stepsOf(shift.db, id);
  const pass = (seconds: number) =>
    sql`update incident_step set done_at = done_at - make_interval(secs => ${seconds})`.execute(shift.db);
  const facts = async (id: IncidentId, kind: string) =>
    (await shift.log(id)).filter((one) => one.kind === kind).map((one) => one.facts);

  test('the next step waits until it is seen, and what was seen is a row, on the record and in the post-mortem', async () => {
    shift.responder.runbooks = runbook([{ ...rotate, effect: becomes('nearer') }, restart]);
    const id = await leaks();
    await shift.later();
    expect(outside.launched).toHaveLength(1);
    expect(await rows(id)).toMatchObject([
      { step: 0, state: 'done', before: expect.closeTo(12, 0), grade: null },
    ]);
    await shift.later();
    expect(outside.launched).toHaveLength(1);
    outside.set('memory_available', 'app-03', 5);
    await pass(41);
    await shift.later();
    expect(outside.launched).toHaveLength(2);
    const [first] = await rows(id);
    expect(first).toMatchObject({ grade: 'as-expected', seen: { z: expect.closeTo(5, 0) } });
    expect(first?.seenAfter).toBeGreaterThanOrEqual(41);
    expect(await facts(id, 'step')).toHaveLength(1);
    const [action] = await actionsOf(shift.db, id);
    expect(await shift.audited({ incident: id, action: action?.id })).toContainEqual(
      expect.objectContaining({
        kind: 'step.graded',
        facts: expect.objectContaining({ step: 0, grade: 'as-expected' }),
        versions: { runbook: 'memory-leak@9' },
      }),
    );
    outside.set('memory_available', 'app-03', 0);
    await shift.later();
    await shift.later();
    await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
    await shift.later();
    expect((await shift.incident(id)).status).toBe('closed');
    const [told] = await facts(id, 'post-mortem');
    expect(told).toMatchObject({
      lines: expect.arrayContaining([
        expect.stringMatching(
          /^Expected of "Rotate and compress the logs on app-03": available memory of app-03 nearer to usual within 2 min; seen: yes, after 4\d s\.$/,
        ),
      ]),
    });
  });

  test('what does not come within its time stops the runbook, and a person has the whole picture', async () => {
    shift.responder.runbooks = runbook([{ ...rotate, effect: becomes('usual') }, restart]);
    const id = await leaks();
    await shift.later();
    await pass(121);
    await shift.later();
    expect(outside.launched).toHaveLength(1);
    expect(await shift.incident(id)).toMatchObject({ status: 'escalated', runbook: { step: 1 } });
    expect(await rows(id)).toMatchObject([{ grade: 'not', seen: { z: expect.closeTo(12, 0) } }]);
    expect(await facts(id, 'stopped')).toEqual([
      {
        step: 0,
        what: 'Rotate and compress the logs on app-03',
        expected: 'available memory of app-03 back to usual within 2 min',
        seen: expect.stringMatching(/^no, after 2 min it was .+ \(12\.0 σ\)$/),
        output: 'job 1 was successful',
        left: ['Restart payments on app-03'],
      },
    ]);
    expect(await facts(id, 'escalated')).toMatchObject([
      {
        because: expect.stringMatching(/^Step 1, .+ did not bring what was expected .+ left to a person\.$/),
      },
    ]);
    await shift.later();
    expect(outside.launched).toHaveLength(1);
  });

  test('a step that fails in a longer runbook says what is left', async () => {
    shift.responder.runbooks = runbook([rotate, restart]);
    outside.jobsEnd('failed');
    const id = await leaks();
    await shift.later();
    expect(await facts(id, 'stopped')).toMatchObject([
      { seen: 'the step is failed', output: 'job 1 was failed', left: ['Restart payments on app-03'] },
    ]);
  });

  test('of the last step it is looked for while all is verified, and what never came is graded so', async () => {
    shift.responder.runbooks = runbook([{ ...restart, effect: becomes('usual') }]);
    const id = await leaks();
    await shift.later();
    expect(await shift.incident(id)).toMatchObject({ status: 'verifying' });
    await pass(121);
    await shift.later();
    expect(await rows(id)).toMatchObject([{ grade: 'not' }]);
    expect((await shift.incident(id)).status).toBe('verifying');
    await sql`update incident set mitigated_at = mitigated_at - interval '5 minutes'`.execute(shift.db);
    await shift.later();
    expect((await shift.incident(id)).status).not.toBe('verifying');
  });

  test('a runbook says for how long and by which metrics it is verified', async () => {
    const metrics = [{ metric: 'memory_available', of: '{server}' }];
    shift.responder.runbooks = runbook([restart], { verify: { minutes: 5, metrics } });
    outside.set('latency_p95', 'payments', 12);
    const id = await leaks();
    await shift.raise('latency_p95', 'payments');
    await shift.work();
    await shift.later();
    outside.set('memory_available', 'app-03', 0);
    await shift.later();
    // Half the site's 45 s.
    await sql`update incident set usual_since = usual_since - interval '20 seconds'`.execute(shift.db);
    await shift.later();
    expect((await shift.incident(id)).status).toBe('verifying');
    await sql`update incident set usual_since = usual_since - interval '3 seconds'`.execute(shift.db);
    await shift.later();
    expect((await shift.incident(id)).status).toBe('closed');
  });
});

describe('how a step is graded', () => {
  const expected = {
    ...{ metric: 'queue_length', says: 'queue length', subject: 'queue-01' },
    withinMs: 120_000,
  };
  const reads = (z: number) => ({ z, value: 4, mean: 1 }) as Reading;
  type Row = [
    what: string,
    becomes: 'usual' | 'nearer',
    around: Partial<Around>,
    grade: ReturnType<typeof gradeOf>,
  ];
  const rows: Row[] = [
    ['usual in time', 'usual', { reading: reads(1) }, 'as-expected'],
    ['not yet', 'usual', { reading: reads(8) }, undefined],
    ['not within its time', 'usual', { reading: reads(8), elapsedMs: 120_000 }, 'not'],
    ['not to be read yet', 'usual', { reading: undefined }, undefined],
    ['not to be read within its time', 'usual', { reading: undefined, elapsedMs: 120_000 }, 'not'],
    ['first looked at late, and usual', 'usual', { reading: reads(1), elapsedMs: 400_000 }, 'as-expected'],
    ['all usual, with steps left', 'usual', { reading: reads(1), allUsual: true, left: 1 }, 'better'],
    ['all usual after the last', 'usual', { reading: reads(1), allUsual: true }, 'as-expected'],
    ['half as far', 'nearer', { reading: reads(5) }, 'as-expected'],
    ['hardly nearer', 'nearer', { reading: reads(6) }, undefined],
    ['usual where nearer was enough', 'nearer', { reading: reads(1) }, 'better'],
  ];
  test.each(rows)('%s', (_, how, around, grade) => {
    const given = { reading: undefined, allUsual: false, left: 0, elapsedMs: 1_000, ...around };
    expect(gradeOf({ expected: { ...expected, becomes: how }, before: 10 }, given)).toBe(grade);
  });

  test('nearer than what nobody could read is nothing', () => {
    const around = { reading: reads(5), allUsual: false, left: 1, elapsedMs: 0 };
    expect(gradeOf({ expected: { ...expected, becomes: 'nearer' }, before: null }, around)).toBeUndefined();
  });

  test('is said in a few words', () => {
    expect(expectedLine({ ...expected, becomes: 'usual' })).toBe(
      'queue length of queue-01 back to usual within 2 min',
    );
    const seen = { value: 4_120, usual: 12, z: 9.04 };
    expect(seenLine({ grade: 'as-expected', seen, seenAfter: 41.2 })).toBe('yes, after 41 s');
    expect(seenLine({ grade: 'not', seen, seenAfter: 120 })).toBe(
      'no, after 2 min it was 4.12K, usually 12 (9.0 σ)',
    );
    expect(seenLine({ grade: 'not', seen: null, seenAfter: 120 })).toBe(
      'no, after 2 min it could not be read',
    );
  });
});
