import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSlackClient } from '../../src/chat/slack/client.ts';
import { openSlackSurface } from '../../src/chat/slack/send.ts';
import type { Surface } from '../../src/chat/surface.ts';
import { type Ops, openOps } from '../walks/slack.ts';
import { openSlackApi } from '../wire/slack-api.ts';
import { cardWith, picture, speech } from './cards.ts';
import { haveLocalSlack, openLog, openTrialSlack } from './trial-slack.ts';

const place = 'slack:C01OPS';
const card = cardWith({ title: 'Checkout is slow' });

describe.skipIf(!haveLocalSlack)('Slack as a surface', () => {
  let slack: Awaited<ReturnType<typeof openTrialSlack>>;
  let ops: Ops;
  let surface: Surface;
  beforeAll(async () => {
    slack = await openTrialSlack();
    ops = openOps(slack.url);
    const log = openLog();
    surface = openSlackSurface({ client: openSlackClient({ ...slack, log }), speech, log });
  });
  afterAll(() => slack.close());
  beforeEach(() => ops.reset());

  test('posts under the worker’s name, with a link that opens it', async () => {
    const { message, link } = await surface.post({ place }, card, 'roster-1');
    const [shown] = await ops.cards('C01OPS');
    expect(shown).toMatchObject({
      ts: message,
      title: 'Checkout is slow',
      by: 'Ada, AI worker',
      marker: 'roster-1',
    });
    expect(link).toBe(`${slack.url}/archives/C01OPS/p${message.replace('.', '')}`);
  });

  test('posts into a thread', async () => {
    const root = await surface.post({ place }, card, 'roster-1');
    const reply = await surface.post(
      { place, thread: root.message },
      cardWith({ title: 'Cause' }),
      'roster-2',
    );
    expect((await ops.thread('C01OPS', root.message)).map((one) => one.title)).toEqual(['Cause']);
    expect(await ops.cards('C01OPS')).toHaveLength(1);
    expect(reply.link).toContain(`thread_ts=${root.message}`);
  });

  test('edits in place; a deleted message is gone', async () => {
    const { message } = await surface.post({ place }, card, 'roster-1');
    const edited = cardWith({ tone: 'good', title: 'Mended' });
    expect(await surface.edit(place, message, edited, 'roster-1')).toEqual({ kind: 'edited' });
    expect(await ops.cards('C01OPS')).toMatchObject([
      { ts: message, title: 'Mended', marker: 'roster-1', edited: true },
    ]);
    await ops.reset();
    expect(await surface.edit(place, message, edited, 'roster-1')).toEqual({ kind: 'gone' });
  });

  test('finds a message by its marker, in a channel and in a thread', async () => {
    const root = await surface.post({ place }, card, 'roster-1');
    const reply = await surface.post({ place, thread: root.message }, card, 'roster-2');
    expect(await surface.find({ place }, 'roster-1')).toEqual(root);
    expect(await surface.find({ place, thread: root.message }, 'roster-2')).toEqual(reply);
    expect(await surface.find({ place }, 'roster-2')).toBeUndefined();
  });

  test('knows whether a message still exists', async () => {
    const root = await surface.post({ place }, card, 'roster-1');
    const reply = await surface.post({ place, thread: root.message }, card, 'roster-2');
    const there = async () => [
      await surface.exists({ place }, root.message),
      await surface.exists({ place, thread: root.message }, reply.message),
    ];
    expect(await there()).toEqual([true, true]);
    await ops.reset();
    expect(await there()).toEqual([false, false]);
  });

  test('gives a sign of life, also twice, also on what was deleted since', async () => {
    const ts = await ops.post({ channel: 'C01OPS', user: 'U01MARIA', text: 'hello' });
    await surface.react(place, ts, 'eyes');
    await surface.react(place, ts, ':eyes:');
    await ops.remove('C01OPS', 'U01MARIA', ts);
    await surface.react(place, ts, 'eyes');
  });

  test('a channel that is not there: says how to invite', async () => {
    await expect(surface.post({ place: 'slack:C09NONE' }, card, 'roster-1')).rejects.toThrow(
      'Roster is not in the Slack channel C09NONE, or there is none: type "/invite @Roster" in that channel, or correct manifests/places.yaml.',
    );
  });
});

