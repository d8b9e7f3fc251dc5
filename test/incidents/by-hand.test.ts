// A runbook gone through by a person: the whole of it, from the middle on, or but for one step.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/actions/read.ts';
import { approvalsOf } from '../../src/approvals/read.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import { type Intervention, intervene } from '../../src/incidents/intervene.ts';
import { remediate } from '../../src/incidents/remediate.ts';
import { stepsOf } from '../../src/incidents/steps/read.ts';
import type { Runbook } from '../../src/knowledge/runbook.ts';
import { databases } from '../databases.ts';
import { manifests, openShift, robin, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { openOutside } from './outside.ts';

const dana = { id: 'p-dba' as PersonId, roles: ['database-owner'] };
const change = {
  tool: 'change-configuration',
  arguments: { server: '{server}', setting: 'heap_mb', from: '512', to: '1024' },
  expect: 'More memory.',
};
const restart = {
  tool: 'restart-service',
  arguments: { service: '{service}', server: '{server}' },
  requires: [{ metric: 'memory_available', of: '{server}', is: 'unusual' as const }],
  expect: 'It is back.',
  effect: { metric: 'memory_available', of: '{server}', becomes: 'usual' as const, withinMs: 120_000 },
};
const runbook = (more: Partial<Runbook> = {}): Runbook[] => [
  {
    ...{ id: 'memory-leak', version: 9, title: 'Give it more memory', mends: 'memory-leak' },
    steps: [change, restart],
    ...more,
  },
];
const approve = { kind: 'approve' } as const;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a runbook by hand, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
    });
    beforeEach(async () => {
      outside.reset();
      shift.responder.runbooks = runbook();
      await shift.forget();
    });
    afterAll(() => shift?.close());

    /** A leak, whose first step is asked for. */
    const leaks = async () => (await begun(shift, outside).leak()).id;
    const says = async (id: IncidentId, wanted: Intervention, person = robin) => {
      const heeded = await intervene(shift.responder, id, person, wanted);
      await shift.work();
      return heeded;
    };
    const take = { do: 'by-hand', words: '' } as const;
    const did = (words = ''): Intervention => ({ do: 'done-by-me', words });
    const actions = async (id: IncidentId) =>
      (await actionsOf(shift.db, id)).map(({ question, status }) => [question.what, status]);
    const rows = async (id: IncidentId) =>
      (await stepsOf(shift.db, id)).map(({ step, state, person }) => [step, state, person]);
    const kinds = async (id: IncidentId) => (await shift.log(id)).map(({ kind }) => kind);
    const because = async (id: IncidentId, wanted: Intervention) => (await says(id, wanted)).because;
    const mends = async (id: IncidentId) => {
      outside.set('memory_available', 'app-03', 0);
      await shift.later();
      await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
      await shift.later();
      expect((await shift.incident(id)).status).toBe('closed');
      return (await shift.log(id)).flatMap((one) => (one.kind === 'post-mortem' ? one.facts.lines : []));
    };

    test('from the first step to the last: nothing is run, what it did is on the record, the metrics verify it', async () => {
      const id = await leaks();
      expect(await says(id, take)).toEqual({
        kind: 'done',
        because: 'Give it more memory: from step 1 on it is yours. The thread has the checklist.',
      });
      expect(await actions(id)).toEqual([['Change heap_mb on app-03 from 512 to 1024', 'refused']]);
      expect((await approvalsOf(shift.db, id)).map(({ status }) => status)).toEqual(['withdrawn']);
      expect(await shift.incident(id)).toMatchObject({
        status: 'remediating',
        runbook: { step: 0, by: robin.id },
      });
      expect(await because(id, did('set it in the console'))).toBe(
        'Noted: step 1 is done. The metrics are read again.',
      );
      const [, second] = await stepsOf(shift.db, id);
      expect((await stepsOf(shift.db, id)).at(-1)).toMatchObject({
        ...{ step: 1, state: 'due', what: 'Restart payments on app-03' },
        checks: [{ says: 'available memory of app-03 is unusual, as it must be.', met: true }],
      });
      expect(second).toMatchObject({ step: 0, words: 'set it in the console' });
      await says(id, did());
      expect(await shift.incident(id)).toMatchObject({ status: 'verifying' });
      expect(outside.launched).toEqual([]);
      const lines = await mends(id);
      expect(lines).toEqual(
        expect.arrayContaining([
          'By hand by p-oncall: Change heap_mb on app-03 from 512 to 1024.',
          'By hand by p-oncall: Restart payments on app-03.',
          expect.stringMatching(/^Expected of "Restart payments on app-03": .+; seen: yes, after \d+ s\.$/),
        ]),
      );
      expect(await shift.audited({ incident: id })).toContainEqual(
        expect.objectContaining({
          kind: 'step.by-hand',
          by: { person: robin.id },
          facts: { step: 0, tool: 'change-configuration', what: expect.any(String), unmet: [] },
        }),
      );
      expect(await kinds(id)).toEqual(
        expect.arrayContaining(['checklist', 'by-hand', 'step', 'verified', 'post-mortem']),
      );
      const { rows: used } = await sql<{ used: number }>`select used from action_allowance`.execute(shift.db);
      expect(used).toEqual([{ used: 0 }]);
    });

    test('taken over in the middle, not while a step runs: what came of it is seen through, and handed back there', async () => {
      const effect = { ...restart.effect, becomes: 'nearer' as const };
      shift.responder.runbooks = runbook({ steps: [{ ...change, effect }, restart] });
      outside.jobsEnd('running');
      const id = await leaks();
      await shift.says(id, approve);
      await shift.work();
      expect(await because(id, take)).toMatch(/^"Change heap_mb .+" is running: wait until it has ended/);
      outside.jobsEnd('successful');
      await shift.later();
      expect(await says(id, take)).toMatchObject({ kind: 'done' });
      expect(await because(id, did())).toBe('This step is done: what came of it is being looked at.');
      outside.set('memory_available', 'app-03', 5);
      await shift.later();
      expect(await stepsOf(shift.db, id)).toMatchObject([
        { step: 0, state: 'done', person: null, grade: 'as-expected' },
        { step: 1, state: 'due' },
      ]);
      expect(outside.launched).toHaveLength(1);
      await says(id, { do: 'give-rest' });
      expect(outside.launched).toHaveLength(2);
    });

    test('one step is given to a worker, as an action like any, and the rest stays by hand', async () => {
      const id = await leaks();
      await says(id, take);
      expect(await because(id, { do: 'let-worker' })).toMatch(/^A worker does step 1, under the rules/);
      expect(await because(id, did())).toMatch(/^A worker has this step now/);
      await shift.says(id, approve);
      await shift.work();
      await shift.later();
      expect(outside.launched).toHaveLength(1);
      expect(await shift.incident(id)).toMatchObject({
        status: 'remediating',
        runbook: { step: 1, by: robin.id },
      });
      expect(await rows(id)).toContainEqual([1, 'due', null]);
      await shift.later();
      expect(outside.launched).toHaveLength(1);
      await says(id, did());
      expect(await shift.incident(id)).toMatchObject({ status: 'verifying' });
      expect(await rows(id)).toContainEqual([1, 'done', robin.id]);
    });

    test('the rest is handed back: a worker goes on from there', async () => {
      const id = await leaks();
      await says(id, take);
      await says(id, did());
      expect(await because(id, { do: 'hand-back' })).toMatch(/^Handed back: a worker goes on from step 2/);
      await shift.later();
      expect(outside.launched).toEqual(['restart-service {"service":"payments","server":"app-03"}']);
      expect(await shift.incident(id)).toMatchObject({ status: 'verifying' });
    });

    test('a step given to a worker is taken back: what was asked is withdrawn, and is done once', async () => {
      const id = await leaks();
      await says(id, take);
      await says(id, { do: 'let-worker' });
      await says(id, take);
      expect((await actions(id)).map(([, status]) => status)).toEqual(['refused', 'refused']);
      await says(id, did());
      expect(outside.launched).toEqual([]);
      expect(await shift.incident(id)).toMatchObject({ runbook: { step: 1 } });
    });

    test('an old card, a second click and a step that is being looked at do nothing', async () => {
      const id = await leaks();
      const before = { attempt: (await shift.incident(id)).attempt, step: 0 };
      await says(id, take);
      const at = { attempt: (await shift.incident(id)).attempt, step: 0 };
      const old = /^That step is settled already/;
      expect(await because(id, { do: 'done-by-me', at: before, words: '' })).toMatch(old);
      const clicks = await Promise.all(
        [1, 2, 3].map(() => intervene(shift.responder, id, robin, { do: 'done-by-me', at, words: '' })),
      );
      expect(clicks.map(({ kind }) => kind).toSorted()).toEqual(['done', 'not-now', 'not-now']);
      await shift.work();
      expect(await because(id, { do: 'skip-step', at })).toMatch(old);
      expect((await kinds(id)).filter((kind) => kind === 'by-hand')).toHaveLength(1);
    });

    test('a worker and a person never both do it, whoever comes first', async () => {
      const id = await leaks();
      await says(id, take);
      await says(id, did());
      // The rest goes to a worker, who may run this one alone, while the person takes it again.
      await intervene(shift.responder, id, robin, { do: 'give-rest' });
      const [, , taken] = await Promise.all([
        remediate(shift.responder, id),
        remediate(shift.responder, id),
        intervene(shift.responder, id, robin, take),
      ]);
      await shift.work();
      const mine = taken.kind === 'done' && (await says(id, did())).kind === 'done';
      await shift.work();
      expect(outside.launched.length + (mine ? 1 : 0)).toBe(1);
    });

    test('a step is skipped, and what it requires and has not is said and recorded', async () => {
      const id = await leaks();
      await says(id, take);
      outside.set('memory_available', 'app-03', 0);
      await says(id, { do: 'skip-step' });
      expect((await stepsOf(shift.db, id)).at(-1)).toMatchObject({
        checks: [
          {
            says: 'The step wants available memory of app-03 to be unusual, and it is usual.',
            met: false,
          },
        ],
      });
      await says(id, did());
      const deed = (await shift.audited({ incident: id })).find(({ kind }) => kind === 'step.by-hand');
      expect(deed?.facts).toMatchObject({ step: 1, unmet: [expect.stringContaining('it is usual')] });
    });

    test('what a person did and did not help is not undone by a worker', async () => {
      shift.responder.runbooks = runbook({ rollback: 'Set heap_mb of {server} back to 512.' });
      const id = await leaks();
      await says(id, take);
      await says(id, did());
      await says(id, did());
      await sql`update incident set mitigated_at = mitigated_at - interval '5 minutes'`.execute(shift.db);
      await shift.later();
      await shift.later();
      expect((await shift.incident(id)).status).toBe('escalated');
      const told = (await shift.log(id)).findLast((one) => one.kind === 'undone');
      expect(told?.facts.lines).toEqual([
        'Not undone: "Change heap_mb on app-03 from 512 to 1024", which a person did by hand.',
        'Not undone: "Restart payments on app-03", which a person did by hand.',
        'By hand: Set heap_mb of app-03 back to 512.',
      ]);
    });

    test('who may is as the runbook says: roles or people, else whoever may step in', async () => {
      const id = await leaks();
      expect(await says(id, take, dana)).toEqual({
        kind: 'not-yours',
        because: 'Only on-call or governor may step in here: ask one of them. Nothing was changed.',
      });
      shift.responder.runbooks = runbook({ who: ['database-owner', 'p-manager'] });
      expect(await says(id, take)).toMatchObject({ kind: 'not-yours' });
      expect(await says(id, take, dana)).toMatchObject({ kind: 'done' });
      expect(await says(id, did(), { id: 'p-manager' as PersonId, roles: [] })).toMatchObject({
        kind: 'done',
      });
      expect(await rows(id)).toContainEqual([0, 'done', 'p-manager']);
    });

    describe('another runbook', () => {
      beforeEach(() => {
        shift.responder.runbooks = [
          ...runbook(),
          ...manifests.runbooks.filter(({ id }) => id === 'full-disk'),
        ];
      });
      const rows: [words: string, kind: string, because: RegExp][] = [
        ['full-disk on app-03', 'done', /^Free a disk that logs have filled: from step 1 on it is yours/],
        ['full-dsk', 'not-now', /^There is no runbook "full-dsk": wanted one of memory-leak, full-disk/],
        ['full-disk on app-99', 'not-now', /^There is no server or service "app-99": did you mean app-0/],
      ];
      test.each(rows)('"checklist %s": %s', async (words, kind, said) => {
        const id = await leaks();
        const heeded = await says(id, { do: 'by-hand', words });
        expect(heeded).toMatchObject({ kind, because: expect.stringMatching(said) });
      });

      test('is picked where nobody found a cause, and its steps given to a worker are asked for, not of who picked it', async () => {
        outside.set('cpu_used', 'app-01', 5);
        await shift.raise('cpu_used', 'app-01');
        await shift.work();
        await shift.age(60);
        await shift.later();
        const { id } = await shift.last();
        expect(await shift.incident(id)).toMatchObject({ status: 'escalated', runbook: null });
        expect(await because(id, take)).toMatch(/^No step is next here\. Name a runbook/);
        await says(id, { do: 'by-hand', words: 'full-disk on app-01' });
        await says(id, { do: 'let-worker' });
        expect(await shift.says(id, approve)).toMatchObject({ kind: 'not-yours' });
        const [action] = await actionsOf(shift.db, id);
        expect(action).toMatchObject({ status: 'waiting', requestedBy: robin.id, confidence: 0 });
      });
    });

    test('whoever has taken the incident goes on by hand', async () => {
      const id = await leaks();
      await says(id, { do: 'take' });
      expect(await says(id, take)).toMatchObject({ kind: 'done' });
      await says(id, did());
      await says(id, did());
      expect(outside.launched).toEqual([]);
      expect((await shift.incident(id)).status).toBe('verifying');
    });
  });
}
