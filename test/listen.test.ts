import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Door, doorFile, listen } from '../src/listen.ts';

const folder = mkdtempSync(join(tmpdir(), 'roster-listen-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createSocket().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function* lines(): AsyncGenerator<string> {
  yield 'one\n';
  throw new Error('The database is gone.');
}

describe('the HTTP port', () => {
  let down: string[];
  let doors: Record<string, Door> | undefined;
  let door: { url: string; token: string };
  let port: Awaited<ReturnType<typeof listen>>;
  beforeEach(async () => {
    down = [];
    doors = {};
    const operator = {
      '/operator/count': async () => ({ kind: 'json' as const, value: { entries: 3 } }),
      '/operator/echo': async (body: unknown) => ({ kind: 'json' as const, value: body }),
      '/operator/wrong': async () => ({ kind: 'wrong' as const, because: 'There is no such action.' }),
      '/operator/lines': async () => ({ kind: 'text' as const, text: lines() }),
      '/operator/fail': async () => Promise.reject(new Error('The database does not answer.')),
    };
    port = await listen({
      port: await freePort(),
      host: '127.0.0.1',
      troubles: async () => down,
      doors: () => doors,
      operator,
    });
    port.announce(join(folder, 'data'));
    door = JSON.parse(readFileSync(doorFile(join(folder, 'data')), 'utf8'));
  });
  afterEach(() => port.close());

  async function ask(path: string, method = 'GET', authorization?: string) {
    const answer = await fetch(door.url + path, { method, headers: authorization ? { authorization } : {} });
    return { status: answer.status, body: await answer.json() };
  }

  test('says that it lives, and whether it can work', async () => {
    expect(await ask('/healthz')).toEqual({ status: 200, body: { alive: true } });
    expect(await ask('/readyz?verbose')).toEqual({ status: 200, body: { ready: true, down: [] } });
    down = ['The database does not answer.'];
    expect(await ask('/readyz')).toEqual({ status: 503, body: { ready: false, down } });
  });

  test.each([
    ['GET', '/'],
    ['GET', '/nothing'],
    ['POST', '/healthz'],
    ['GET', '/operator/count'],
    ['POST', '/operator/other'],
    ['POST', '/__proto__'],
    ['POST', '/constructor'],
  ])('%s %s is nothing here', async (method, path) => {
    const authorization = `Bearer ${door.token}`;
    expect(await ask(path, method, authorization)).toEqual({
      status: 404,
      body: { error: `There is no ${method} ${path} here.` },
    });
  });

  test('lets the operator in with the token of the data folder, which this user alone can read', async () => {
    const { mode } = statSync(doorFile(join(folder, 'data')));
    expect(mode & 0o777).toBe(0o600);
    expect(await ask('/operator/count', 'POST', `Bearer ${door.token}`)).toEqual({
      status: 200,
      body: { entries: 3 },
    });
  });

  test.each(['', 'Bearer ', 'Bearer wrong', `Bearer ${'0'.repeat(48)}`, 'Basic cm9vdDo='])(
    'and with %j nobody',
    async (authorization) => {
      expect((await ask('/operator/count', 'POST', authorization)).status).toBe(401);
    },
  );

  test('takes a body, streams text, says what was asked wrongly, and cuts an answer off that fails', async () => {
    const headers = { authorization: `Bearer ${door.token}` };
    const post = (path: string, body?: string) => fetch(door.url + path, { method: 'POST', headers, body });
    expect(await (await post('/operator/echo', '{"a":1}')).json()).toEqual({ a: 1 });
    expect((await post('/operator/echo', '{"a"')).status).toBe(400);
    expect((await post('/operator/echo', `"${'x'.repeat(100_001)}"`)).status).toBe(400);
    const wrong = await post('/operator/wrong');
    expect([wrong.status, await wrong.json()]).toEqual([400, { error: 'There is no such action.' }]);
    const streamed = post('/operator/lines').then((answer) => answer.text());
    await expect(streamed).rejects.toThrow(/terminated|fetch failed/);
  });

  test('lets whoever comes to a door in without a token, and to the operator never', async () => {
    const take: Door = async ({ method }, response) => void response.writeHead(202).end(`"${method} taken"`);
    doors = { '/slack/events': take, '/operator/count': take };
    expect(await ask('/slack/events', 'POST')).toEqual({ status: 202, body: 'POST taken' });
    expect((await ask('/slack/other', 'POST')).status).toBe(404);
    expect((await ask('/operator/count', 'POST')).status).toBe(401);
  });

  test('while it is starting, whoever comes to a door is asked to come again', async () => {
    doors = undefined;
    const answer = await fetch(`${door.url}/slack/events`, { method: 'POST' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/operator/count', 'POST', `Bearer ${door.token}`)).status).toBe(200);
  });

  test('says what failed, and lives on', async () => {
    expect(await ask('/operator/fail', 'POST', `Bearer ${door.token}`)).toEqual({
      status: 500,
      body: { error: 'The database does not answer.' },
    });
    expect((await ask('/healthz')).status).toBe(200);
  });

  test('closed, it leaves no token behind', async () => {
    await port.close();
    expect(existsSync(doorFile(join(folder, 'data')))).toBe(false);
    await expect(fetch(`${door.url}/healthz`)).rejects.toThrow('fetch failed');
  });
});

test('a port that is taken is said in one sentence, and no token is written', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const wanted = { port, host: '127.0.0.1', troubles: async () => [], doors: () => ({}), operator: {} };
  await expect(listen(wanted)).rejects.toThrow(
    `Port ${port} is taken by another program: stop that one, or set PORT to another port.`,
  );
  other.close();
});
