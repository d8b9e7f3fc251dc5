// Who is let in as Teams: whoever has the platform's token for this bot, from this address and tenant, and nobody else.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEmbeddedTest } from '../databases.ts';
import { activity, alone, invoke, maria, posted, type Sending } from '../wire/teams-activity.ts';
import { registration, tokenFor } from '../wire/teams-keys.ts';
import { type OpenDoor, openDoor } from './teams-opened.ts';

let teams: OpenDoor;
// The library tells the console of every forged token.
const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {});
beforeAll(async () => {
  teams = await openDoor(await openEmbeddedTest());
});
beforeEach(() => {
  teams.came.length = 0;
  teams.turnedAway.length = 0;
});
afterAll(async () => {
  await teams.close();
  console.mockRestore();
});

const here = () => teams.api.serviceUrl;
const past = Math.floor(Date.now() / 1_000) - 3_600;
const elsewhere = '00000000-0000-4000-8000-00000000e002';

async function isTurnedAway(request: RequestInit, status: number) {
  const answer = await teams.send(request);
  expect(answer).toMatchObject({ status, body: { error: expect.stringMatching(/^Refused: .*\.$/) } });
  expect(teams.came).toEqual([]);
  expect(teams.turnedAway).toHaveLength(1);
  expect(await teams.kept()).toEqual({ places: 0, people: 0 });
  expect(teams.api.calls).toEqual([]);
}

