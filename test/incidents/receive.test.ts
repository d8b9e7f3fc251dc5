import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentId, SignalId, WorkerId } from '../../src/ids.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { intervene } from '../../src/incidents/intervene.ts';
import { receive, receiveDecision } from '../../src/incidents/receive.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { databases } from '../databases.ts';
import { openShift, robin, type Shift } from '../shift.ts';
import { openOutside } from './outside.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 20, 10, minutes));
const signal = (service: string, minutes: number) => ({ service, raisedAt: at(minutes) }) as Signal;
const open = (id: string, service: string, minutes: number) => {
  return { incident: { id: id as IncidentId, service } as Incident, lastSignal: at(minutes) };
};

describe('a signal', () => {
  const checkout = open('inc-1', 'checkout', 0);
  const known = { neighbours: ['payments', 'checkout'], listed: true };
  const rows: [
    what: string,
    of: Signal,
    beside: (typeof checkout)[],
    listed: boolean,
    kind: string,
    to?: string,
  ][] = [
    ['with nothing open', signal('orders', 5), [], true, 'open'],
    ['of the service that has one', signal('checkout', 5), [checkout], true, 'attach', 'inc-1'],
    [
      'of the service that has one, days later',
      signal('checkout', 9_000),
      [checkout],
      true,
      'attach',
      'inc-1',
    ],
    ['of a neighbour within 10 minutes', signal('orders', 10), [checkout], true, 'attach', 'inc-1'],
    ['of a neighbour after 11', signal('orders', 11), [checkout], true, 'open'],
    ['of no neighbour', signal('orders', 5), [open('inc-1', 'search', 4)], true, 'open'],
    [
      'of a neighbour that was raised before the last one',
      signal('orders', 5),
      [open('inc-1', 'payments', 7)],
      true,
      'attach',
      'inc-1',
    ],
    [
      'own before neighbour',
      signal('orders', 5),
      [checkout, open('inc-2', 'orders', 0)],
      true,
      'attach',
      'inc-2',
    ],
    ['of nothing in the inventory', signal('shop', 5), [checkout], false, 'ignore'],
  ];
  test.each(rows)('%s', (_, of, beside, listed, kind, to) => {
    const received = receiveDecision(of, { ...known, open: beside, listed });
    expect(received).toMatchObject({ kind, because: expect.stringMatching(/\.$/) });
    expect('to' in received ? received.to.id : undefined).toBe(to);
  });
});

for (const { name, available, open: openDatabase } of databases) {
  describe.skipIf(!available)(`receiving signals, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    beforeAll(async () => {
      shift = await openShift(await openDatabase(), outside);
    });
    beforeEach(async () => {
      outside.reset();
      await shift.forget();
    });
    afterAll(() => shift?.close());

    /** Signals on these services, not received yet. */
    async function raised(...services: string[]): Promise<SignalId[]> {
      for (const service of services) await shift.raise('error_rate', service);
      const { rows } = await sql<{
        id: SignalId;
      }>`select id from signal where incident is null order by raised_at`.execute(shift.db);
      return rows.map(({ id }) => id);
    }
    const incidents = async () =>
      (await sql<Incident>`select * from incident order by opened_at`.execute(shift.db)).rows;

    test('several at once open one incident for a service and its neighbours, and one for the rest', async () => {
      const ids = await raised('checkout', 'payments', 'orders', 'search');
      await Promise.all([...ids, ...ids].map((id) => receive(shift.responder, id)));
      const all = await incidents();
      expect(all).toHaveLength(2);
      expect(await shift.waiting('now')).toMatchObject(
        expect.arrayContaining(
          all.map(({ id }) => expect.objectContaining({ name: 'investigate', incident: id })),
        ),
      );
      const { rows } = await sql`select id from signal where incident is null`.execute(shift.db);
      expect(rows).toEqual([]);
    });

    test('received twice it is one incident, one investigation, one entry', async () => {
      const [id] = (await raised('checkout')) as [SignalId];
      await receive(shift.responder, id);
      await receive(shift.responder, id);
      expect(await incidents()).toMatchObject([
        { service: 'checkout', status: 'investigating', severity: 1, worker: 'ada' as WorkerId },
      ]);
      const investigations = (await shift.waiting('now')).filter((job) => job.name === 'investigate');
      expect(investigations).toHaveLength(1);
      const entries = await shift.audited({ signal: id });
      expect(entries.map(({ kind }) => kind)).toEqual(['signal.raised', 'signal.opened']);
    });

    test('a signal of a more important service makes its incident as bad, a lesser one leaves it', async () => {
      const [orders] = (await raised('orders')) as [SignalId];
      await receive(shift.responder, orders);
      expect(await incidents()).toMatchObject([{ service: 'orders', severity: 2 }]);
      const [payments] = (await raised('payments')) as [SignalId];
      await receive(shift.responder, payments);
      expect(await incidents()).toMatchObject([{ service: 'orders', severity: 1 }]);
      expect((await shift.audited({ signal: payments })).at(-1)).toMatchObject({ facts: { severity: 1 } });
      const [again] = (await raised('orders')) as [SignalId];
      await receive(shift.responder, again);
      expect(await incidents()).toMatchObject([{ service: 'orders', severity: 1 }]);
    });

    test('a signal that is not there is nothing', async () => {
      await receive(shift.responder, 'sig-none' as SignalId);
      expect(await incidents()).toEqual([]);
    });

    const over: [what: string, end: (id: IncidentId) => Promise<unknown>][] = [
      [
        'verified, whose metrics nobody reads any more',
        (id) => sql`update incident set status = 'verified' where id = ${id}`.execute(shift.db),
      ],
      ['called off', (id) => intervene(shift.responder, id, robin, { do: 'false-alarm' })],
    ];
    test.each(over)('an incident that is %s is not joined: another is opened', async (_, end) => {
      const [first] = (await raised('checkout')) as [SignalId];
      await receive(shift.responder, first);
      await end((await shift.last()).id);
      const [second] = (await raised('payments')) as [SignalId];
      await receive(shift.responder, second);
      expect((await incidents()).map(({ service }) => service)).toEqual(['checkout', 'payments']);
    });

    test('a service that left the inventory is ignored, and said so', async () => {
      const [id] = (await raised('checkout')) as [SignalId];
      await receive({ ...shift.responder, inventory: { services: [], servers: [] } }, id);
      expect(await incidents()).toEqual([]);
      expect((await shift.audited({ signal: id })).at(-1)).toMatchObject({
        kind: 'signal.ignored',
        because: ['checkout is not in the inventory: add it there to have it looked after.'],
      });
    });
  });
}
