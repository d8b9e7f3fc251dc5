import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { openQueue, type Queue } from '../../src/jobs/queue.ts';
import { openChangeDoor } from '../../src/monitoring/changes/door.ts';
import { changesOf } from '../../src/monitoring/changes/receive.ts';
import type { Database } from '../../src/postgres/database.ts';
import { signatureOf } from '../../src/systems/webhook.ts';
import { databases } from '../databases.ts';
import { openPort, recorded, token } from './webhooks.ts';

const quiet = { warn: () => {}, error: () => {} };
const now = new Date('2026-11-20T10:00:00Z');
const long = new Date(0);
/** Fernwood, and search tried out elsewhere first. */
const inventory: Inventory = {
  ...fernwood,
  servers: [
    ...fernwood.servers,
    { id: 'try-01', class: 'app', environment: 'staging', services: ['search'] },
  ],
};
const upgraded = recorded('changes/cdevent-upgraded');
const status = recorded('changes/github-deployment-status');
const gitHub = { 'x-github-event': 'deployment_status', 'x-github-delivery': 'd-1' };
const enveloped = (data: typeof upgraded) => {
  const { id, source, type, timestamp: time } = data.context;
  return { specversion: '1.0', id, source, type, time, subject: data.subject.id };
};

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`changes told by others, on ${name}`, () => {
    const turnedAway: string[] = [];
    let database: Database;
    let queue: Queue;
    let port: Awaited<ReturnType<typeof openPort>>;
    beforeAll(async () => {
      database = await open();
      queue = await openQueue(database, quiet);
      const store = { db: database.db, queue, chain: 'trial' as const };
      const refused = (because: string) => void turnedAway.push(because);
      port = await openPort(openChangeDoor({ store, inventory, token, refused, log: quiet, now: () => now }));
    });
    beforeEach(async () => {
      turnedAway.length = 0;
      await sql`truncate change`.execute(database.db);
    });
    afterAll(async () => {
      await port?.close();
      await queue?.stop(0);
      await database?.close();
    });

    const told = async () => {
      const { rows } = await sql<{ entry: Entry }>`select text::jsonb -> 'entry' as entry from audit
        where text::jsonb #>> '{entry,kind}' = 'change.told' order by seq`.execute(database.db);
      return rows.map(({ entry }) => entry);
    };
    const of = (service: string, since = long) => changesOf(database.db, service, since);

    const upgrade = {
      what: 'upgraded',
      outcome: 'done',
      subject: 'fernwood/checkout',
      services: ['checkout'],
      environment: 'production',
      version: '2.1',
      at: new Date('2026-11-20T09:58:12.315Z'),
      by: 'https://ci.fernwood.example/deploy',
      link: 'https://ci.fernwood.example/deploy',
    };
    const modes: [mode: string, body: unknown, headers: Record<string, string>][] = [
      ['as it is', upgraded, {}],
      [
        'structured',
        { ...enveloped(upgraded), datacontenttype: 'application/json', data: upgraded },
        { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      ],
      [
        'binary',
        upgraded,
        {
          'content-type': 'application/cdevents+json',
          ...Object.fromEntries(
            Object.entries(enveloped(upgraded)).map(([name, value]) => [`ce-${name}`, value]),
          ),
        },
      ],
      [
        'batched',
        [{ ...enveloped(upgraded), data: upgraded }],
        { 'content-type': 'application/cloudevents-batch+json' },
      ],
      [
        'with its context in the envelope alone',
        { ...enveloped(upgraded), data: { subject: upgraded.subject } },
        { 'content-type': 'application/cloudevents+json' },
      ],
    ];
    test.each(modes)('a CDEvent, %s, is kept once', async (_, body, headers) => {
      const before = (await told()).length;
      expect(await port.send(body, headers)).toEqual({
        status: 200,
        body: { kept: 1, known: 0, ignored: 0 },
      });
      expect((await port.send(body, headers)).body).toEqual({ kept: 0, known: 1, ignored: 0 });
      expect(await of('checkout')).toEqual([upgrade]);
      expect((await told()).slice(before)).toMatchObject([
        {
          by: { roster: 'changes' },
          about: { service: 'checkout' },
          facts: { what: 'upgraded', services: 1 },
        },
      ]);
    });

    test('a roll-back, and a change of a whole environment, newest first and since then only', async () => {
      await port.send(recorded('changes/cdevent-rolledback'));
      const environment = recorded('changes/cdevent-environment');
      environment.context.timestamp = '2026-11-20T09:59:00+00:00';
      await port.send(environment);
      expect(await of('checkout')).toMatchObject([
        {
          what: 'configured',
          subject: 'production',
          link: 'https://ci.fernwood.example/environments/production',
        },
        { what: 'rolled back', version: '2.0' },
      ]);
      expect(await of('search')).toMatchObject([{ what: 'configured', environment: 'production' }]);
      expect(await of('checkout', new Date('2026-11-20T09:58:30Z'))).toHaveLength(1);
    });

    const elsewhere: [environment: string, touched: string[]][] = [
      ['production', ['checkout']],
      ['staging', []],
      ['nobody-knows', ['checkout']],
    ];
    test.each(elsewhere)('deployed to %s, it touches %j', async (environment, touched) => {
      const event = structuredClone(upgraded);
      event.subject.content.environment.id = environment;
      await port.send(event);
      const { rows } = await sql<{ services: string[] }>`select services from change`.execute(database.db);
      expect(rows).toEqual([{ services: touched }]);
    });

    test.each([
      ['dev.cdevents.service.deployed.0.2.0', 'deployed'],
      ['dev.cdevents.service.removed.0.3.0-draft', 'removed'],
      ['dev.cdevents.service.upgraded', 'upgraded'],
      ['dev.cdeventsx.flags-featureflag.enabled.1.0.0', 'configured'],
      ['dev.cdevents.build.finished.0.2.0', undefined],
      ['dev.cdevents.service.constructor.0.2.0', undefined],
    ])('%s: %s', async (type, what) => {
      const event = { ...upgraded, context: { ...upgraded.context, type } };
      expect((await port.send(event)).body).toEqual(
        what ? { kept: 1, known: 0, ignored: 0 } : { kept: 0, known: 0, ignored: 1 },
      );
      expect((await of('checkout')).map((one) => one.what)).toEqual(what ? [what] : []);
    });

    test('what GitHub deployed, signed or with the token, once for each state', async () => {
      const text = JSON.stringify(status);
      const signed = {
        authorization: '',
        'x-hub-signature-256': signatureOf(Buffer.from(text), token),
        ...gitHub,
      };
      expect(await port.send(text, signed)).toMatchObject({ status: 200, body: { kept: 1 } });
      expect((await port.send(text, gitHub)).body).toMatchObject({ kept: 0, known: 1 });
      const begun = structuredClone(status);
      Object.assign(begun.deployment_status, { state: 'in_progress', created_at: '2026-11-20T09:58:01Z' });
      expect((await port.send(begun, gitHub)).body).toMatchObject({ kept: 1 });
      expect(await of('checkout')).toMatchObject([
        {
          ...{ what: 'deployed', subject: 'checkout', services: ['checkout'], environment: 'production' },
          ...{ version: 'v2.1.0', by: 'fernwood-deployer', at: new Date('2026-11-20T09:59:55Z') },
          link: 'https://github.com/fernwood/checkout/actions/runs/998',
        },
        { outcome: 'begun' },
      ]);
    });

    test('of many services in one repository the payload says which; a branch has no version but its commit', async () => {
      const mono = structuredClone(status);
      Object.assign(mono.repository, { name: 'shop', full_name: 'fernwood/shop' });
      Object.assign(mono.deployment, { ref: 'main', task: 'rollback', payload: { service: 'payments' } });
      await port.send(mono, gitHub);
      expect(await of('payments')).toMatchObject([{ what: 'rolled back', version: 'f95f852bd8fc' }]);
    });

    test.each([
      ['a ping', { 'x-github-event': 'ping' }, { zen: '…' }],
      ['a push', { 'x-github-event': 'push' }, { ref: 'refs/heads/main' }],
      [
        'a status that waits',
        gitHub,
        { ...status, deployment_status: { ...status.deployment_status, state: 'queued' } },
      ],
    ])('GitHub: %s changes nothing', async (_, headers, body) => {
      expect(await port.send(body, headers)).toEqual({
        status: 200,
        body: { kept: 0, known: 0, ignored: 1 },
      });
    });

    test('a sender whose clock is ahead cannot put a change into the future', async () => {
      const ahead = structuredClone(upgraded);
      ahead.context.timestamp = '2031-01-01T00:00:00Z';
      await port.send(ahead);
      expect((await of('checkout'))[0]?.at).toEqual(now);
    });

    test('what names nothing here is kept and said', async () => {
      const before = (await told()).length;
      await port.send({ ...upgraded, subject: { ...upgraded.subject, id: 'billing' } });
      expect((await told()).slice(before)).toMatchObject([
        { facts: { services: 0 }, because: ['It is not known to touch any service of the inventory.'] },
      ]);
    });

    const rows: [
      what: string,
      body: unknown,
      headers: Record<string, string>,
      status: number,
      because: RegExp,
    ][] = [
      ['no token', upgraded, { authorization: '' }, 401, /bearer token is missing or wrong/],
      [
        'a signature of something else',
        status,
        { authorization: '', 'x-hub-signature-256': signatureOf(Buffer.from('{}'), token), ...gitHub },
        401,
        /signature is wrong/,
      ],
      ['no event', { hello: 'world' }, {}, 400, /no CDEvent: context\.id/],
      [
        'a CloudEvent of a later version',
        { ...enveloped(upgraded), specversion: '2.0' },
        {},
        400,
        /specversion/,
      ],
      ['no list', {}, { 'content-type': 'application/cloudevents-batch+json' }, 400, /at most 1000/],
      [
        'a batch with one that is none',
        [upgraded, 7],
        { 'content-type': 'application/cloudevents-batch+json' },
        400,
        /no CDEvent/,
      ],
      ['no deployment', { ...status, deployment: null }, gitHub, 400, /no deployment_status: deployment/],
      [
        'a form',
        'payload=%7B%7D',
        { ...gitHub, 'content-type': 'application/x-www-form-urlencoded' },
        415,
        /JSON/,
      ],
      ['too much', `"${'x'.repeat(1_048_576)}"`, {}, 413, /larger than 1048576 bytes/],
    ];
    test.each(rows)(
      '%s is turned away with a reason, and counted',
      async (_, body, headers, expected, because) => {
        expect(await port.send(body, headers)).toMatchObject({
          status: expected,
          body: { error: expect.stringMatching(because) },
        });
        expect(turnedAway).toHaveLength(1);
        expect((await sql`select 1 from change`.execute(database.db)).rows).toEqual([]);
      },
    );
  });
}
