import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Handlers, Reply } from '../../src/chat/door.ts';
import { openSlackDoor, type SlackDoor } from '../../src/chat/slack/door.ts';
import { type Door, listen } from '../../src/listen.ts';
import { freePort } from '../wire/port.ts';
import { openSlackApi } from '../wire/slack-api.ts';
import { approval, cardWith, speech } from './cards.ts';
import { click, form, mention, payload, signed, signingSecret } from './slack-signed.ts';
import { openLog } from './trial-slack.ts';

const meant = JSON.stringify({ do: 'approve', approval });
const soon = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

/** The door on the product's own port, before handlers that keep what came. */
async function openDoor() {
  const came: [kind: string, what: object][] = [];
  const told = { reply: { kind: 'nothing' } as Reply, gate: Promise.resolve(), fails: false };
  const turnedAway: string[] = [];
  const take = (kind: string) => async (what: object) => {
    came.push([kind, what]);
    await told.gate;
    if (told.fails) throw new Error('the database is away');
    return told.reply;
  };
  const handlers: Handlers = {
    heard: async (heard) => void (await take('heard')(heard)),
    pressed: take('pressed'),
    submitted: take('submitted'),
    commanded: take('commanded'),
    home: async () => cardWith({}),
    current: async () => undefined,
    welcomed: async () => ({ kind: 'nothing' }),
    refused: async (account, because) => void came.push(['refused', { account, because }]),
  };
  const api = await openSlackApi(() => ({ body: { ok: true, user_id: 'U1', bot_id: 'B1', team_id: 'T1' } }));
  const log = openLog();
  const door: SlackDoor = openSlackDoor({
    botToken: 'xoxb-1',
    mode: { kind: 'http', signingSecret },
    apiUrl: api.apiUrl,
    handlers,
    speech,
    log,
    now: () => new Date(),
    turnedAway: (because) => void turnedAway.push(because),
  });
  await door.start();
  const port = await freePort();
  const open: { doors: Record<string, Door> | undefined } = {
    doors: door.take ? { '/slack/events': door.take } : undefined,
  };
  const listening = await listen({
    port,
    host: '127.0.0.1',
    troubles: async () => [],
    operator: {},
    doors: () => open.doors,
  });
  const url = `http://127.0.0.1:${port}/slack/events`;
  const send = async (request: RequestInit) => {
    const answer = await fetch(url, request);
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
  const close = async () => {
    await door.stop();
    await listening.close();
    await api.close();
  };
  return { came, told, turnedAway, door, open, port, url, send, log, close };
}

let slack: Awaited<ReturnType<typeof openDoor>>;
beforeEach(async () => {
  slack = await openDoor();
});
afterEach(() => slack.close());

describe('what Slack signed is taken', () => {
  test('an event', async () => {
    expect(await slack.send(signed({ body: mention() }))).toMatchObject({ status: 200, text: '' });
    const heard = {
      account: 'slack:U01MARIA',
      place: 'slack:C01OPS',
      message: '1.2',
      text: 'hi',
      direct: false,
    };
    expect(slack.came).toEqual([['heard', heard]]);
  });

  test('a click, whoever its button claims to press it', async () => {
    const forged = JSON.stringify({
      do: 'approve',
      approval,
      account: 'slack:U02DAN',
      user: { id: 'U02DAN' },
    });
    expect(await slack.send(signed({ body: click(forged), type: form }))).toMatchObject({ status: 200 });
    const pressed = { account: 'slack:U01MARIA', place: 'slack:C01OPS', message: '1.2' };
    expect(slack.came).toEqual([['pressed', { ...pressed, intent: { do: 'approve', approval } }]]);
  });

  test('a form, and its note stays on the form', async () => {
    slack.told.reply = { kind: 'note', text: 'Settled by Dan.' };
    const intent = { do: 'reject', approval };
    const view = {
      type: 'modal',
      callback_id: 'roster-form',
      private_metadata: JSON.stringify(intent),
      state: { values: { reason: { answer: { value: 'no' } } } },
    };
    const body = payload({ type: 'view_submission', team: { id: 'T1' }, user: { id: 'U01MARIA' }, view });
    const answer = await slack.send(signed({ body, type: form }));
    expect(JSON.parse(answer.text)).toEqual({
      response_action: 'errors',
      errors: { reason: 'Settled by Dan.' },
    });
    expect(slack.came).toEqual([['submitted', { account: 'slack:U01MARIA', intent, answer: 'no' }]]);
  });

  test('a command, answered at once', async () => {
    slack.told.reply = { kind: 'note', text: 'All is well' };
    const fields = { team_id: 'T1', command: '/roster', text: 'status', user_id: 'U01MARIA' };
    const body = new URLSearchParams({ ...fields, channel_id: 'C01OPS', trigger_id: '1' }).toString();
    const answer = await slack.send(signed({ body, type: form }));
    expect(JSON.parse(answer.text)).toEqual({ response_type: 'ephemeral', text: 'All is well' });
  });

  test('the question whether this address is ours', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1a', token: 'x' });
    const answer = await slack.send(signed({ body }));
    expect(JSON.parse(answer.text)).toEqual({ challenge: '3eZbrw1a' });
    expect((await slack.send({ ...signed({ body, secret: 'theirs' }) })).text).not.toContain('3eZbrw1a');
  });

  test('a look at the certificate, which says nothing and does nothing', async () => {
    const headers = { 'content-type': form };
    const look = (body: string) => slack.send({ method: 'POST', headers, body });
    expect(await look('ssl_check=1&token=x')).toMatchObject({ status: 200, text: '' });
    expect(await look(`ssl_check=1&${click(meant)}`)).toMatchObject({ status: 401 });
    expect(slack.came).toEqual([]);
  });
});

