import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/incidents/incident.ts';
import { remediate } from '../../src/incidents/remediate.ts';
import type { Runbook } from '../../src/knowledge/runbook.ts';
import { databases } from '../databases.ts';
import type { Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { onShift } from './on-shift.ts';
import { openOutside } from './outside.ts';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`an incident is handed to a person, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let begin: ReturnType<typeof begun>;
    onShift(open, outside, (one) => {
      shift = one;
      begin = begun(one, outside);
    });

    const because = async ({ id }: Incident) =>
      (await shift.log(id)).flatMap((one) => (one.kind === 'escalated' ? [one.facts.because] : []));

    test('when no known cause fits', async () => {
      expect((await begin.riddle()).status).toBe('investigating');
      await shift.age(60);
      await shift.later();
      const incident = await shift.last();
      expect(await because(incident)).toEqual(['No known cause fits what was found, so a person must look.']);
      expect(incident).toMatchObject({ status: 'escalated', cause: null });
      expect(await shift.audited({ incident: incident.id })).toContainEqual(
        expect.objectContaining({ kind: 'incident.escalated' }),
      );
      expect(await shift.waiting('later')).toMatchObject([
        { name: 'ask-next', incident: incident.id },
        { name: 'verify', incident: incident.id },
      ]);
    });

    test('when the cause has no runbook; the cause is told all the same', async () => {
      const { runbooks } = shift.responder;
      shift.responder.runbooks = [];
      const incident = await begin.leak();
      shift.responder.runbooks = runbooks;
      expect(await because(incident)).toEqual([
        'There is no runbook for memory-leak, so a person must mend it.',
      ]);
      expect(incident.cause).toMatchObject({ kind: 'memory-leak' });
    });

    test('when there is no tool for its step', async () => {
      const { tools } = shift.gateway;
      shift.gateway.tools = [];
      const incident = await begin.leak();
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
      const incident = await begin.leak();
      shift.responder.runbooks = runbooks;
      expect(await because(incident)).toEqual([
        expect.stringMatching(/^The runbook's arguments do not fit restart-service, .*service: /),
      ]);
    });

    test('when the runbook was changed under it', async () => {
      const incident = await begin.deployment();
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
      const incident = await begin.leak();
      outside.jobsEnd('failed');
      await shift.later();
      expect(await because(incident)).toEqual([
        '"Restart payments on app-03" failed, and a failed step is not improvised around.',
      ]);
      expect(outside.launched).toHaveLength(1);
    });

    test('when its step was rejected', async () => {
      const incident = await begin.deployment();
      await shift.says(incident.id, { kind: 'reject', reason: 'Not on a Friday.' });
      await shift.work();
      expect(await because(incident)).toEqual([
        '"Roll checkout back to 2.0" was rejected, so a person must decide how to go on.',
      ]);
      expect(outside.launched).toEqual([]);
    });

    test('when nobody decided in time', async () => {
      const incident = await begin.deployment();
      // Neither those who were asked nor the next contacts.
      for (const round of [1, 2]) {
        expect(await because(incident), `round ${round}`).toEqual([]);
        await sql`update approval set expires_at = clock_timestamp()`.execute(shift.db);
        const [lapse] = (await shift.waiting('later')).filter((job) => job.name === 'lapse-approval');
        await sql`update pgboss.job set start_after = created_on where id = ${lapse?.id}`.execute(shift.db);
        await shift.work();
      }
      expect(await because(incident)).toEqual([
        'Nobody decided on "Roll checkout back to 2.0" in time, so a person must decide how to go on.',
      ]);
      expect(outside.launched).toEqual([]);
    });

    test('when the gateway refuses the step', async () => {
      shift.gateway.signedFor = 'nobody';
      const incident = await begin.leak();
      shift.gateway.signedFor = 'trial';
      expect(await because(incident)).toEqual([
        '"Restart payments on app-03" is not allowed: There is no signed operating charter: have it signed off before workers may change anything.',
      ]);
    });

    test('when it is not known whether its step ran', async () => {
      const incident = await begin.deployment();
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
}
