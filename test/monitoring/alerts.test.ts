import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { verify } from '../../src/incidents/verify.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { alertLabelsSchema, bandOf, placing } from '../../src/monitoring/alerts/alert.ts';
import { openAlertDoor } from '../../src/monitoring/alerts/door.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { databases } from '../databases.ts';
import { openOutside } from '../incidents/outside.ts';
import { openShift, type Shift } from '../shift.ts';
import { unrouted } from './outside.ts';
import { openPort, recorded, token } from './webhooks.ts';

const labels = alertLabelsSchema.parse({});
const never = '0001-01-01T00:00:00Z';

describe('what an alert is about', () => {
  const inventory: Inventory = {
    ...fernwood,
    servers: [
      ...fernwood.servers,
      { id: '10.0.0.7', class: 'db', environment: 'production', services: ['orders'] },
    ],
  };
  const place = placing(inventory, labels);
  test.each([
    [{ service: 'checkout' }, 'checkout', null],
    [{ service: 'Checkout' }, 'checkout', null],
    [{ service: 'nothing', instance: 'app-01' }, 'checkout', 'app-01'],
    [{ instance: 'app-03:9100' }, 'payments', 'app-03'],
    [{ instance: 'APP-03.fernwood.example:9100' }, 'payments', 'app-03'],
    [{ instance: '10.0.0.7:9187' }, 'orders', '10.0.0.7'],
    [{ server: 'db-02', instance: 'exporter:9100' }, 'catalog', 'db-02'],
    [{ service: 'orders', instance: 'app-03:9100' }, 'orders', 'app-03'],
  ])('%j: %s on %s', (given, service, server) => {
    expect(place(given)).toEqual({ service, server });
  });
  test.each([
    {},
    { service: '' },
    { instance: '10.0.0.70:9100' },
    { pod: 'checkout' },
    { service: '__proto__' },
  ])('%j: nothing here', (given) => {
    expect(place(given as Record<string, string>)).toBeUndefined();
  });
  test('which labels say so can be told', () => {
    const own = placing(fernwood, alertLabelsSchema.parse({ service: ['app', 'job'] }));
    expect(own({ job: 'search', app: 'nothing' })).toEqual({ service: 'search', server: null });
  });
});

