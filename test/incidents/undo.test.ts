import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kill } from '../../src/actions/kill.ts';
import { actionsOf } from '../../src/actions/read.ts';
import { approvalsOf } from '../../src/approvals/read.ts';
import type { IncidentId } from '../../src/ids.ts';
import type { Measured } from '../../src/incidents/incident.ts';
import { type Intervention, intervene } from '../../src/incidents/intervene.ts';
import { remediate } from '../../src/incidents/remediate.ts';
import { failure } from '../../src/incidents/verify.ts';
import type { Runbook } from '../../src/knowledge/runbook.ts';
import { databases } from '../databases.ts';
import { openShift, robin, type Shift } from '../shift.ts';
import { openOutside } from './outside.ts';

const raise = (from: string, to: string) => ({
  tool: 'change-configuration',
  arguments: { server: '{server}', setting: 'heap_mb', from, to },
  expect: 'More memory.',
});
const restart = {
  tool: 'restart-service',
  arguments: { service: '{service}', server: '{server}' },
  expect: 'It is back.',
};
const runbook = (...steps: Runbook['steps']): Runbook[] => [
  { id: 'memory-leak', version: 9, title: 'Give it more memory', mends: 'memory-leak', steps },
];
const approve = { kind: 'approve' } as const;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a runbook that did not help, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
    });
    beforeEach(async () => {
      outside.reset();
      shift.responder.runbooks = runbook(raise('512', '1024'), raise('1024', '2048'));
      await shift.forget();
    });
    afterAll(() => shift?.close());

    const undone = async (id: IncidentId) => {
      const entry = (await shift.log(id)).findLast((one) => one.kind === 'undone');
      return entry?.facts.lines;
    };
    const because = async (id: IncidentId) => {
      const entry = (await shift.log(id)).findLast((one) => one.kind === 'escalated');
      return entry?.facts.because;
    };
    const asked = async (id: IncidentId) =>
      (await approvalsOf(shift.db, id))
        .filter(({ status }) => status === 'open')
        .map(({ question }) => question);
    const steps = async (id: IncidentId) =>
      (await actionsOf(shift.db, id)).filter(({ step }) => step !== null);
    const backs = async (id: IncidentId) => (await actionsOf(shift.db, id)).filter(({ undoes }) => undoes);
    const says = (id: IncidentId, wanted: Intervention) => intervene(shift.responder, id, robin, wanted);

    /** Its steps ran, each approved where it is asked for, and the metrics are as bad as before. */
    async function ran(): Promise<IncidentId> {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      await shift.work();
      const { id } = await shift.last();
      for (let n = 0; n < 4 && (await shift.incident(id)).status === 'remediating'; n += 1) await decided(id);
      expect((await shift.incident(id)).status).toBe('verifying');
      return id;
    }
    async function decided(id: IncidentId) {
      if ((await asked(id)).length > 0) await shift.says(id, approve);
      await shift.work();
      await shift.later();
    }
    async function windows(count: number) {
      const seconds = count * 45 + 1;
      await sql`update incident set mitigated_at = mitigated_at - make_interval(secs => ${seconds})`.execute(
        shift.db,
      );
      await shift.later();
    }
    async function failed(): Promise<IncidentId> {
      const id = await ran();
      await windows(4);
      return id;
    }

    test('is rolled back newest first, each as it is approved, and then a person is asked', async () => {
      const id = await failed();
      expect((await shift.incident(id)).status).toBe('undoing');
      const why =
        'This undoes "Change heap_mb on app-03 from 1024 to 2048": the metrics are not back at their baseline.';
      expect(await asked(id)).toMatchObject([
        {
          what: 'Change heap_mb on app-03 from 2048 to 1024',
          why,
          evidence: [expect.stringMatching(/12 σ/)],
        },
      ]);
      expect(outside.launched).toHaveLength(2);
      await decided(id);
      expect(await asked(id)).toMatchObject([{ what: 'Change heap_mb on app-03 from 1024 to 512' }]);
      await decided(id);
      expect(outside.launched.slice(2)).toEqual([
        'change-configuration {"server":"app-03","setting":"heap_mb","from_value":"2048","to_value":"1024"}',
        'change-configuration {"server":"app-03","setting":"heap_mb","from_value":"1024","to_value":"512"}',
      ]);
      expect((await shift.incident(id)).status).toBe('escalated');
      expect(await because(id)).toBe(
        'The runbook ran and the metrics are not back at their baseline; what it did is undone, so a person must look.',
      );
      expect((await undone(id))?.[0]).toBe(
        'Undone: "Change heap_mb on app-03 from 1024 to 2048", by "Change heap_mb on app-03 from 2048 to 1024".',
      );
      expect((await steps(id)).map(({ health }) => health)).toEqual(['same', 'same']);
    });

    test('what did what it should is left, as something else keeps the metrics off', async () => {
      const id = await ran();
      await sql`update incident_step set expected = '{}', grade = 'as-expected' where incident = ${id} and step = 1`.execute(
        shift.db,
      );
      await windows(4);
      await decided(id);
      await decided(id);
      expect((await backs(id)).map(({ question }) => question.what)).toEqual([
        'Change heap_mb on app-03 from 1024 to 512',
      ]);
      expect((await undone(id))?.[0]).toBe(
        'Not undone: "Change heap_mb on app-03 from 1024 to 2048", because it did what it should.',
      );
      expect((await shift.incident(id)).status).toBe('escalated');
    });

    test('is rolled back once, however often it is looked at, and its roll-back never', async () => {
      const id = await failed();
      await Promise.all([1, 2, 3].map(() => remediate(shift.responder, id)));
      for (let n = 0; n < 6; n += 1) {
        await decided(id);
        await remediate(shift.responder, id);
      }
      expect(await backs(id)).toHaveLength(2);
      expect(outside.launched).toHaveLength(4);
      expect((await shift.log(id)).filter(({ kind }) => kind === 'escalated')).toHaveLength(1);
      expect(await shift.waiting('later')).toContainEqual(
        expect.objectContaining({ name: 'verify', incident: id }),
      );
    });

    test('and has no inverse says so in the thread', async () => {
      shift.responder.runbooks = runbook(raise('512', '1024'), restart);
      const id = await failed();
      expect(await asked(id)).toMatchObject([{ what: 'Change heap_mb on app-03 from 1024 to 512' }]);
      await decided(id);
      expect(await undone(id)).toEqual([
        'Not undone: "Restart payments on app-03" has no inverse. None needed: the service comes back as it was configured.',
        'Undone: "Change heap_mb on app-03 from 512 to 1024", by "Change heap_mb on app-03 from 1024 to 512".',
      ]);
      expect(await because(id)).toMatch(/; only part of what it did is undone, /);
    });

    const stops: [what: string, stop: (id: IncidentId) => Promise<unknown>, line: RegExp][] = [
      ['rejected', (id) => shift.says(id, { kind: 'reject', reason: 'Leave it.' }), /is rejected\.$/],
      [
        'refused by a kill switch',
        async (id) => {
          await kill(shift.gateway, 'all', robin.id);
          await shift.says(id, approve);
        },
        /is refused\. The kill switch is thrown for all/,
      ],
    ];
    test.each(stops)(
      'stops where a roll-back is %s: what came before may rest on it',
      async (_, stop, line) => {
        const id = await failed();
        await stop(id);
        await shift.work();
        const lines = await undone(id);
        expect(lines?.[0]).toMatch(line);
        expect(lines?.[1]).toBe(
          'Not undone: "Change heap_mb on app-03 from 512 to 1024", because a later step was not undone either.',
        );
        expect(outside.launched).toHaveLength(2);
        expect(await because(id)).toMatch(/; what it did could not be undone, /);
      },
    );

    test('is left as it is when a person takes it: what was asked is withdrawn', async () => {
      const id = await failed();
      await says(id, { do: 'take' });
      await shift.work();
      await shift.later();
      expect((await backs(id)).map(({ status }) => status)).toEqual(['refused']);
      expect((await shift.incident(id)).status).toBe('taken');
      expect(await undone(id)).toBeUndefined();
    });

    test('waits while it is paused', async () => {
      const id = await ran();
      await says(id, { do: 'pause' });
      await windows(4);
      expect((await shift.incident(id)).status).toBe('verifying');
      await says(id, { do: 'resume' });
      await shift.later();
      expect((await shift.incident(id)).status).toBe('undoing');
      await says(id, { do: 'pause' });
      await decided(id);
      expect(outside.launched).toHaveLength(2);
      await says(id, { do: 'resume' });
      await shift.work();
      expect(outside.launched).toHaveLength(3);
    });

    test('but then does: when all is usual at last, what is asked still is withdrawn', async () => {
      const id = await failed();
      outside.set('memory_available', 'app-03', 0);
      await shift.later();
      await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
      await shift.later();
      expect((await shift.incident(id)).status).toBe('closed');
      expect((await backs(id)).map(({ status }) => status)).toEqual(['refused']);
      expect((await approvalsOf(shift.db, id)).at(-1)?.outcome).toBe(
        'The incident has moved on since this was proposed. Nothing was run.',
      );
    });

    test('and made it worse is not waited for', async () => {
      const id = await ran();
      outside.set('memory_available', 'app-03', 30);
      await windows(1);
      expect((await shift.incident(id)).status).toBe('undoing');
      expect((await steps(id)).map(({ health }) => health)).toEqual(['worse', 'worse']);
      expect((await asked(id))[0]?.why).toMatch(
        /: available memory of app-03 is further from usual than before/,
      );
    });

    test('is told in the post-mortem and in the audit', async () => {
      const id = await failed();
      await decided(id);
      await decided(id);
      outside.set('memory_available', 'app-03', 0);
      await shift.later();
      await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
      await shift.later();
      const told = (await shift.log(id)).findLast((one) => one.kind === 'post-mortem');
      expect(told?.facts.lines).toEqual(
        expect.arrayContaining([
          'Rolled back: Change heap_mb on app-03 from 2048 to 1024: done, approved by a person.',
          'It did not help: the metrics are not back at their baseline.',
        ]),
      );
      const kinds = (await shift.audited({ incident: id })).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'action.judged')).toHaveLength(2);
      expect(kinds).toContain('incident.unmended');
      const first = (await steps(id))[0];
      const back = (await shift.audited({ incident: id })).filter(
        ({ kind, facts }) => kind === 'action.proposed' && facts?.undoes === first?.id,
      );
      expect(back).toHaveLength(1);
    });
  });
}

describe('whether a runbook has failed', () => {
  const read = (z: number): Measured[] => [
    { metric: 'error_rate', says: 'error rate', subject: 'checkout', value: 1, usual: 1, z },
  ];
  const rows: [then: number, now: number, windows: number, usual: boolean, health: string | undefined][] = [
    [12, 12, 1, false, undefined],
    [12, 12, 4.1, false, 'same'],
    [12, 0, 4.1, true, undefined],
    [12, 17, 2, false, undefined],
    [12, 18, 2, false, 'worse'],
    [12, 18, 1, false, undefined],
    // From a level that was no signal, a signal's and half is worse.
    [0, 5, 2, false, undefined],
    [0, 6, 2, false, 'worse'],
  ];
  test.each(rows)(
    'from %d σ to %d σ after %d windows, usual: %s: %s',
    (then, now, windows, usual, health) => {
      expect(failure({ usual, metrics: read(now) }, read(then), windows)?.health).toBe(health);
    },
  );
});
