import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Incident } from '../../src/incidents/incident.ts';
import { verify } from '../../src/incidents/verify.ts';
import { databases } from '../databases.ts';
import { openShift, type Shift } from '../shift.ts';
import { openOutside } from './outside.ts';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`verifying an incident, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let incident: Incident;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
    });
    /** The restart ran, a second ago. */
    beforeEach(async () => {
      outside.reset();
      await shift.forget();
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      await shift.work();
      outside.set('memory_available', 'app-03', 0);
      await shift.later();
      incident = await shift.last();
    });
    afterAll(() => shift?.close());

    const off = (z: number) => outside.set('memory_available', 'app-03', z);
    const status = async () => (await shift.last()).status;
    const usualSince = async () => (await shift.last()).usualSince;
    /** The last look was so many seconds ago. */
    const pass = (seconds: number) =>
      sql`update incident set usual_since = usual_since - make_interval(secs => ${seconds}),
        mitigated_at = mitigated_at - make_interval(secs => ${seconds})`.execute(shift.db);
    const look = () => shift.later();

    test('all must be usual for the whole window', async () => {
      expect(await status()).toBe('verifying');
      expect(await usualSince()).not.toBeNull();
      await pass(44);
      await look();
      expect(await status()).toBe('verifying');
      await pass(1);
      await look();
      expect(await status()).toBe('closed');
    });

    test('the window begins when all is usual, not when the step was done', async () => {
      off(9);
      await look();
      expect(await usualSince()).toBeNull();
      off(0);
      await pass(60);
      await look();
      expect(await status()).toBe('verifying');
      expect(await usualSince()).not.toBeNull();
    });

    const looks: [what: string, zs: number[], ends: string][] = [
      ['a look a little off does not begin the window again', [3.9, 0], 'closed'],
      ['but it does not end it either', [0, 3.9], 'verifying'],
      ['a critical look begins it again', [4, 0], 'verifying'],
      ['so does a series that does not answer', [Number.NaN, 0], 'verifying'],
    ];
    test.each(looks)('%s', async (_, [first = 0, second = 0], ends) => {
      await pass(40);
      off(first);
      await look();
      await pass(6);
      off(second);
      await look();
      expect(await status()).toBe(ends);
    });

    test('a series that is lost is never called usual', async () => {
      outside.lose('memory_available', 'app-03');
      await look();
      await pass(100);
      await look();
      expect(await status()).toBe('verifying');
    });

    test('what joined the incident must be usual too', async () => {
      outside.set('latency_p95', 'payments', 8);
      await shift.raise('latency_p95', 'payments');
      await shift.work();
      await pass(60);
      await look();
      expect(await status()).toBe('verifying');
      outside.set('latency_p95', 'payments', 0);
      await look();
      await pass(60);
      await look();
      expect(await status()).toBe('closed');
    });

    test('a signal that joins while the metrics are read is looked at before anything is called mended', async () => {
      await pass(60);
      const { monitor } = shift.responder;
      const scrape: typeof monitor.scrape = async (at) => {
        shift.responder.monitor = monitor;
        const read = await monitor.scrape(at);
        outside.set('latency_p95', 'payments', 8);
        await shift.raise('latency_p95', 'payments');
        await shift.work('receive-signal');
        return read;
      };
      shift.responder.monitor = { ...monitor, scrape };
      await verify(shift.responder, incident.id);
      await shift.work();
      expect(await status()).toBe('verifying');
    });

    test('what is not back after four windows is handed to a person, and watched on', async () => {
      off(9);
      await pass(181);
      await look();
      expect(await status()).toBe('escalated');
      const said = (await shift.log(incident.id)).at(-1);
      expect(said).toMatchObject({
        kind: 'escalated',
        facts: {
          because: 'The runbook ran and the metrics are not back at their baseline, so a person must look.',
        },
      });
      off(0);
      await look();
      await pass(46);
      await look();
      expect(await status()).toBe('closed');
    });

    test('what is usual at last is given its window, however late', async () => {
      await pass(30);
      off(9);
      await look();
      off(0);
      await sql`update incident set mitigated_at = mitigated_at - interval '1 hour'`.execute(shift.db);
      await look();
      expect(await status()).toBe('verifying');
    });

    test('verified twice, also at once, it is told once, with what was measured', async () => {
      await pass(46);
      await Promise.all([1, 2, 3].map(() => verify(shift.responder, incident.id)));
      await shift.work();
      await look();
      const entries = await shift.log(incident.id);
      expect(entries.map(({ kind }) => kind)).toEqual([
        'evidence',
        'diagnosis',
        'routed',
        'step',
        'verified',
        'post-mortem',
      ]);
      expect(entries[3]).toMatchObject({
        facts: { metrics: [{ metric: 'memory_available', subject: 'app-03', usual: 100, z: 0 }] },
      });
      const audited = (await shift.audited({ incident: incident.id })).map(({ kind }) => kind);
      expect(audited.slice(-3)).toEqual(['incident.verified', 'incident.ended', 'post-mortem.drafted']);
      expect((await shift.last()).endedAt).not.toBeNull();
    });
  });
}
