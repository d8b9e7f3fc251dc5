import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { show } from '../../src/chat/show.ts';
import { openSlackClient } from '../../src/chat/slack/client.ts';
import { openSlackSurface } from '../../src/chat/slack/send.ts';
import { joinSurfaces, type Surface, Unreachable } from '../../src/chat/surface.ts';
import { openEmbeddedTest } from '../databases.ts';
import { type Ops, openOps } from '../walks/slack.ts';
import { openSlackApi } from '../wire/slack-api.ts';
import { cardWith, speech } from './cards.ts';
import { haveLocalSlack, openLog, openTrialSlack } from './trial-slack.ts';

const place = 'slack:@U01MARIA';
const card = cardWith({ title: 'Your week' });
const edited = cardWith({ tone: 'good', title: 'Your week, again' });

describe.skipIf(!haveLocalSlack)('one person is told something alone in Slack', () => {
  let slack: Awaited<ReturnType<typeof openTrialSlack>>;
  let ops: Ops;
  let surface: Surface;
  const log = openLog();
  const idOf = async (user: string) => {
    const { channel } = await openSlackClient({ ...slack, log }).conversations.open({ users: user });
    return channel?.id ?? '';
  };
  beforeAll(async () => {
    slack = await openTrialSlack();
    ops = openOps(slack.url);
    surface = openSlackSurface({ client: openSlackClient({ ...slack, log }), speech, log });
  });
  afterAll(() => slack.close());
  beforeEach(() => ops.reset());

  test('posted, edited, found and linked in the direct conversation, and nowhere else', async () => {
    const own = await idOf('U01MARIA');
    const { message, link } = await surface.post({ place }, card, 'roster-1');
    const reply = await surface.post({ place, thread: message }, card, 'roster-2');
    expect(await surface.edit(place, message, edited, 'roster-1')).toEqual({ kind: 'edited' });
    expect(await ops.cards(own)).toMatchObject([{ ts: message, title: 'Your week, again', edited: true }]);
    expect(await surface.find({ place }, 'roster-1')).toEqual({ message, link });
    expect(await surface.find({ place, thread: message }, 'roster-2')).toEqual(reply);
    expect(await surface.exists({ place }, message)).toBe(true);
    expect(link).toBe(`${slack.url}/archives/${own}/p${message.replace('.', '')}`);
    for (const other of ['C01OPS', 'C02APP', await idOf('U02DAN')])
      expect(await ops.cards(other)).toEqual([]);
  });

  test('shown once as well after a crash that lost the id of what was posted', async () => {
    const database = await openEmbeddedTest();
    const once = { ...surface, post: (...all: Parameters<Surface['post']>) => lost(surface.post(...all)) };
    const lost = (posted: Promise<unknown>) => posted.then(() => Promise.reject(new Error('killed')));
    const view = { part: 'digest', place, card };
    const shown = (at: Surface) =>
      show({ db: database.db, surface: joinSurfaces({ slack: at }) }, 'x:1', [view]);
    await expect(shown(once)).rejects.toThrow('killed');
    expect(await shown(surface)).toEqual({ posted: 1, edited: 0 });
    expect(await ops.cards(await idOf('U01MARIA'))).toHaveLength(1);
    await database.close();
  });
});