describe('what Slack did not sign is turned away, and nothing is done', () => {
  const good = () => signed({ body: click(meant), type: form });
  const without = (name: string) => {
    const { [name]: _, ...headers } = good().headers;
    return { ...good(), headers };
  };
  const headed = (headers: Record<string, string>) => ({
    ...good(),
    headers: { ...good().headers, ...headers },
  });

  const rows: [what: string, request: () => RequestInit, status: number, because: string][] = [
    ['no signature', () => without('x-slack-signature'), 401, 'the signature is missing'],
    ['no time', () => without('x-slack-request-timestamp'), 401, 'the signature is missing'],
    [
      'another secret',
      () => signed({ body: click(meant), type: form, secret: 'guess' }),
      401,
      'the signature is wrong',
    ],
    [
      'an empty secret',
      () => signed({ body: click(meant), type: form, secret: '' }),
      401,
      'the signature is wrong',
    ],
    ['another body', () => ({ ...good(), body: click('{}') }), 401, 'the signature is wrong'],
    ['another version', () => headed({ 'x-slack-signature': 'v1=00' }), 401, 'the signature is wrong'],
    ['an empty signature', () => headed({ 'x-slack-signature': '' }), 401, 'the signature is wrong'],
    ['half a signature', () => headed({ 'x-slack-signature': 'v0=' }), 401, 'the signature is wrong'],
    [
      'a list of signatures',
      () => headed({ 'x-slack-signature': 'v0=00, v0=00' }),
      401,
      'the signature is wrong',
    ],
    [
      'another time',
      () => headed({ 'x-slack-request-timestamp': `${soon(-1)}` }),
      401,
      'the signature is wrong',
    ],
    [
      'no number for a time',
      () => headed({ 'x-slack-request-timestamp': 'NaN' }),
      401,
      'the time of the signature cannot be read',
    ],
    [
      'a time with a point',
      () => headed({ 'x-slack-request-timestamp': `${soon(0)}.0` }),
      401,
      'the time of the signature cannot be read',
    ],
    [
      'six minutes ago',
      () => signed({ body: click(meant), type: form, at: soon(-360) }),
      401,
      'the signature is more than 5 minutes off',
    ],
    [
      'six minutes ahead',
      () => signed({ body: click(meant), type: form, at: soon(360) }),
      401,
      'the signature is more than 5 minutes off',
    ],
    [
      'the year 1970',
      () => signed({ body: click(meant), type: form, at: 0 }),
      401,
      'the signature is more than 5 minutes off',
    ],
    [
      'a large body',
      () => signed({ body: 'x'.repeat(1_048_577) }),
      413,
      'the body is larger than 1048576 bytes',
    ],
    ['no JSON', () => signed({ body: '{"type":' }), 400, 'the body cannot be read'],
    ['a list', () => signed({ body: '[]' }), 400, 'the body cannot be read'],
    ['nothing', () => signed({ body: 'null' }), 400, 'the body cannot be read'],
    ['an empty body', () => signed({ body: '' }), 400, 'the body cannot be read'],
    [
      'a payload that is none',
      () => signed({ body: 'payload=x', type: form }),
      400,
      'the body cannot be read',
    ],
    [
      'two payloads',
      () => signed({ body: `${click(meant)}&${click(meant)}`, type: form }),
      400,
      'the body cannot be read',
    ],
    ['a delivery of no kind', () => signed({ body: '{"a":1}' }), 400, 'nothing here takes such a delivery'],
    [
      'a command of others',
      () => signed({ body: 'command=%2Fother&team_id=T1&user_id=U1', type: form }),
      400,
      'nothing here takes such a delivery',
    ],
  ];
  test.each(rows)('%s', async (_, request, status, because) => {
    const answer = await slack.send(request());
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).error.toLowerCase()).toContain(because);
    expect(slack.turnedAway).toEqual([because]);
    expect(slack.came).toEqual([]);
    expect(await slack.send(good())).toMatchObject({ status: 200 });
  });

  test('every other method, without being counted', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await slack.send({ method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
    expect(slack.turnedAway).toEqual([]);
  });

  test('a large body that does not say how large it is', async () => {
    const socket = connect(slack.port, '127.0.0.1');
    const answered = new Promise<string>((done) => socket.once('data', (data) => done(String(data))));
    socket.on('error', () => {});
    socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    for (let sent = 0; sent < 20; sent += 1) socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  test('a body that breaks off', async () => {
    const socket = connect(slack.port, '127.0.0.1');
    socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"type"', () =>
      socket.destroy(),
    );
    await expect
      .poll(() => slack.log.lines)
      .toEqual([expect.stringMatching(/^warn: A request .* broke off/)]);
    expect(await slack.send(good())).toMatchObject({ status: 200 });
  });
});

