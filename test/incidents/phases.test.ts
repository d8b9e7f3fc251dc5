import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentId } from '../../src/ids.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { investigate } from '../../src/incidents/investigate.ts';
import { remediate } from '../../src/incidents/remediate.ts';
import type { Runbook } from '../../src/knowledge/runbook.ts';
import { databases } from '../databases.ts';
import { openShift, type Shift } from '../shift.ts';
import { openOutside } from './outside.ts';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the phases of an incident, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
    });
    beforeEach(async () => {
      outside.reset();
      await shift.forget();
    });
    afterAll(() => shift?.close());

    /** A leak, worked on until nothing is due: AWX runs the restart. */
    async function leaking(): Promise<Incident> {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      await shift.work();
      return shift.last();
    }
    /** A bad deployment, worked on until the roll-back is asked for. */
    async function asking(): Promise<Incident> {
      outside.deployBadly();
      await shift.raise('error_rate', 'checkout');
      await shift.work();
      return shift.last();
    }
    const kinds = async ({ id }: Incident) => (await shift.log(id)).map(({ kind }) => kind);
    const because = async ({ id }: Incident) =>
      (await shift.log(id)).flatMap((one) => (one.kind === 'escalated' ? [one.facts.because] : []));

    test('a low-risk step runs alone, with the arguments that the diagnosis found', async () => {
      const { id, status, cause, runbook } = await leaking();
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
      const { id } = await asking();
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
      const [received] = await shift.waiting('now');
      if (received?.name !== 'receive-signal') throw new Error('Nothing was raised.');
      await shift.work();
      const incident = await shift.last();
      await Promise.all([
        investigate(shift.responder, incident.id),
        investigate(shift.responder, incident.id),
      ]);
      await shift.work();
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis']);
      expect(outside.launched).toHaveLength(1);
    });

    test('remediated again and again, a step is taken and told once', async () => {
      const incident = await leaking();
      for (const _ of [1, 2]) await remediate(shift.responder, incident.id);
      await shift.later();
      await Promise.all([1, 2].map(() => remediate(shift.responder, incident.id)));
      await shift.work();
      expect(outside.launched).toHaveLength(1);
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis', 'step']);
    });

    /** What is due later is done a minute on. */
    const aMinuteOn = async () => {
      const { now } = shift.responder;
      shift.responder.now = () => new Date(now().getTime() + 60_000);
      await shift.later();
      shift.responder.now = now;
    };

    test('phases called out of order, or for no incident, do nothing', async () => {
      await remediate(shift.responder, 'inc-none' as IncidentId);
      await investigate(shift.responder, 'inc-none' as IncidentId);
      outside.set('cpu_used', 'app-01', 5);
      await shift.raise('cpu_used', 'app-01');
      await shift.work('receive-signal');
      const { id } = await shift.last();
      await remediate(shift.responder, id);
      await shift.work();
      await aMinuteOn();
      const incident = await shift.last();
      expect(incident.status).toBe('escalated');
      await investigate(shift.responder, incident.id);
      await remediate(shift.responder, incident.id);
      expect(await kinds(incident)).toEqual(['evidence', 'diagnosis', 'escalated']);
    });

    describe('an incident is handed to a person', () => {
      test('when no known cause fits', async () => {
        outside.set('cpu_used', 'app-01', 5);
        await shift.raise('cpu_used', 'app-01');
        await shift.work();
        expect((await shift.last()).status, 'evidence may still come').toBe('investigating');
        await aMinuteOn();
        const incident = await shift.last();
        expect(await because(incident)).toEqual([
          'No known cause fits what was found, so a person must look.',
        ]);
        expect(incident).toMatchObject({ status: 'escalated', cause: null });
        expect(await shift.audited({ incident: incident.id })).toContainEqual(
          expect.objectContaining({ kind: 'incident.escalated' }),
        );
        expect(await shift.waiting('later')).toMatchObject([{ name: 'verify', incident: incident.id }]);
      });

      test('when the cause has no runbook; the cause is told all the same', async () => {
        const { runbooks } = shift.responder;
        shift.responder.runbooks = [];
        const incident = await leaking();
        shift.responder.runbooks = runbooks;
        expect(await because(incident)).toEqual([
          'There is no runbook for memory-leak, so a person must mend it.',
        ]);
        expect(incident.cause).toMatchObject({ kind: 'memory-leak' });
      });

      test('when there is no tool for its step', async () => {
        const { tools } = shift.gateway;
        shift.gateway.tools = [];
        const incident = await leaking();
        shift.gateway.tools = tools;
        expect(await because(incident)).toEqual([
          'The runbook wants restart-service, which this site has no tool for, so a person must do it.',
        ]);
      });

      test("when the tool does not take the runbook's arguments", async () => {
        const { runbooks } = shift.responder;
        const wrong = (one: Runbook): Runbook => ({
          ...one,
          steps: one.steps.map((step) => ({ ...step, arguments: { host: '{server}' } })),
        });
        shift.responder.runbooks = runbooks.map(wrong);
        const incident = await leaking();
        shift.responder.runbooks = runbooks;
        expect(await because(incident)).toEqual([
          expect.stringMatching(/^The runbook's arguments do not fit restart-service, .*service: /),
        ]);
      });

      test('when the runbook was changed under it', async () => {
        const incident = await asking();
        await sql`delete from action`.execute(shift.db);
        await sql`update incident set runbook = '{"id":"bad-deployment","version":9,"step":0}'`.execute(
          shift.db,
        );
        await remediate(shift.responder, incident.id);
        expect(await because(incident)).toEqual([
          'Step 1 of the runbook bad-deployment cannot be taken as it is now.',
        ]);
      });

      test('when its step failed', async () => {
        const incident = await leaking();
        outside.jobsEnd('failed');
        await shift.later();
        expect(await because(incident)).toEqual([
          '"Restart payments on app-03" failed, and a failed step is not improvised around.',
        ]);
        expect(outside.launched).toHaveLength(1);
      });

      test('when its step was rejected', async () => {
        const incident = await asking();
        await shift.says(incident.id, { kind: 'reject', reason: 'Not on a Friday.' });
        await shift.work();
        expect(await because(incident)).toEqual([
          '"Roll checkout back to 2.0" was rejected, so a person must decide how to go on.',
        ]);
        expect(outside.launched).toEqual([]);
      });

      test('when nobody decided in time', async () => {
        const incident = await asking();
        await sql`update approval set expires_at = clock_timestamp()`.execute(shift.db);
        const [lapse] = (await shift.waiting('later')).filter((job) => job.name === 'lapse-approval');
        await sql`update pgboss.job set start_after = created_on where id = ${lapse?.id}`.execute(shift.db);
        await shift.work();
        expect(await because(incident)).toEqual([
          'Nobody decided on "Roll checkout back to 2.0" in time, so a person must decide how to go on.',
        ]);
        expect(outside.launched).toEqual([]);
      });

      test('when the gateway refuses the step', async () => {
        shift.gateway.signedFor = 'nobody';
        const incident = await leaking();
        shift.gateway.signedFor = 'trial';
        expect(await because(incident)).toEqual([
          '"Restart payments on app-03" is not allowed: There is no signed operating charter: have it signed off before workers may change anything.',
        ]);
      });

      test('when it is not known whether its step ran', async () => {
        const incident = await asking();
        await sql`update action set status = 'running', started_at = clock_timestamp() where incident = ${incident.id}`.execute(
          shift.db,
        );
        await sql`update approval set status = 'approved'`.execute(shift.db);
        const { rows } = await sql<{ id: string }>`select id from action`.execute(shift.db);
        expect(rows).toHaveLength(1);
        await shift.advance(rows[0]?.id ?? '');
        await shift.work();
        expect(await because(incident)).toEqual([expect.stringMatching(/^It is not known whether this ran/)]);
        expect(outside.launched).toEqual([]);
      });
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
