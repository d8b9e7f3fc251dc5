import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/actions/read.ts';
import { approvalsOf } from '../../src/approvals/read.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import { type Intervention, intervene } from '../../src/incidents/intervene.ts';
import { databases } from '../databases.ts';
import { robin, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { onShift } from './on-shift.ts';
import { openOutside } from './outside.ts';

const manager = { id: 'p-manager' as PersonId, roles: ['manager'] };
const approve = { kind: 'approve' } as const;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a person steps in, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let begin: ReturnType<typeof begun>;
    onShift(open, outside, (one) => {
      shift = one;
      begin = begun(one, outside);
    });

    const says = async (id: IncidentId, wanted: Intervention, person = robin) => {
      const heeded = await intervene(shift.responder, id, person, wanted);
      await shift.work();
      return heeded;
    };
    const actions = async (id: IncidentId) =>
      (await actionsOf(shift.db, id)).map(({ question, status }) => [question.what, status]);
    const kinds = async (id: IncidentId) => (await shift.log(id)).map(({ kind }) => kind);
    const asked = async (id: IncidentId) =>
      (await approvalsOf(shift.db, id)).filter(({ status }) => status === 'open').length;
    /** A bad deployment of checkout, and payments leaking on app-03 beside it: the roll-back is asked for. */
    async function two(): Promise<IncidentId> {
      outside.leak();
      return (await begin.deployment()).id;
    }

    const all: Intervention[] = [
      { do: 'take' },
      { do: 'hand-back' },
      { do: 'false-alarm' },
      { do: 'pause' },
      { do: 'resume' },
      { do: 'skip' },
      { do: 'choose', words: '2' },
      { do: 'redirect', words: 'look at app-03' },
      { do: 'escalate', words: '' },
      { do: 'severity', severity: 1 },
      { do: 'resolved' },
      { do: 'reopen', words: '' },
      { do: 'merge', words: 'inc-1' },
      { do: 'split', words: 'app-03' },
    ];
    test.each(all)(
      'who may not answer may not $do either: a sentence, an audit entry, nothing else',
      async (wanted) => {
        const id = await two();
        const before = await shift.incident(id);
        expect(await says(id, wanted, manager)).toEqual({
          kind: 'not-yours',
          because: 'Only on-call or governor may step in here: ask one of them. Nothing was changed.',
        });
        expect(await shift.incident(id)).toEqual(before);
        expect((await shift.audited({ incident: id })).at(-1)).toMatchObject({
          kind: 'door.refused',
          by: { person: manager.id },
          facts: { intent: wanted.do },
        });
      },
    );

    describe('paused', () => {
      test('an approved step runs only after it is resumed, once', async () => {
        const { id } = await begin.deployment();
        expect(await says(id, { do: 'pause' })).toMatchObject({ kind: 'done' });
        expect(await asked(id)).toBe(1);
        await shift.says(id, approve);
        await shift.work();
        expect(outside.launched).toEqual([]);
        expect(await shift.incident(id)).toMatchObject({ status: 'remediating', pausedBy: robin.id });
        expect(await says(id, { do: 'pause' })).toMatchObject({ because: 'It is paused already.' });
        expect(await says(id, { do: 'resume' })).toMatchObject({ kind: 'done' });
        expect(await says(id, { do: 'resume' })).toMatchObject({ because: 'It is not paused.' });
        expect(outside.launched).toHaveLength(1);
        expect(await kinds(id)).toEqual(['evidence', 'diagnosis', 'routed', 'paused', 'resumed']);
      });

      test('while it is investigated, evidence is gathered and no step is proposed until it is resumed', async () => {
        outside.leak();
        await shift.raise('memory_available', 'app-03');
        await shift.work('receive-signal');
        const { id } = await shift.last();
        await says(id, { do: 'pause' });
        expect(await kinds(id)).toEqual(['paused', 'evidence', 'diagnosis', 'routed']);
        expect(await actions(id)).toEqual([]);
        await says(id, { do: 'resume' });
        expect(outside.launched).toHaveLength(1);
      });

      test('what runs is seen through, and the metrics are watched to the end', async () => {
        outside.jobsEnd('running');
        const { id } = await begin.leak();
        await says(id, { do: 'pause' });
        outside.jobsEnd('successful');
        outside.set('memory_available', 'app-03', 0);
        await shift.later();
        expect((await shift.incident(id)).status).toBe('verifying');
        await shift.later();
        await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
        await shift.later();
        expect(await shift.incident(id)).toMatchObject({ status: 'closed', pausedBy: null });
      });

      test('racing with an approval, it ran before or waits after', async () => {
        const { id } = await begin.deployment();
        await shift.says(id, approve);
        await Promise.all([intervene(shift.responder, id, robin, { do: 'pause' }), shift.work()]);
        const [[, status] = []] = await actions(id);
        expect(outside.launched).toHaveLength(status === 'waiting' ? 0 : 1);
        await says(id, { do: 'resume' });
        expect(outside.launched).toHaveLength(1);
      });

      test('where nothing begins there is nothing to pause', async () => {
        await begin.riddle();
        await shift.age(60);
        await shift.later();
        const { id } = await shift.last();
        expect(await says(id, { do: 'pause' })).toMatchObject({ kind: 'not-now' });
      });
    });

    describe('overridden', () => {
      test('a step is skipped: what was asked is withdrawn, and the metrics are watched as after the last', async () => {
        const { id } = await begin.deployment();
        expect(await says(id, { do: 'skip' })).toEqual({
          kind: 'done',
          because: 'Step 1 is skipped: Roll checkout back to 2.0.',
        });
        expect(await actions(id)).toEqual([['Roll checkout back to 2.0', 'refused']]);
        expect(await asked(id)).toBe(0);
        expect((await shift.incident(id)).status).toBe('verifying');
        expect(await says(id, { do: 'skip' })).toMatchObject({ kind: 'not-now' });
        expect(await shift.audited({ incident: id })).toContainEqual(
          expect.objectContaining({
            kind: 'incident.overridden',
            by: { person: robin.id },
            facts: expect.objectContaining({ how: 'skip', step: 0 }),
          }),
        );
      });

      test('a step that runs is not skipped', async () => {
        outside.jobsEnd('running');
        const { id } = await begin.leak();
        expect(await says(id, { do: 'skip' })).toMatchObject({
          because: '"Restart payments on app-03" is running: wait until it has ended, or stop all workers.',
        });
      });

      test.each(['2', 'memory leak', 'app-03'])(
        'another cause is chosen by "%s", and its runbook is followed from its first step',
        async (words) => {
          const id = await two();
          expect((await shift.incident(id)).cause?.kind).toBe('bad-deployment');
          expect(await says(id, { do: 'choose', words })).toMatchObject({ kind: 'done' });
          expect((await shift.incident(id)).cause?.kind).toBe('memory-leak');
          expect(await actions(id)).toEqual([
            ['Roll checkout back to 2.0', 'refused'],
            ['Restart payments on app-03', expect.stringMatching(/running|waiting|done/)],
          ]);
        },
      );

      test('a cause that was not found is none, and the list is told', async () => {
        const id = await two();
        for (const words of ['7', 'database', 'gremlins'])
          expect((await says(id, { do: 'choose', words })).because).toMatch(
            /^None of the causes found is that: 1\. checkout 2\.1.*; 2\. payments on app-03/,
          );
        expect(await says(id, { do: 'choose', words: '1' })).toMatchObject({ kind: 'not-now' });
        expect(await asked(id)).toBe(1);
      });
    });

    describe('redirected', () => {
      test('it looks into the named server alone, withdraws what waits, and says whose word it was', async () => {
        const id = await two();
        expect(await says(id, { do: 'redirect', words: 'not checkout, look at app-03' })).toEqual({
          kind: 'done',
          because: 'I look at app-03, not at checkout. What waited is withdrawn.',
        });
        expect(await shift.incident(id)).toMatchObject({
          cause: { kind: 'memory-leak', known: { server: 'app-03' } },
          direction: { to: 'app-03', not: ['checkout'] },
          attempt: 1,
        });
        expect((await actions(id)).map(([what]) => what)).toEqual([
          'Roll checkout back to 2.0',
          'Restart payments on app-03',
        ]);
        expect((await actions(id))[0]?.[1]).toBe('refused');
        expect(await kinds(id)).toEqual([
          ...['evidence', 'diagnosis', 'routed', 'redirected'],
          ...['evidence', 'diagnosis', 'routed'],
        ]);
        expect((await shift.log(id))[3]).toMatchObject({ facts: { person: robin.id } });
        expect(await shift.audited({ incident: id })).toContainEqual(
          expect.objectContaining({ kind: 'incident.redirected', by: { person: robin.id } }),
        );
      });

      test('where nothing fits it changes nothing, and asks', async () => {
        const id = await two();
        await says(id, { do: 'redirect', words: 'db-02' });
        await shift.age(60);
        await shift.later();
        expect((await shift.log(id)).at(-1)).toMatchObject({
          kind: 'escalated',
          facts: { because: 'No known cause fits at db-02, so a person must look.' },
        });
        expect(outside.launched).toEqual([]);
        expect(await asked(id)).toBe(0);
      });

      test('"not that server" is the one it acted on', async () => {
        outside.jobsEnd('failed');
        const { id } = await begin.leak();
        await shift.later();
        await says(id, { do: 'redirect', words: 'not that server, look at db-02' });
        expect((await shift.incident(id)).direction).toEqual({ to: 'db-02', not: ['app-03'] });
      });

      const unclear: [words: string, because: RegExp][] = [
        ['look at db-2', /^There is no server or service called "db-2": did you mean db-0[12], db-0[12], /],
        ['not web-99, look at db-02', /^There is no server or service called "web-99"/],
        ['', /^Say where to look/],
        ['look at the', /^Say where to look/],
        ["db-01'; drop table incident", /^There is no server or service called "db-01' drop table incident"/],
        [`look at ${'x'.repeat(500)}`, /called "x{40}"/],
      ];
      test.each(unclear)('to %j, nothing is changed', async (words, because) => {
        const id = await two();
        expect((await says(id, { do: 'redirect', words })).because).toMatch(because);
        expect(await kinds(id)).toEqual(['evidence', 'diagnosis', 'routed']);
        expect(await asked(id)).toBe(1);
      });

      test('is not taken from the person who has it', async () => {
        const id = await two();
        await says(id, { do: 'take' });
        expect(await says(id, { do: 'redirect', words: 'app-03' })).toMatchObject({
          because: 'A person has it: it must be handed back first.',
        });
      });
    });

    test('handed back, its runbook is followed again from its first step, as new actions', async () => {
      const { id } = await begin.deployment();
      await says(id, { do: 'take' });
      await says(id, { do: 'hand-back' });
      expect((await actions(id)).map(([, status]) => status)).toEqual(['refused', 'waiting']);
      await shift.says(id, approve);
      await shift.work();
      await shift.later();
      expect((await shift.incident(id)).status).toBe('verifying');
      expect(outside.launched).toHaveLength(1);
    });
  });
}
