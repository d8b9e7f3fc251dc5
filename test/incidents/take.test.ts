import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/actions/read.ts';
import { approvalsOf } from '../../src/approvals/read.ts';
import type { IncidentId } from '../../src/ids.ts';
import { conclude } from '../../src/incidents/conclude.ts';
import { intervene } from '../../src/incidents/intervene.ts';
import { databases } from '../databases.ts';
import { robin, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { onShift } from './on-shift.ts';
import { openOutside } from './outside.ts';

const taken = 'It is yours: the workers change nothing more on it and keep watching.';
const over = { kind: 'not-now', because: 'This incident is over.' };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`an incident in a person's hands, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let begin: ReturnType<typeof begun>;
    onShift(open, outside, (one) => {
      shift = one;
      begin = begun(one, outside);
    });

    async function settled(id: IncidentId) {
      const [action] = await actionsOf(shift.db, id);
      const [approval] = await approvalsOf(shift.db, id);
      return [action?.status, approval?.status];
    }

    test('taken over, what was asked is withdrawn, and nothing more is done; the metrics are watched to the end', async () => {
      const { id } = await begin.deployment();
      expect(await intervene(shift.responder, id, robin, { do: 'take' })).toEqual({
        kind: 'done',
        because: taken,
      });
      await shift.work();
      expect(await settled(id)).toEqual(['refused', 'withdrawn']);
      expect(await shift.last()).toMatchObject({ status: 'taken', owner: robin.id });
      outside.set('error_rate', 'checkout', 0);
      await shift.later();
      await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
      await shift.later();
      expect((await shift.last()).status).toBe('closed');
      expect(outside.launched).toEqual([]);
      const told = (await shift.log(id)).at(-1);
      expect(told?.kind === 'post-mortem' && told.facts.lines).toEqual(
        expect.arrayContaining(['Action: Roll checkout back to 2.0: refused, not run.']),
      );
    });

    test('called off, what was asked is withdrawn, the incident is over and no longer watched', async () => {
      const { id } = await begin.deployment();
      expect(await intervene(shift.responder, id, robin, { do: 'false-alarm' })).toMatchObject({
        kind: 'done',
      });
      await shift.work();
      expect(await settled(id)).toEqual(['refused', 'withdrawn']);
      const incident = await shift.last();
      expect(incident.status).toBe('false-alarm');
      expect(incident.endedAt).not.toBeNull();
      await shift.later();
      expect((await shift.waiting('later')).map((job) => job.name).toSorted()).toEqual([
        'lapse-approval',
        'remind-approval',
      ]);
      expect((await shift.audited({ incident: id })).at(-1)).toMatchObject({ kind: 'action.ended' });
      expect(await shift.audited({ incident: id })).toContainEqual(
        expect.objectContaining({
          kind: 'incident.ended',
          by: { person: robin.id },
          facts: { status: 'false-alarm' },
        }),
      );
    });

    test('taken while it is being investigated, no step is taken', async () => {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      await shift.work('receive-signal');
      const { id } = await shift.last();
      await intervene(shift.responder, id, robin, { do: 'take' });
      await shift.work();
      expect((await shift.last()).status).toBe('taken');
      expect(await actionsOf(shift.db, id)).toEqual([]);
      expect((await shift.log(id)).map(({ kind }) => kind)).toEqual(['taken']);
    });

    test('taken while a step runs, the step is seen through and no other follows', async () => {
      outside.jobsEnd('running');
      const { id } = await begin.leak();
      await intervene(shift.responder, id, robin, { do: 'take' });
      outside.jobsEnd('successful');
      await shift.later();
      expect((await actionsOf(shift.db, id)).map(({ status }) => status)).toEqual(['done']);
      expect((await shift.last()).status).toBe('taken');
      expect((await shift.log(id)).map(({ kind }) => kind)).toEqual([
        'evidence',
        'diagnosis',
        'routed',
        'taken',
      ]);
    });

    test('after it was escalated it can be taken, and is looked at by one chain of looks', async () => {
      await begin.riddle();
      await shift.age(60);
      await shift.later();
      const { id, status } = await shift.last();
      expect(status).toBe('escalated');
      await intervene(shift.responder, id, robin, { do: 'take' });
      await shift.work();
      await shift.later();
      expect((await shift.waiting('later')).filter(({ name }) => name !== 'ask-next')).toMatchObject([
        { name: 'verify', incident: id },
      ]);
    });

    test('one that is verified is over but for its post-mortem, which is still written', async () => {
      const { id } = await begin.deployment();
      await sql`update incident set status = 'verified' where id = ${id}`.execute(shift.db);
      expect(await intervene(shift.responder, id, robin, { do: 'take' })).toEqual(over);
      await conclude(shift.responder, id);
      expect((await shift.last()).status).toBe('closed');
    });

    test('by two people at once it is one who has it', async () => {
      const { id } = await begin.deployment();
      const said = await Promise.all([1, 2].map(() => intervene(shift.responder, id, robin, { do: 'take' })));
      expect(said.map(({ kind }) => kind).toSorted()).toEqual(['done', 'not-now']);
      expect((await shift.log(id)).filter(({ kind }) => kind === 'taken')).toHaveLength(1);
    });

    test('one that is taken can still be called off; one that is over can be neither', async () => {
      const { id } = await begin.deployment();
      await intervene(shift.responder, id, robin, { do: 'take' });
      expect(await intervene(shift.responder, id, robin, { do: 'false-alarm' })).toMatchObject({
        kind: 'done',
      });
      expect(await intervene(shift.responder, id, robin, { do: 'take' })).toEqual(over);
      expect(await intervene(shift.responder, id, robin, { do: 'false-alarm' })).toEqual(over);
      expect(await intervene(shift.responder, 'inc-none' as IncidentId, robin, { do: 'take' })).toEqual(over);
    });
  });
}