describe('commits, then acknowledges', () => {
  test.each([
    ['an event', () => signed({ body: mention() })],
    ['a click', () => signed({ body: click(meant), type: form })],
  ])('%s, only after it was handled', async (_, request) => {
    let open = () => {};
    slack.told.gate = new Promise((resolve) => {
      open = resolve;
    });
    let answered = false;
    const sending = slack.send(request()).finally(() => {
      answered = true;
    });
    await expect.poll(() => slack.came).toHaveLength(1);
    expect(answered).toBe(false);
    open();
    expect(await sending).toMatchObject({ status: 200 });
  });

  test.each([
    ['an event', () => signed({ body: mention() })],
    ['a click', () => signed({ body: click(meant), type: form })],
  ])(
    '%s whose handling failed is answered with 500 and said in the log, without its content',
    async (_, request) => {
      slack.told.fails = true;
      const answer = await slack.send(request());
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('database');
      expect(slack.log.lines).toEqual([expect.stringMatching(/^error: A delivery .* the database is away/)]);
    },
  );

  test('while it stops, what is new is asked to come again', async () => {
    await slack.door.stop();
    const answer = await slack.send(signed({ body: mention() }));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
    expect(slack.came).toEqual([]);
  });

  test('while it starts, too', async () => {
    slack.open.doors = undefined;
    expect(await slack.send(signed({ body: mention() }))).toMatchObject({ status: 503 });
  });

  test('where Slack comes by a socket there is no such door', async () => {
    slack.open.doors = {};
    expect(await slack.send(signed({ body: mention() }))).toMatchObject({ status: 404 });
  });
});
