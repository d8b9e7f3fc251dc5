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
  const incident = { id: id as IncidentId, service, kind: 'incident' } as Incident;
  return { incident, explains: true, lastSignal: at(minutes), foretold: [], servers: [] };
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
    [
      'of a neighbour, for which nothing there accounts',
      signal('orders', 5),
      [{ ...checkout, explains: false }],
      true,
      'open',
    ],
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

describe('what is foretold', () => {
  const forecast = (changed: Partial<Signal> = {}) =>
    ({ ...signal('orders', 5), kind: 'forecast', foretold: {}, server: 'db-01', ...changed }) as Signal;
  const broken = (changed: Partial<Signal> = {}) => ({ ...signal('orders', 5), server: 'db-01', ...changed });
  const prediction = (id: string, service: string, servers: (string | null)[]) => {
    const one = open(id, service, 0);
    return { ...one, incident: { ...one.incident, kind: 'prediction' as const }, foretold: servers };
  };
  const ahead = prediction('inc-1', 'orders', ['db-01']);
  const whole = prediction('inc-1', 'orders', [null]);
  const own = open('inc-2', 'orders', 0);
  const near = open('inc-3', 'checkout', 0);
  const nearAhead = prediction('inc-4', 'checkout', ['app-01']);
  type Of = Parameters<typeof receiveDecision>[1]['open'];
  const rows: [what: string, of: Signal, beside: Of, received: object][] = [
    ['opens a prediction', forecast(), [], { kind: 'open', as: 'prediction' }],
    ['whatever its band', forecast({ band: 'watch' }), [], { kind: 'open', as: 'prediction' }],
    [
      'is only told while what is usual is being learnt',
      forecast({ learning: true }),
      [],
      { kind: 'tell', as: 'prediction' },
    ],
    ['joins a prediction', forecast({ server: 'app-03' }), [ahead], { kind: 'attach', to: ahead.incident }],
    ['joins an incident', forecast(), [own], { kind: 'attach', to: own.incident }],
    ["joins a neighbour's incident", forecast(), [near], { kind: 'attach', to: near.incident }],
    ["does not join a neighbour's prediction", forecast(), [nearAhead], { kind: 'open', as: 'prediction' }],
    ['comes true', broken(), [ahead], { kind: 'come-true', to: ahead.incident }],
    ['comes true on the service', broken({ server: null }), [ahead], { kind: 'come-true' }],
    ['of the service as a whole, comes true on any server', broken(), [whole], { kind: 'come-true' }],
    [
      'comes true beside an incident of a neighbour',
      broken(),
      [near, ahead],
      { kind: 'come-true', to: ahead.incident },
    ],
    [
      'does not come true by what is a matter of watching, which it takes in',
      broken({ band: 'watch' }),
      [ahead],
      { kind: 'attach', to: ahead.incident },
    ],
    [
      'nor by what is being learnt',
      broken({ learning: true }),
      [ahead],
      { kind: 'attach', to: ahead.incident },
    ],
    [
      'nor by a failure of another server, which is an incident',
      broken({ server: 'app-03' }),
      [ahead],
      { kind: 'open', as: 'incident' },
    ],
    [
      'nor by a failure of a neighbour',
      { ...broken(), service: 'checkout' },
      [ahead],
      { kind: 'open', as: 'incident' },
    ],
    ['gives way to an incident of its service', broken(), [ahead, own], { kind: 'attach', to: own.incident }],
  ];
  test.each(rows)('%s', (_, of, beside, received) => {
    const neighbours = of.service === 'orders' ? ['checkout'] : ['orders'];
    expect(receiveDecision(of, { neighbours, listed: true, open: beside })).toMatchObject({
      ...received,
      because: expect.stringMatching(/\.$/),
    });
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
