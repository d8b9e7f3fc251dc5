import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Access, ask, SystemFailed } from '../../src/systems/http.ts';
import { openWire } from './wire.ts';

const shape = z.object({ fine: z.literal(true) });

async function wire(...args: Parameters<typeof openWire>) {
  const opened = await openWire(...args);
  onTestFinished(opened.close);
  return opened;
}

async function failure(access: Access): Promise<SystemFailed> {
  const question = { path: '/things', query: { secret: 'in-the-query' } };
  const thrown = await ask('Thing', access, question, shape).catch((error) => error);
  expect(thrown).toBeInstanceOf(SystemFailed);
  return thrown;
}

test('a token, a user with password, or nothing', async () => {
  const { url, seen } = await wire(() => ({ body: { fine: true } }));
  await ask('Thing', { url: `${url}/base/`, token: 'abc' }, { path: '/things' }, shape);
  await ask('Thing', { url, user: 'ann', password: 'pass:word' }, { path: '/things' }, shape);
  await ask('Thing', { url }, { path: '/things' }, shape);
  const basic = `Basic ${Buffer.from('ann:pass:word').toString('base64')}`;
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer abc', basic, undefined]);
  expect(seen[0]?.path).toBe('/base/things');
});

const answers = [
  {
    when: 'an error',
    said: { status: 503, body: 'upstream\n is away' },
    says: 'Thing answered GET /things with 503: upstream is away',
  },
  {
    when: 'no words',
    said: { status: 500, body: '' },
    says: 'Thing answered GET /things with 500: Internal Server Error',
  },
  {
    when: 'a redirect',
    said: { status: 302, headers: { location: '/login' } },
    says: 'Thing answered GET /things with 302: /login',
  },
  {
    when: 'no JSON',
    said: { body: '<html>' },
    says: 'Thing answered GET /things with 200 and a body that is not JSON: <html>',
  },
  {
    when: 'another shape',
    said: { body: { fine: 'no' } },
    says: 'Thing answered GET /things with 200 in an unexpected shape: fine: Invalid input: expected true',
  },
];
test.each(answers)('$when becomes one sentence', async ({ said, says }) => {
  const { url } = await wire(() => said);
  const error = await failure({ url, token: 'hush-hush' });
  expect(error.message).toBe(says);
  expect(error.status).toBe(said.status ?? 200);
});

test('a long error is cut, and neither a credential nor a query is ever in it', async () => {
  const { url } = await wire(() => ({ status: 400, body: 'x'.repeat(5_000) }));
  const { message } = await failure({ url, token: 'hush-hush' });
  expect(message.length).toBeLessThan(300);
  expect(message).not.toMatch(/hush|in-the-query/);
});

test('silence ends at the timeout, with no status: what happened is not known', async () => {
  const { url } = await wire(() => 'silence');
  const error = await failure({ url, timeoutMs: 50 });
  expect(error.message).toBe('Thing did not answer GET /things: no answer within 0.05 s');
  expect(error.status).toBeUndefined();
});

test('nobody listening', async () => {
  const { url, close } = await openWire(() => ({}));
  await close();
  const error = await failure({ url });
  expect(error.message).toMatch(/^Thing did not answer GET \/things: connect ECONNREFUSED/);
  expect(error.status).toBeUndefined();
});