describe('a direct conversation in Slack that cannot be had', () => {
  type Script = Parameters<typeof openSlackApi>[0];
  const refusal = (error: string) => ({ body: { ok: false, error } });
  const took = { body: { ok: true, ts: '17.000100', permalink: 'https://shop.slack.com/x' } };
  const opens = (channel: object) => ({ body: { ok: true, channel } });
  const against = async (
    opened: Script,
    work: (surface: Surface, log: ReturnType<typeof openLog>) => Promise<void>,
  ) => {
    const log = openLog();
    const script: Script = (call, times) =>
      call.method === 'conversations.open' ? opened(call, times) : took;
    const api = await openSlackApi(script);
    const client = openSlackClient({ botToken: 'xoxb-1', apiUrl: api.apiUrl, log });
    await work(openSlackSurface({ client, speech, log }), log).finally(() => api.close());
    return api.calls;
  };

  test.each([
    ...['slack:@', 'slack:@u01maria', 'slack:@U01MARIA,U02DAN', 'slack:@C01OPS', 'slack:@U01 MARIA'],
    ...['slack:@D01MARIA', 'slack:@U01MARIA\nU02DAN', 'slack:@@U01MARIA', 'slack:@maria', 'slack:@../C01OPS'],
  ])('%j is nobody: nothing is asked and nothing is posted', async (malformed) => {
    const calls = await against(
      () => opens({ id: 'D01MARIA' }),
      async (surface, log) => {
        for (const times of [1, 2]) {
          const posted = surface.post({ place: malformed }, card, `roster-${times}`);
          await expect(posted).rejects.toThrow(
            /is nobody's direct conversation in Slack, so nothing was posted/,
          );
        }
        await expect(surface.edit(malformed, '17.1', card, 'roster-1')).rejects.toThrow(Unreachable);
        expect(log.lines).toHaveLength(1);
      },
    );
    expect(calls).toEqual([]);
  });

  test.each([
    ['an unknown account', refusal('user_not_found'), /^slack:@U01MARIA is nobody's direct conversation/],
    ['a deactivated one', refusal('user_disabled'), /deactivated or out of its reach/],
    ['an app without the scope', refusal('missing_scope'), /lacks the scope im:write: add it as in/],
    ['a channel in its place', opens({ id: 'C01OPS' }), /^Slack opened another conversation/],
    ['a group in its place', opens({ id: 'G01GROUP' }), /^Slack opened another conversation/],
    ['somebody else’s', opens({ id: 'D02DAN', user: 'U02DAN' }), /^Slack opened another conversation/],
  ])('%s: said once, nothing is posted, and no job tries on', async (_, answer, says) => {
    const calls = await against(
      () => answer,
      async (surface, log) => {
        for (const marker of ['roster-1', 'roster-2']) {
          const refused = await surface.post({ place }, card, marker).catch((error) => error);
          expect(refused).toBeInstanceOf(Unreachable);
          expect(refused.message).toMatch(says);
        }
        expect(log.lines.map((line) => line.replace('warn: ', ''))).toEqual([expect.stringMatching(says)]);
      },
    );
    expect(calls.map(({ method }) => method)).toEqual(['conversations.open', 'conversations.open']);
  });

  test('a rate limit is waited out, one conversation is opened for many messages', async () => {
    const calls = await against(
      (_, times) =>
        times === 1
          ? { status: 429, headers: { 'retry-after': '1' }, body: {} }
          : opens({ id: 'D01MARIA', user: 'U01MARIA' }),
      async (surface) => {
        await surface.post({ place }, card, 'roster-1');
        await surface.post({ place }, card, 'roster-2');
      },
    );
    const named = calls.map(({ method, args }) => `${method} ${args.users ?? args.channel}`);
    expect(named).toEqual([
      ...['conversations.open U01MARIA', 'conversations.open U01MARIA'],
      ...['chat.postMessage D01MARIA', 'chat.getPermalink D01MARIA'],
      ...['chat.postMessage D01MARIA', 'chat.getPermalink D01MARIA'],
    ]);
  });

  test('one that Slack no longer knows is opened anew, and a channel is not', async () => {
    const log = openLog();
    const api = await openSlackApi(({ method, args }, times) => {
      if (method === 'conversations.open') return opens({ id: `D0${times}MARIA` });
      return method === 'chat.postMessage' && args.channel !== 'D02MARIA'
        ? refusal('channel_not_found')
        : took;
    });
    const client = openSlackClient({ botToken: 'xoxb-1', apiUrl: api.apiUrl, log });
    const surface = openSlackSurface({ client, speech, log });
    expect(await surface.post({ place }, card, 'roster-1')).toMatchObject({ message: '17.000100' });
    await expect(surface.post({ place: 'slack:C01OPS' }, card, 'roster-2')).rejects.toThrow(
      '/invite @Roster',
    );
    const named = api.calls.map(({ method, args }) => `${method} ${args.users ?? args.channel}`);
    expect(named).toEqual([
      ...['conversations.open U01MARIA', 'chat.postMessage D01MARIA'],
      ...['conversations.open U01MARIA', 'chat.postMessage D02MARIA', 'chat.getPermalink D02MARIA'],
      'chat.postMessage C01OPS',
    ]);
    await api.close();
  });

  test('an outage is the job’s to retry', async () => {
    await against(
      (_, times) => (times === 1 ? 'hang up' : opens({ id: 'D01MARIA' })),
      async (surface) => {
        const failed = await surface.post({ place }, card, 'roster-1').catch((error) => error);
        expect(failed).not.toBeInstanceOf(Unreachable);
        expect(await surface.post({ place }, card, 'roster-1')).toMatchObject({ message: '17.000100' });
      },
    );
  });
});
