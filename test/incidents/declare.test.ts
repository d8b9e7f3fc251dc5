// Incidents that people declare, put together, take apart and open again.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { approvalsOf } from '../../src/approvals/read.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import { type Declaration, declare, readDeclaration } from '../../src/incidents/declare.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { type Intervention, intervene } from '../../src/incidents/intervene.ts';
import { objectionTo } from '../../src/incidents/merge.ts';
import { openIncidents } from '../../src/incidents/read.ts';
import { reopening } from '../../src/incidents/reopen.ts';
import { parted } from '../../src/incidents/split.ts';
import { outcomesOf } from '../../src/knowledge/calibration/outcomes.ts';
import { signalsOf } from '../../src/monitoring/read.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { databases } from '../databases.ts';
import { robin, type Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { onShift } from './on-shift.ts';
import { openOutside } from './outside.ts';

const what = 'cards are declined';
const checkout = { service: 'checkout', what, severity: undefined, anyway: false };
const read: [words: string, declared: Declaration | RegExp][] = [
  [`checkout ${what}`, checkout],
  [`Checkout: ${what}`, checkout],
  [`checkout ${what} sev2`, { ...checkout, severity: 2 }],
  [`checkout severity 1 ${what}, anyway`, { ...checkout, severity: 1, anyway: true }],
  ['app-01 does not answer', { ...checkout, what: 'does not answer' }],
  ['', /^Say which service and what is wrong/],
  ['checkout', /^Say which service and what is wrong/],
  ['chekout is slow', /^There is no service called "chekout": did you mean checkout/],
  ['app-02 is slow', /^app-02 runs checkout, payments: say which service is hit\.$/],
  [`${'x'.repeat(300)} is slow`, /called "x{40}"/],
];
test.each(read)('%j declares', (words, declared) => {
  const found = readDeclaration(words, fernwood);
  if (declared instanceof RegExp)
    expect(found).toEqual({ kind: 'unclear', because: expect.stringMatching(declared) });
  else expect(found).toEqual({ kind: 'declared', declared });
});

const now = new Date('2026-11-21T12:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const over: [of: Partial<Incident>, because: RegExp | 'reopen'][] = [
  [{ status: 'closed', endedAt: ago(23) }, 'reopen'],
  [{ status: 'false-alarm', endedAt: ago(1) }, 'reopen'],
  [{ status: 'closed', endedAt: ago(25) }, /more than a day ago/],
  [{ status: 'merged', endedAt: ago(1) }, /merged into another/],
  [{ status: 'taken', endedAt: null }, /^It is open/],
  [{ kind: 'prediction', status: 'closed', endedAt: ago(1) }, /foretold/],
];
test.each(over)('%j is opened again, or not', (of, because) => {
  const judged = reopening({ kind: 'incident', ...of } as Incident, now);
  if (because === 'reopen') expect(judged).toEqual({ kind: 'reopen' });
  else expect(judged).toEqual({ kind: 'no', because: expect.stringMatching(because) });
});

const one = { id: 'inc-9', kind: 'incident', status: 'remediating', endedAt: null } as Incident;
const other = { ...one, id: 'inc-7' } as Incident;
const merges: [into: Incident | undefined, named: string, because: RegExp | undefined][] = [
  [other, 'inc-7', undefined],
  [undefined, 'inc-9', /is this incident/],
  [undefined, 'inc-70', /^There is no incident inc-70/],
  [{ ...other, endedAt: now }, 'inc-7', /^inc-7 is over/],
  [{ ...other, status: 'verified' }, 'inc-7', /^inc-7 is over/],
  [{ ...other, kind: 'prediction' }, 'inc-7', /only foretold/],
];
test.each(merges)('into %j', (into, named, because) => {
  const found = objectionTo(one, into, named);
  if (because) expect(found).toMatch(because);
  else expect(found).toBeUndefined();
});

const of = (service: string, server: string | null) =>
  ({ service, server, members: [] }) as unknown as Signal;
test('signals of one server or service part from the rest, and never all of them', () => {
  const [a, b] = [of('checkout', 'app-01'), of('orders', 'db-01')];
  expect(parted([a, b], 'db-01')).toEqual({ kind: 'parted', signals: [b] });
  expect(parted([a, b], 'checkout')).toEqual({ kind: 'parted', signals: [a] });
  expect(parted([a, b], 'web-01')).toMatchObject({ because: 'No signal here is of web-01.' });
  expect(parted([b], 'db-01')).toMatchObject({
    because: 'All signals here are of db-01: none would be left.',
  });
});

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`by a person's word, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let begin: ReturnType<typeof begun>;
    onShift(open, outside, (one) => {
      shift = one;
      begin = begun(one, outside);
    });

    const manager = 'p-manager' as PersonId;
    const declares = (more: Partial<Declaration> = {}, request?: string) =>
      declare(shift.responder, { ...checkout, ...more }, { person: manager, request });
    const says = async (id: IncidentId, wanted: Intervention) => {
      const heeded = await intervene(shift.responder, id, robin, wanted);
      await shift.work();
      return heeded;
    };
    const kinds = async (id: IncidentId) => (await shift.log(id)).map(({ kind }) => kind);
    const usualLong = () =>
      sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
    const waits = async (id: IncidentId) =>
      (await approvalsOf(shift.db, id)).filter(({ status }) => status === 'open').length;

    describe('declared', () => {
      test('it is opened once for a message, as bad as its service is important, and looked into like any', async () => {
        outside.deployBadly();
        const [first, again] = [await declares({}, 'dlv-1'), await declares({}, 'dlv-1')];
        expect(first).toEqual(again);
        expect(first).toMatchObject({
          kind: 'opened',
          because: expect.stringMatching(/^inc-\d+ is opened on Checkout/),
        });
        await shift.work();
        const incident = await shift.last();
        expect(await openIncidents(shift.db)).toHaveLength(1);
        expect(incident).toMatchObject({ severity: 1, severityBy: null, cause: { kind: 'bad-deployment' } });
        expect((await kinds(incident.id)).slice(0, 3)).toEqual(['declared', 'evidence', 'diagnosis']);
        expect(await waits(incident.id)).toBe(1);
        expect(await shift.audited({ incident: incident.id })).toContainEqual(
          expect.objectContaining({ kind: 'incident.declared', by: { person: manager } }),
        );
        expect(incident.said?.off).toContain('error_rate checkout');
      });

      test('one that is open there is named, and another opened only when that is wanted', async () => {
        const { id } = await begin.deployment();
        expect(await declares()).toEqual({
          kind: 'not-opened',
          because: `${id} is open on Checkout already: say it in its thread. Add "anyway" to open another.`,
        });
        expect(await openIncidents(shift.db)).toHaveLength(1);
        expect(await declares({ anyway: true, severity: 3 })).toMatchObject({ kind: 'opened' });
        expect(await shift.last()).toMatchObject({ severity: 3, severityBy: manager });
      });

      test('at the same moment it is opened once', async () => {
        const both = await Promise.all([declares(), declares()]);
        expect(both.map(({ kind }) => kind).toSorted()).toEqual(['not-opened', 'opened']);
      });

      test('metrics that were off tell when it is mended', async () => {
        outside.deployBadly();
        await declares();
        await shift.work();
        const { id } = await shift.last();
        await says(id, { do: 'take' });
        await shift.later();
        expect((await shift.incident(id)).status).toBe('taken');
        expect(await says(id, { do: 'resolved' })).toMatchObject({ kind: 'not-now' });
        outside.set('error_rate', 'checkout', 0);
        await shift.later();
        await usualLong();
        await shift.later();
        expect((await shift.incident(id)).status).toBe('closed');
      });

      test('while none was off it never counts as mended, and ends by a person’s word', async () => {
        await declares();
        await shift.work();
        await shift.age(60);
        await shift.later();
        const { id } = await shift.last();
        expect((await shift.incident(id)).status).toBe('escalated');
        await shift.later();
        await usualLong();
        await shift.later();
        expect((await shift.incident(id)).status).toBe('escalated');
        expect(await says(id, { do: 'resolved' })).toMatchObject({ kind: 'done' });
        expect((await shift.incident(id)).status).toBe('closed');
        const last = (await shift.log(id)).findLast(({ kind }) => kind === 'post-mortem');
        expect(JSON.stringify(last)).toContain('Over by the word of a person: no metric was off.');
      });

      test('after a step, with nothing to tell whether it helped, a person is asked and nothing is rolled back', async () => {
        outside.deployBadly();
        outside.set('error_rate', 'checkout', 0);
        await declares();
        await shift.work();
        const { id } = await shift.last();
        await sql`update incident set status = 'verifying', mitigated_at = clock_timestamp() - interval '1 hour',
          cause = '{"kind":"bad-deployment","says":"x","confidence":0.9,"known":{}}' where id = ${id}`.execute(
          shift.db,
        );
        await shift.responder.gateway.queue.add(shift.db as never, { name: 'verify', incident: id });
        await shift.work();
        expect((await shift.incident(id)).status).toBe('escalated');
        expect((await kinds(id)).includes('unmended')).toBe(false);
      });
    });

    test('how bad it is is a person’s word, and no later signal changes it', async () => {
      outside.leak();
      await shift.raise('memory_available', 'app-03');
      await shift.work();
      const { id, severity } = await shift.last();
      expect(await says(id, { do: 'severity', severity: 4 })).toMatchObject({ kind: 'done' });
      expect(await says(id, { do: 'severity', severity: 4 })).toMatchObject({
        because: 'It is SEV4 already.',
      });
      outside.set('error_rate', 'payments', 30);
      await shift.raise('error_rate', 'payments');
      await shift.work();
      expect(severity).toBeLessThan(4);
      expect(await shift.incident(id)).toMatchObject({ severity: 4, severityBy: robin.id });
    });

    test('where it becomes worse the owner is told', async () => {
      outside.set('cpu_used', 'search-01', 5);
      await shift.raise('cpu_used', 'search-01');
      await shift.work();
      const { id } = await shift.last();
      await says(id, { do: 'severity', severity: 1 });
      expect((await shift.log(id)).findLast(({ kind }) => kind === 'severity')).toMatchObject({
        facts: { from: 3, to: 1, tell: ['p-oncall'] },
      });
    });

    test('reopened it is looked into afresh, and what it taught no longer counts', async () => {
      const { id } = await begin.leak();
      await shift.later();
      outside.set('memory_available', 'app-03', 0);
      await shift.later();
      await usualLong();
      await shift.later();
      expect((await shift.incident(id)).status).toBe('closed');
      const counted = async () =>
        (await outcomesOf(shift.db, ['memory-leak'], new Date(Date.now() + 48 * 3_600_000))).size;
      expect(await counted()).toBe(1);
      expect(await says(id, { do: 'reopen', words: 'Payments still fail.' })).toMatchObject({ kind: 'done' });
      expect(await shift.incident(id)).toMatchObject({
        endedAt: null,
        attempt: 2,
        said: { words: 'Payments still fail.' },
      });
      expect(await counted()).toBe(0);
      expect(await shift.audited({ incident: id })).toContainEqual(
        expect.objectContaining({ kind: 'incident.reopened', facts: { before: 'closed', withdrawn: 1 } }),
      );
      await shift.later();
      await usualLong();
      await shift.later();
      expect((await shift.incident(id)).endedAt).toBeNull();
      expect(await says(id, { do: 'reopen', words: '' })).toMatchObject({ kind: 'not-now' });
    });

    describe('put together and taken apart', () => {
      /** checkout fails after a deployment, and search by itself. */
      async function two(): Promise<[IncidentId, IncidentId]> {
        outside.set('cpu_used', 'search-01', 5);
        await shift.raise('cpu_used', 'search-01');
        await shift.work();
        const first = await shift.last();
        const { id } = await begin.deployment();
        return [first.id, id];
      }

      test('merged, its signals go on in the other and what waited is withdrawn', async () => {
        const [into, from] = await two();
        expect(into).not.toBe(from);
        expect(await waits(from)).toBe(1);
        expect(await says(from, { do: 'merge', words: into })).toMatchObject({ kind: 'done' });
        expect(await shift.incident(from)).toMatchObject({ status: 'merged', mergedInto: into });
        expect((await shift.incident(from)).endedAt).not.toBeNull();
        expect(await waits(from)).toBe(0);
        expect(await signalsOf(shift.db, from)).toEqual([]);
        expect((await signalsOf(shift.db, into)).map(({ metric }) => metric).toSorted()).toEqual([
          'cpu_used',
          'error_rate',
        ]);
        expect((await kinds(into)).includes('took-in')).toBe(true);
        expect((await shift.incident(into)).severity).toBe(1);
        expect(await says(from, { do: 'take' })).toMatchObject({ because: 'This incident is over.' });
        expect(await says(from, { do: 'reopen', words: '' })).toMatchObject({ kind: 'not-now' });
      });

      test('each into the other at once, one is left', async () => {
        const [a, b] = await two();
        const merges = [
          intervene(shift.responder, a, robin, { do: 'merge', words: b }),
          intervene(shift.responder, b, robin, { do: 'merge', words: a }),
        ];
        expect((await Promise.all(merges)).map(({ kind }) => kind).toSorted()).toEqual(['done', 'not-now']);
        expect(await openIncidents(shift.db)).toHaveLength(1);
      });

      test('not while something of it runs', async () => {
        const [into] = await two();
        outside.jobsEnd('running');
        const { id } = await begin.leak();
        expect((await says(id, { do: 'merge', words: into })).because).toMatch(
          /is running: wait until it has ended/,
        );
      });

      test('split, what is of one service is an incident of its own, looked into by itself', async () => {
        const [into, from] = await two();
        await says(from, { do: 'merge', words: into });
        const heeded = await says(into, { do: 'split', words: 'checkout' });
        expect(heeded).toMatchObject({
          kind: 'done',
          because: expect.stringMatching(/^Split: 1 of the signals are inc-\d+ now/),
        });
        const own = await shift.last();
        expect(own).toMatchObject({ service: 'checkout', severity: 1, cause: { kind: 'bad-deployment' } });
        expect((await signalsOf(shift.db, own.id)).map(({ metric }) => metric)).toEqual(['error_rate']);
        expect((await kinds(into)).includes('split-off')).toBe(true);
        expect((await kinds(own.id))[0]).toBe('split');
        expect(await says(own.id, { do: 'split', words: 'checkout' })).toMatchObject({ kind: 'not-now' });
        expect(await says(own.id, { do: 'split', words: 'db-99' })).toMatchObject({ kind: 'not-now' });
      });
    });
  });
}
