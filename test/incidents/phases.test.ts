import { describe, expect, test } from 'vitest';
import type { IncidentId } from '../../src/ids.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { investigate } from '../../src/incidents/investigate.ts';
import { remediate } from '../../src/incidents/remediate.ts';
import { databases } from '../databases.ts';
import type { Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { onShift } from './on-shift.ts';
import { openOutside } from './outside.ts';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the phases of an incident, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let begin: ReturnType<typeof begun>;
    onShift(open, outside, (one) => {
      shift = one;
      begin = begun(one, outside);
    });

    const kinds = async ({ id }: Incident) => (await shift.log(id)).map(({ kind }) => kind);

    test('a low-risk step runs alone, with the arguments that the diagnosis found', async () => {
      const { id, status, cause, runbook } = await begin.leak();
      expect({ status, cause, runbook }).toMatchObject({
        status: 'remediating',
        cause: { kind: 'memory-leak', confidence: 0.8 },
        runbook: { id: 'memory-leak', step: 0 },
      });
      expect(outside.launched).toEqual(['restart-service {"service":"payments","server":"app-03"}']);
      await shift.later();
      expect(await shift.incident(id)).toMatchObject({ status: 'verifying', runbook: { step: 1 } });
      expect((await shift.incident(id)).mitigatedAt).not.toBeNull();
    });

    test('a medium-risk step waits for a person, and runs what was asked for', async () => {
      const { id } = await begin.deployment();
      expect(outside.launched).toEqual([]);
      await shift.says(id, { kind: 'approve' });
      await shift.work();
      expect(outside.launched).toEqual(['roll-back-deployment {"service":"checkout","version":"2.0"}']);
      await shift.later();
      expect(await shift.incident(id)).toMatchObject({ status: 'verifying' });
    });

    test('investigated twice, also at once, it has one diagnosis and one action', async () => {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      const raised = (await shift.waiting('now')).map(({ name }) => name);
      expect(raised.toSorted()).toEqual(['enrich-signal', 'receive-signal']);
      await shift.work();
      const incident = await shift.last();
      await Promise.all([
        investigate(shift.responder, incident.id),
        investigate(shift.responder, incident.id),
      ]);
      await shift.work();
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis', 'routed']);
      expect(outside.launched).toHaveLength(1);
    });

    test('remediated again and again, a step is taken and told once', async () => {
      const incident = await begin.leak();
      for (const _ of [1, 2]) await remediate(shift.responder, incident.id);
      await shift.later();
      await Promise.all([1, 2].map(() => remediate(shift.responder, incident.id)));
      await shift.work();
      expect(outside.launched).toHaveLength(1);
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis', 'routed', 'step']);
    });

    test('phases called out of order, or for no incident, do nothing', async () => {
      await remediate(shift.responder, 'inc-none' as IncidentId);
      await investigate(shift.responder, 'inc-none' as IncidentId);
      outside.set('cpu_used', 'app-01', 5);
      await shift.raise('cpu_used', 'app-01');
      await shift.work('receive-signal');
      const { id } = await shift.last();
      await remediate(shift.responder, id);
      await shift.work();
      await shift.age(60);
      await shift.later();
      const incident = await shift.last();
      expect(incident.status).toBe('escalated');
      await investigate(shift.responder, incident.id);
      await remediate(shift.responder, incident.id);
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis', 'escalated']);
    });

    test('a cause that shows some cycles later is found then', async () => {
      await begin.riddle();
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      await shift.work();
      await shift.later();
      expect(await shift.last()).toMatchObject({ status: 'remediating', cause: { kind: 'memory-leak' } });
    });

    test('a log line with a NUL, or half a character where it is cut, is evidence like any other', async () => {
      outside.leak();
      outside.say(
        { app: 'payments', level: 'error', instance: 'app-03' },
        `heap \u0000 ${'😀'.repeat(99)}`,
        1,
      );
      await shift.raise('memory_available', 'app-03');
      await shift.work();
      const { id } = await shift.last();
      const [first] = await shift.log(id);
      expect(first?.kind === 'evidence' && first.facts.evidence[1]?.found).toContain('heap \uFFFD 😀');
      expect((await shift.incident(id)).status).toBe('remediating');
    });
  });
}