describe('who is nobody’s', () => {
  const emulator = { iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/', ver: '1.0' };
  const tokens: [why: string, token: () => string][] = [
    ['expired', () => tokenFor(here(), { claims: { exp: past } })],
    ['not valid yet', () => tokenFor(here(), { claims: { nbf: past + 7_200 } })],
    ['for another bot', () => tokenFor(here(), { claims: { aud: elsewhere } })],
    ['for no bot', () => tokenFor(here(), { claims: { aud: undefined } })],
    ['by another issuer', () => tokenFor(here(), { claims: { iss: 'https://evil.example' } })],
    ['by the emulator', () => tokenFor(here(), { claims: { ...emulator, appid: registration.appId } })],
    [
      'of another bot’s own',
      () =>
        tokenFor(here(), {
          claims: { ...emulator, ver: '2.0', azp: elsewhere, appid: elsewhere },
        }),
    ],
    ['for another address', () => tokenFor('https://smba.example')],
    ['for no address', () => tokenFor(here(), { claims: { serviceurl: undefined } })],
    ['with a stranger’s key', () => tokenFor(here(), { forged: true })],
    ['with a key nobody published', () => tokenFor(here(), { header: { kid: 'other' } })],
    ['without a signature', () => `${tokenFor(here()).split('.').slice(0, 2).join('.')}.`],
    ['that says it needs none', () => tokenFor(here(), { header: { alg: 'none' } })],
    ['signed with the public key as a secret', () => tokenFor(here(), { header: { alg: 'HS256' } })],
    ['that is none', () => 'none'],
    ['that is three words', () => 'a.b.c'],
    ['that is empty', () => ''],
  ];
  test.each(tokens)('a token %s', async (_, token) => {
    await isTurnedAway(posted(activity(here()), token()), 401);
  });

  test('no token', async () => {
    const { headers: _, ...rest } = posted(activity(here()));
    await isTurnedAway({ ...rest, headers: { 'content-type': 'application/json' } }, 401);
  });

  test.each(['Basic cm9zdGVyOg==', 'Bearer', 'Bearer a b', 'bearer'])('%j', async (authorization) => {
    const headers = { 'content-type': 'application/json', authorization };
    await isTurnedAway({ ...posted(activity(here())), headers }, 401);
  });

  test('another address in the activity than in the token', async () => {
    const token = tokenFor(here());
    for (const serviceUrl of ['http://169.254.169.254/', 'https://evil.example']) {
      teams.turnedAway.length = 0;
      await isTurnedAway(posted(activity(serviceUrl), token), 401);
    }
  });

  test('a stranger is not told whether it could have been read', async () => {
    await isTurnedAway(posted({ type: 'nonsense' } as never, 'none'), 401);
  });
});

describe('what is not Teams’', () => {
  const others: [why: string, changed: object][] = [
    ['another channel of the bot, whose visitors name themselves', { channelId: 'directline' }],
    ['a channel of another kind of token', { channelId: 'webchat' }],
    [
      'another tenant',
      {
        conversation: { ...alone.conversation, tenantId: elsewhere },
        channelData: { tenant: { id: elsewhere } },
      },
    ],
    ['no tenant', { conversation: { id: 'a:1', conversationType: 'personal' }, channelData: undefined }],
  ];
  const ways: [what: string, of: (changed: object) => Sending][] = [
    ['a message', (changed) => activity(here(), changed as Record<string, unknown>)],
    ['a click', (changed) => invoke(here(), 'press', { intent: '{"do":"kill"}' }, changed)],
  ];
  for (const [what, of] of ways)
    test.each(others)(`${what} from %s keeps nothing`, async (_, changed) => {
      await isTurnedAway(posted(of(changed)), 403);
    });
});

describe('what cannot be read', () => {
  const json = { 'content-type': 'application/json' };
  const requests: [why: string, status: number, request: () => RequestInit][] = [
    ['no JSON', 400, () => ({ ...posted(activity(here())), body: '{' })],
    ['a list', 400, () => ({ ...posted(activity(here())), body: '[]' })],
    ['nothing', 400, () => ({ ...posted(activity(here())), body: '' })],
    ['a form of a page', 415, () => ({ method: 'POST', body: new URLSearchParams({ type: 'message' }) })],
    [
      'text',
      415,
      () => ({ ...posted(activity(here())), headers: { 'content-type': 'text/plain; x=application/json' } }),
    ],
    [
      'another kind of JSON',
      415,
      () => ({ ...posted(activity(here())), headers: { 'content-type': 'application/json-patch+json' } }),
    ],
    [
      'too much, in characters of three bytes',
      413,
      () => ({ method: 'POST', headers: json, body: JSON.stringify({ text: '漢'.repeat(90_000) }) }),
    ],
    ['much too much', 413, () => ({ method: 'POST', headers: json, body: 'x'.repeat(3_000_000) })],
    ['no sender', 400, () => posted(activity(here(), { from: undefined }))],
    ['a sender that is a number', 400, () => posted(activity(here(), { from: { id: 7 } }))],
    ['no conversation', 400, () => posted(activity(here(), { conversation: {} }))],
    ['a type that is none', 400, () => posted(activity(here(), { type: { message: true } }))],
  ];
  test.each(requests)('%s', (_, status, request) => isTurnedAway(request(), status));

  test('no address', async () => {
    const { serviceUrl: _, ...rest } = activity(here());
    await isTurnedAway(posted(rest as Sending, tokenFor(here())), 400);
  });

  test('anything but POST is no attempt', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await teams.send({ method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('POST');
    }
    expect(teams.turnedAway).toEqual([]);
  });
});

test('where the platform’s keys cannot be had, nobody is called a forger: it is to be sent again', async () => {
  const cut = await openDoor(await openEmbeddedTest());
  const request = posted(activity(cut.api.serviceUrl));
  await cut.api.close();
  expect(await cut.send(request)).toMatchObject({ status: 500 });
  expect(cut.turnedAway).toEqual([]);
  expect(cut.came).toEqual([]);
  expect(cut.log.lines.join()).not.toMatch(/eyJ/);
  await cut.close();
});

test('who is vouched for is let in, and known again', async () => {
  expect(await teams.send(posted(activity(here())))).toEqual({
    status: 200,
    headers: expect.anything(),
    body: undefined,
  });
  expect(teams.came).toHaveLength(1);
  expect(await teams.kept()).toEqual({ places: 1, people: 1 });
  expect(teams.members.idOf(`teams:${maria.aadObjectId}`)).toBe(maria.id);
});
