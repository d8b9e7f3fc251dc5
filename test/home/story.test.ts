// The fleet as the record tells it while workers are at work: two incidents at once, what gets in the way, what is wrong.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { closeBreaker, halfOpenBreaker, openBreakers } from '../../src/actions/breaker.ts';
import { kill } from '../../src/actions/kill.ts';
import { propose } from '../../src/actions/propose.ts';
import { openBreaker } from '../../src/actions/stops.ts';
import { type Fleet, fleetOf } from '../../src/home/fleet.ts';
import { fleetRows, yoursOf } from '../../src/home/read.ts';
import type { PersonId, WorkerId } from '../../src/ids.ts';
import { declare } from '../../src/incidents/declare.ts';
import { cycle } from '../../src/monitoring/cycle.ts';
import { databases } from '../databases.ts';
import { onShift } from '../incidents/on-shift.ts';
import { openOutside } from '../incidents/outside.ts';
import { manifests, robin, type Shift } from '../shift.ts';

const [iris, nora, rex] = ['iris', 'nora', 'rex'] as WorkerId[] as [WorkerId, WorkerId, WorkerId];

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the fleet, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    onShift(open, outside, (one) => {
      shift = one;
    });

    const rows = () =>
      fleetRows(shift.db, {
        now: new Date(),
        charters: manifests.charters,
        modeOf: () => 'act',
        policy: manifests.policy,
        inventory: shift.responder.inventory,
        stepsOf: () => 1,
        cycleMs: 5_000,
        place: undefined,
      });
    const fleet = async (): Promise<Fleet> => fleetOf(await rows());
    const memberOf = ({ members }: Fleet, worker: WorkerId) => members.find((one) => one.worker === worker);
    const asks = (tool: string, given: object, incident: string | null = null) =>
      propose(shift.gateway, {
        ...{ worker: rex, incident: incident as never, step: null, tool, arguments: given },
        ...{ requestedBy: robin.id, confidence: 1, why: 'asked', evidence: [], expected: 'done' },
      });

    test('two incidents at once, and a deed that a person asked for on the same server', async () => {
      await cycle(shift.watching, new Date());
      outside.deployBadly();
      await shift.raise('error_rate', 'checkout');
      await shift.work();
      outside.jobsEnd('running');
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      await shift.work();
      const seen = await fleet();
      expect(memberOf(seen, rex)).toMatchObject({ state: 'working', queue: { approvals: 1 } });
      const doing = JSON.stringify(memberOf(seen, rex)?.doing);
      expect(doing).toMatch(/on checkout: follows its runbook.*waits for a decision until/);
      expect(doing).toMatch(/on payments: follows its runbook.*Restart payments on app-03, running since/);
      expect(memberOf(seen, 'ada' as WorkerId)?.state).toBe('watching');
      expect(memberOf(seen, rex)?.cost).toContainEqual({ unit: 'calls', used: 1, most: 500 });
      expect(seen.conflicts).toEqual([]);

      await asks('rotate-logs', { server: 'app-03' });
      const [conflict] = (await fleet()).conflicts;
      expect(conflict?.says).toMatch(
        /"Rotate and compress the logs on app-03" is about to begin while "Restart payments on app-03" for inc-\d+ runs/,
      );
      expect(conflict?.workers).toEqual([rex, rex]);
      const { asked } = await yoursOf(shift.db, robin.id, new Date());
      expect(asked).toMatchObject([{ worker: rex, status: 'ready' }]);
    });

    test('a stopped worker is needed, and a handoff that nobody takes up makes it silent', async () => {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      for (const job of ['receive-signal', 'investigate', 'route-incident'] as const) await shift.work(job);
      await kill(shift.gateway, 'worker:rex', robin.id);
      const stopped = await fleet();
      expect(memberOf(stopped, rex)?.state).toBe('stopped');
      const { id } = await shift.last();
      expect(stopped.conflicts.map(({ says }) => says)).toEqual([
        `Rex is stopped by a kill switch and needed for ${id}.`,
      ]);
      await sql`delete from kill_switch`.execute(shift.db);
      await sql`update handoff set handed_at = handed_at - interval '7 minutes'`.execute(shift.db);
      const silent = await fleet();
      expect(memberOf(silent, rex)).toMatchObject({ state: 'silent', queue: { handoffs: 1 } });
      expect(memberOf(silent, rex)?.ails[0]).toBe(`Has not taken up ${id} for 7 min.`);
      expect(JSON.stringify(memberOf(silent, nora)?.waits)).toContain(`Rex to take up ${id}`);
    });

    test('a source that could not be read is dark to whoever reads it', async () => {
      outside.deployBadly();
      outside.silenceLoki();
      await shift.raise('error_rate', 'checkout');
      await shift.work('receive-signal');
      await shift.age(60);
      await shift.work();
      const waits = JSON.stringify(memberOf(await fleet(), iris)?.waits);
      expect(waits).toContain('data it cannot see since');
      expect(waits).toContain('Loki did not answer within 10 s.');
    });

    test('what is due and was not gone on with is its queue, what fails its trouble', async () => {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      await shift.work('receive-signal');
      expect((await rows()).jobs).toMatchObject([{ name: 'investigate', running: false, tries: 0 }]);
      expect(memberOf(await fleet(), 'ada' as WorkerId)?.queue.jobs).toBe(1);
      await sql`update pgboss.job set state = 'retry', retry_count = 5, start_after = now() + interval '1 minute',
        output = '{"message":"Prometheus did not answer."}' where name = 'investigate'`.execute(shift.db);
      const ails = memberOf(await fleet(), 'ada' as WorkerId)?.ails;
      expect(ails).toContain(
        `${(await shift.last()).id}: failed 5 times and is tried again. Prometheus did not answer.`,
      );
    });

    test('a breaker is open as the gateway says, until a person closes or half opens it', async () => {
      const of = { worker: rex, tool: 'rotate-logs' };
      const told = async () => {
        const open = await openBreakers(shift.db, manifests.charters, manifests.policy);
        const one = await shift.db.transaction().execute((tx) => openBreaker(tx, of, manifests.policy));
        expect(open.map(({ because }) => because)).toEqual(one ? [one] : []);
        return open.length;
      };
      const ends = (status: string) =>
        sql`update action set status = ${status}, started_at = now(), ended_at = now()
          where tool = 'rotate-logs' and ended_at is null`.execute(shift.db);
      expect(await told()).toBe(0);
      for (let nth = 0; nth < 5; nth += 1) await asks('rotate-logs', { server: 'app-01' });
      await ends('failed');
      expect(await told()).toBe(1);
      expect(memberOf(await fleet(), rex)?.state).toBe('failing');
      await halfOpenBreaker(shift.gateway, of, robin.id);
      expect(await told()).toBe(0);
      await asks('rotate-logs', { server: 'app-02' });
      await sql`update action set status = 'running', started_at = clock_timestamp() where ended_at is null`.execute(
        shift.db,
      );
      expect(await told()).toBe(1);
      await sql`update action set status = 'failed', ended_at = clock_timestamp() where ended_at is null`.execute(
        shift.db,
      );
      expect(await told()).toBe(1);
      await closeBreaker(shift.gateway, of, robin.id);
      expect(await told()).toBe(0);
    });

    test('what a person declared is done for them, and for nobody else', async () => {
      const person = 'p-oncall' as PersonId;
      const declared = { service: 'checkout', what: 'cards are declined', severity: 2, anyway: false };
      await declare(shift.responder, declared, { person, request: undefined });
      const { minded } = await yoursOf(shift.db, person, new Date());
      expect(minded).toMatchObject([{ service: 'checkout', did: ['declared'] }]);
      expect((await yoursOf(shift.db, 'p-dba' as PersonId, new Date())).minded).toEqual([]);
    });
  });
}