test.each([
  ['critical', 'critical'],
  ['page', 'critical'],
  ['Critical', 'critical'],
  ['warning', 'watch'],
  ['', 'watch'],
])('the severity %j is %s', (severity, band) => {
  expect(bandOf({ severity })).toBe(band);
});

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`alerts of an Alertmanager, on ${name}`, () => {
    const outside = openOutside();
    const turnedAway: string[] = [];
    let shift: Shift;
    let port: Awaited<ReturnType<typeof openPort>>;
    beforeAll(async () => {
      shift = await openShift(await open(), outside);
      const { gateway: store } = shift;
      const refused = (because: string) => void turnedAway.push(because);
      const log = { error: () => {} };
      const deps = {
        store,
        inventory: fernwood,
        routing: unrouted,
        labels,
        token,
        refused,
        log,
        now: () => new Date(),
      };
      port = await openPort(openAlertDoor(deps));
    });
    beforeEach(async () => {
      outside.reset();
      turnedAway.length = 0;
      await shift.forget();
    });
    afterAll(async () => {
      await port?.close();
      await shift?.close();
    });

    const signals = async () =>
      (
        await sql<Signal>`select *, recovered_at as "recoveredAt" from signal order by raised_at`.execute(
          shift.db,
        )
      ).rows;
    const alerts = async () =>
      (
        await sql<Record<string, unknown>>`select fingerprint, status, service, server from alert
        order by starts_at, fingerprint`.execute(shift.db)
      ).rows;
    const entries = async (kind: string) => (await shift.audited()).filter((entry) => entry.kind === kind);
    const group = (...given: [labels: Record<string, string>, startsAt: string, endsAt?: string][]) => ({
      ...recorded('alertmanager/firing'),
      truncatedAlerts: 0,
      alerts: given.map(([labels, startsAt, endsAt = never]) => ({
        status: endsAt === never ? 'firing' : 'resolved',
        ...{ labels, annotations: {}, startsAt, endsAt, generatorURL: '' },
        fingerprint: Buffer.from(JSON.stringify(labels)).toString('hex').slice(-16),
      })),
    });

    test('a group fires, is repeated, and one of it is over', async () => {
      const before = (await entries('alert.received')).length;
      const firing = recorded('alertmanager/firing');
      expect(await port.send(firing)).toEqual({
        status: 200,
        body: { firing: 2, resolved: 0, raised: 2, recovered: 0, unplaced: 0, truncated: 1 },
      });
      const raised = await signals();
      expect(raised).toMatchObject([
        {
          kind: 'alert',
          band: 'critical',
          service: 'checkout',
          server: null,
          metric: 'HighErrorRate',
          recoveredAt: null,
        },
        {
          kind: 'alert',
          band: 'watch',
          service: 'orders',
          server: null,
          metric: 'HighErrorRate',
          recoveredAt: null,
        },
      ]);
      const jobs = (await shift.waiting('now')).filter(({ name }) => name === 'receive-signal');
      expect(jobs.map((job) => job.name === 'receive-signal' && job.signal).sort()).toEqual(
        raised.map(({ id }) => id).sort(),
      );
      expect((await port.send(firing)).body).toMatchObject({ raised: 0, recovered: 0 });
      expect((await port.send(recorded('alertmanager/resolved'))).body).toMatchObject({
        raised: 0,
        recovered: 1,
      });
      expect((await port.send(recorded('alertmanager/resolved'))).body).toMatchObject({
        raised: 0,
        recovered: 0,
      });
      // Told out of order, it stays over.
      expect((await port.send(firing)).body).toMatchObject({ raised: 0, recovered: 0 });
      const [checkout, orders] = await signals();
      expect(checkout?.recoveredAt).toBeInstanceOf(Date);
      expect(orders?.recoveredAt).toBeNull();
      const received = (await entries('alert.received')).slice(before);
      expect(received).toMatchObject([
        { facts: { firing: 2, raised: 2 }, because: [expect.stringContaining('left out 1 more')] },
        { facts: { recovered: 1 } },
      ]);
      expect(await shift.audited({ signal: checkout?.id ?? ('' as never) })).toMatchObject([
        { kind: 'signal.raised', facts: { kind: 'alert', band: 'critical' } },
        { kind: 'signal.recovered' },
      ]);
    });

    test('told by several Alertmanagers at once it is raised once', async () => {
      const firing = recorded('alertmanager/firing');
      const reversed = { ...firing, alerts: firing.alerts.toReversed() };
      const answers = await Promise.all([firing, reversed, firing, reversed].map((body) => port.send(body)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(answers.map(({ body }) => body.raised).sort()).toEqual([0, 0, 0, 2]);
      expect(await signals()).toHaveLength(2);
    });

    test('an alert about nothing known is kept, and said once', async () => {
      const before = (await entries('alert.received')).length;
      const body = group([
        { alertname: 'HostDown', instance: 'lab-1:9100' },
        '2026-11-20T10:00:00.123456789+01:00',
      ]);
      expect((await port.send(body)).body).toMatchObject({ raised: 0, unplaced: 1 });
      expect((await port.send(body)).body).toMatchObject({ raised: 0, unplaced: 0 });
      expect(await alerts()).toMatchObject([{ status: 'firing', service: null, server: null }]);
      expect(await signals()).toEqual([]);
      const said = (await entries('alert.received')).slice(before);
      expect(said.map(({ because }) => because)).toEqual([
        [
          '1 new alert has no label that names a service or server of the inventory: see alerts in manifests/metrics.yaml.',
        ],
      ]);
    });

    test('what fires anew was over before, although nobody told', async () => {
      const down = { alertname: 'HostDown', instance: 'app-01:9100' };
      await port.send(group([down, '2026-11-20T10:00:00Z']));
      expect((await port.send(group([down, '2026-11-20T11:00:00Z']))).body).toMatchObject({
        raised: 1,
        recovered: 1,
      });
      expect((await signals()).map(({ recoveredAt }) => recoveredAt === null)).toEqual([false, true]);
      // An older one that comes late raises nothing that nobody would ever end.
      expect((await port.send(group([down, '2026-11-20T09:00:00Z']))).body).toMatchObject({ raised: 0 });
      expect((await alerts()).map(({ status }) => status)).toEqual(['resolved', 'resolved', 'firing']);
    });

    test('one that is over before anybody heard of it raises nothing', async () => {
      const body = group([{ service: 'checkout' }, '2026-11-20T10:00:00Z', '2026-11-20T10:05:00Z']);
      expect((await port.send(body)).body).toMatchObject({ resolved: 1, raised: 0, recovered: 0 });
      expect(await signals()).toEqual([]);
    });

    const orders = [
      { what: 'the alert first', first: 'alert' },
      { what: 'the anomaly first', first: 'anomaly' },
    ] as const;
    test.each(orders)('an alert and an anomaly of one service are one incident, $what', async ({ first }) => {
      outside.set('error_rate', 'checkout', 6);
      const alert = async () => {
        await port.send(group([{ service: 'checkout', severity: 'page' }, new Date().toISOString()]));
        await shift.work('receive-signal');
      };
      const anomaly = async () => {
        await shift.raise('error_rate', 'checkout');
        await shift.work('receive-signal');
      };
      if (first === 'alert') await alert();
      await anomaly();
      if (first === 'anomaly') await alert();
      const incident = await shift.last();
      expect(incident.service).toBe('checkout');
      expect((await signals()).map((one) => [one.kind, one.incident]).sort()).toEqual([
        ['alert', incident.id],
        ['anomaly', incident.id],
      ]);
    });

    test('an incident is not mended while its alert fires, and is shown anew when it is over', async () => {
      const firing = group([{ service: 'search', severity: 'critical' }, '2026-11-20T10:00:00Z']);
      await port.send(firing);
      await shift.work('receive-signal');
      const { id } = await shift.last();
      await sql`update incident set status = 'escalated' where id = ${id}`.execute(shift.db);
      await shift.age(3_600);
      const usualFor = async () => {
        await verify(shift.responder, id);
        await sql`update incident set usual_since = usual_since - interval '1 hour' where id = ${id}`.execute(
          shift.db,
        );
        await verify(shift.responder, id);
        return (await shift.incident(id)).status;
      };
      expect(await usualFor()).toBe('escalated');
      await sql`delete from pgboss.job`.execute(shift.db);
      const over = group([
        { service: 'search', severity: 'critical' },
        '2026-11-20T10:00:00Z',
        '2026-11-20T10:30:00Z',
      ]);
      await port.send(over);
      const subjects = (await shift.waiting('now')).map((job) => (job.name === 'show' ? job.subject : ''));
      expect(subjects.sort()).toEqual([`incident:${id}`, expect.stringMatching(/^signal:sig-/)]);
      expect(await usualFor()).toBe('verified');
    });

    const rows: [
      what: string,
      body: unknown,
      headers: Record<string, string>,
      status: number,
      because: RegExp,
    ][] = [
      ['no token', {}, { authorization: '' }, 401, /bearer token is missing or wrong/],
      ['a wrong token', {}, { authorization: 'Bearer a token for sender' }, 401, /missing or wrong/],
      [
        'a GitHub signature',
        {},
        { authorization: '', 'x-hub-signature-256': 'sha256=00' },
        401,
        /missing or wrong/,
      ],
      ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, /not sent as JSON/],
      ['no JSON', '{"version"', {}, 400, /not JSON/],
      [
        'another version',
        { ...recorded('alertmanager/firing'), version: '3' },
        {},
        400,
        /version 4: version:/,
      ],
      ['no list', { version: '4', status: 'firing', alerts: {} }, {}, 400, /alerts: Invalid input/],
      ['a time that is none', group([{}, 'yesterday']), {}, 400, /alerts\.0\.startsAt/],
      ['too much', `"${'x'.repeat(8_388_608)}"`, {}, 413, /larger than 8388608 bytes/],
    ];
    test.each(rows)(
      '%s is turned away with a reason, and counted',
      async (_, body, headers, status, because) => {
        const answer = await port.send(body, headers);
        expect(answer).toMatchObject({ status, body: { error: expect.stringMatching(because) } });
        expect(turnedAway).toHaveLength(1);
        expect(await alerts()).toEqual([]);
      },
    );

    test('anything but POST is not answered here', async () => {
      expect((await port.send('', {}, 'GET')).status).toBe(405);
      expect(turnedAway).toEqual([]);
    });
  });
}

test('where no token is set, nobody is let in', async () => {
  const refused: string[] = [];
  const door = openAlertDoor({
    store: undefined as never,
    ...{
      inventory: fernwood,
      routing: unrouted,
      labels,
      token: undefined,
      now: () => new Date(),
      log: { error: () => {} },
    },
    refused: (because) => void refused.push(because),
  });
  const port = await openPort(door);
  const answer = await port.send({}, { authorization: 'Bearer undefined' });
  expect(answer).toEqual({
    status: 401,
    body: { error: 'Refused: WEBHOOK_TOKEN is not set, so nobody is let in.' },
  });
  expect(refused).toEqual(['WEBHOOK_TOKEN is not set, so nobody is let in']);
  await port.close();
});