describe('Slack as a surface, when Slack is strict', () => {
  type Script = Parameters<typeof openSlackApi>[0];
  const against = async <T>(
    script: Script,
    work: (surface: Surface, calls: { method: string; args: Record<string, string> }[]) => Promise<T>,
  ) => {
    const log = openLog();
    const api = await openSlackApi((call, times) =>
      call.method === 'auth.test' ? { body: self } : script(call, times),
    );
    const client = openSlackClient({ botToken: 'xoxb-1', apiUrl: api.apiUrl, log });
    return await work(openSlackSurface({ client, speech, log }), api.calls).finally(() => api.close());
  };
  const self = { ok: true, url: 'https://shop.slack.com/', user_id: 'U1', bot_id: 'B1' };
  const took = { body: { ok: true, ts: '17.000100' } };
  const permalink = { body: { ok: true, permalink: 'https://shop.slack.com/archives/C01OPS/p17000100' } };
  const names = (calls: { method: string }[]) => calls.map((one) => one.method);
  const refusal = (error: string) => ({ body: { ok: false, error } });

  test('a rate limit is waited out, and the post arrives once', async () => {
    const script: Script = ({ method }, times) => {
      if (method === 'chat.getPermalink') return permalink;
      return times === 1 ? { status: 429, headers: { 'retry-after': '1' }, body: {} } : took;
    };
    await against(script, async (surface, calls) => {
      const started = Date.now();
      expect(await surface.post({ place }, card, 'roster-1')).toMatchObject({ message: '17.000100' });
      expect(Date.now() - started).toBeGreaterThan(900);
      expect(names(calls)).toEqual(['chat.postMessage', 'chat.postMessage', 'chat.getPermalink']);
    });
  });

  test('a post of unknown outcome is not repeated here', async () => {
    await against(
      () => 'hang up',
      async (surface, calls) => {
        await expect(surface.post({ place }, card, 'roster-1')).rejects.toThrow();
        expect(names(calls)).toEqual(['chat.postMessage']);
      },
    );
  });

  test('no link to be had: made from the workspace’s address', async () => {
    const script: Script = ({ method }) =>
      method === 'chat.getPermalink' ? refusal('unknown_method') : took;
    await against(script, async (surface) => {
      const { link } = await surface.post({ place, thread: '16.000001' }, card, 'roster-1');
      expect(link).toBe('https://shop.slack.com/archives/C01OPS/p17000100?thread_ts=16.000001&cid=C01OPS');
    });
  });

  test('looks through pages, and takes no stranger’s message for its own', async () => {
    const message = (ts: string, bot: string, id: string) => ({
      ts,
      bot_id: bot,
      blocks: [{ type: 'header', block_id: id }],
    });
    const script: Script = ({ method, args }) => {
      if (method === 'chat.getPermalink') return permalink;
      if (args.cursor) return { body: { ok: true, messages: [message('17.000100', 'B1', 'roster-1')] } };
      const messages = [{ ts: '17.3' }, message('17.2', 'B2', 'roster-1'), message('17.1', 'B1', 'other')];
      return { body: { ok: true, messages, response_metadata: { next_cursor: 'more' } } };
    };
    await against(script, async (surface, calls) => {
      expect(await surface.find({ place }, 'roster-1')).toMatchObject({ message: '17.000100' });
      expect(names(calls).filter((one) => one === 'conversations.history')).toHaveLength(2);
    });
  });

  describe('with a picture that Slack cannot fetch', () => {
    const shows = cardWith({ blocks: [{ kind: 'picture', picture, alt: 'A chart of errors.' }] });
    const unfetched = {
      body: {
        ok: false,
        error: 'invalid_blocks',
        errors: ['downloading image failed [json-pointer:/blocks/1/image_url]'],
      },
    };
    const script: Script = ({ method, args }) => {
      if (method === 'chat.getPermalink') return permalink;
      return args.blocks?.includes('image_url') ? unfetched : took;
    };
    const drawn = (calls: { args: Record<string, string> }[]) =>
      calls.map(({ args }) => JSON.parse(args.blocks ?? '[]')[1]?.type);

    test('it is posted all the same, and says in words what it would show', async () => {
      await against(script, async (surface, calls) => {
        expect(await surface.post({ place }, shows, 'roster-1')).toMatchObject({ message: '17.000100' });
        expect(drawn(calls).slice(0, 2)).toEqual(['image', 'context']);
        expect(calls[1]?.args.blocks).toContain('A chart of errors.');
      });
    });

    test('it is edited all the same', async () => {
      await against(script, async (surface, calls) => {
        expect(await surface.edit(place, '17.1', shows, 'roster-1')).toEqual({ kind: 'edited' });
        expect(drawn(calls)).toEqual(['image', 'context']);
      });
    });

    test('what is refused without one is not tried again', async () => {
      const refused: Script = () => refusal('invalid_blocks');
      await against(refused, async (surface, calls) => {
        await expect(surface.post({ place }, card, 'roster-1')).rejects.toThrow('invalid_blocks');
        expect(names(calls)).toEqual(['chat.postMessage']);
      });
    });
  });

  test.each([
    ['already_reacted', (surface: Surface) => surface.react(place, '17.1', 'eyes'), undefined],
    ['thread_not_found', (surface: Surface) => surface.exists({ place }, '17.1'), false],
  ])('%s is no failure', async (error, act, answer) => {
    await against(
      () => refusal(error),
      async (surface) => expect(await act(surface)).toEqual(answer),
    );
  });

  test('a deleted root with replies is a tombstone, not a message', async () => {
    const messages = [{ ts: '17.1', subtype: 'tombstone' }, { ts: '17.2' }];
    await against(
      () => ({ body: { ok: true, messages } }),
      async (surface) => {
        expect(await surface.exists({ place }, '17.1')).toBe(false);
      },
    );
  });

  test.each([
    ['not_in_channel', /type "\/invite @Roster" in that channel/],
    ['is_archived', /C01OPS is archived: unarchive it/],
    ['ratelimited', /ratelimited/],
  ])('%s is a sentence', async (error, sentence) => {
    await against(
      () => refusal(error),
      async (surface) => {
        await expect(surface.post({ place }, card, 'roster-1')).rejects.toThrow(sentence);
      },
    );
  });
});
