import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Commanded, Handlers, Heard, Pressed, Reply, Submitted } from '../../src/chat/door.ts';
import { openSlackDoor, type SlackDoor } from '../../src/chat/slack/door.ts';
import { openSlackSurface } from '../../src/chat/slack/send.ts';
import { type Ops, openOps } from '../walks/slack.ts';
import { openSlackApi } from '../wire/slack-api.ts';
import { approval, cardWith, question, speech } from './cards.ts';
import { haveLocalSlack, openLog, openTrialSlack } from './trial-slack.ts';

/** What Socket Mode has no use for. */
const outside = { now: () => new Date(), turnedAway: () => {} };

/** Handlers that keep what came, answer as told, and wait or fail as told. */
function openHandlers() {
  const heard: Heard[] = [];
  const pressed: Pressed[] = [];
  const submitted: Submitted[] = [];
  const commanded: Commanded[] = [];
  const refused: [account: string, because: string][] = [];
  const told = { reply: { kind: 'nothing' } as Reply, gate: Promise.resolve(), fails: false };
  const take = async <T>(into: T[], one: T): Promise<Reply> => {
    into.push(one);
    await told.gate;
    if (told.fails) throw new Error('the database is away');
    return told.reply;
  };
  const handlers: Handlers = {
    heard: async (one) => void (await take(heard, one)),
    pressed: (one) => take(pressed, one),
    submitted: (one) => take(submitted, one),
    commanded: (one) => take(commanded, one),
    home: async () => cardWith({}),
    current: async () => undefined,
    welcomed: async () => ({ kind: 'nothing' }),
    refused: async (account, because) => void refused.push([account, because]),
  };
  return { handlers, told, heard, pressed, submitted, commanded, refused };
}

describe.skipIf(!haveLocalSlack)('the Slack door', () => {
  let slack: Awaited<ReturnType<typeof openTrialSlack>>;
  let ops: Ops;
  let inside: ReturnType<typeof openHandlers>;
  let door: SlackDoor;
  const log = openLog();

  beforeAll(async () => {
    slack = await openTrialSlack();
    ops = openOps(slack.url);
  });
  afterAll(() => slack.close());
  beforeEach(async () => {
    await ops.reset();
    inside = openHandlers();
    log.lines.length = 0;
    const mode = { kind: 'socket', appToken: slack.appToken } as const;
    door = openSlackDoor({ ...slack, mode, ...outside, handlers: inside.handlers, speech, log });
    await door.start();
  });
  afterEach(() => door.stop());

  const acknowledged = async () => (await ops.log()).filter((one) => one.kind === 'ack');
  const postQuestion = async (thread?: string) => {
    const surface = openSlackSurface({ client: door.client, speech, log });
    await surface.post({ place: 'slack:C01OPS', ...(thread && { thread }) }, question, 'roster-q');
    return await ops.expectCard('C01OPS', /^May I/, 2_000, thread);
  };

  describe('hears', () => {
    test('a mention in a channel, without the mention and Slack’s encoding', async () => {
      const ts = await ops.mention({
        channel: 'C01OPS',
        user: 'U01MARIA',
        text: 'is <#C02APP|approvals> &amp; <https://x.example|x> ok, <@U02DAN>?',
      });
      expect(inside.heard).toEqual([
        {
          account: 'slack:U01MARIA',
          place: 'slack:C01OPS',
          message: ts,
          text: 'is #approvals & x ok, @U02DAN?',
          direct: false,
        },
      ]);
    });

    test('a mention in a thread', async () => {
      const root = await ops.post({ channel: 'C01OPS', user: 'U02DAN', text: 'checkout is slow' });
      const ts = await ops.mention({ channel: 'C01OPS', user: 'U01MARIA', text: 'why?', thread: root });
      expect(inside.heard).toEqual([
        {
          account: 'slack:U01MARIA',
          place: 'slack:C01OPS',
          message: ts,
          thread: root,
          text: 'why?',
          direct: false,
        },
      ]);
    });

    test('a direct message, once, even one that mentions it', async () => {
      const { channel, ts } = await ops.tell({ user: 'U01MARIA', text: '<@U01ROSTER> hello' });
      expect(inside.heard).toEqual([
        { account: 'slack:U01MARIA', place: `slack:${channel}`, message: ts, text: 'hello', direct: true },
      ]);
    });

    test('not what others say, edit or delete, and not itself', async () => {
      const ts = await ops.post({ channel: 'C01OPS', user: 'U01MARIA', text: 'lunch?' });
      await ops.edit('C01OPS', 'U01MARIA', ts, '<@U01ROSTER> lunch?');
      await ops.remove('C01OPS', 'U01MARIA', ts);
      const { channel, ts: told } = await ops.tell({ user: 'U01MARIA', text: 'one' });
      await ops.edit(channel, 'U01MARIA', told, 'two');
      await door.client.chat.postMessage({ channel: 'C01OPS', text: '<@U01ROSTER> I am talking to myself' });
      await ops.post({ channel, user: 'U01ROSTER', text: 'as the app itself' });
      expect(inside.heard.map((one) => one.text)).toEqual(['one']);
      expect((await ops.log()).filter((one) => one.kind === 'events_api')).toHaveLength(
        (await acknowledged()).length,
      );
    });
  });

  describe('commits, then acknowledges', () => {
    test('an event, only after it was handled', async () => {
      let open = () => {};
      inside.told.gate = new Promise((resolve) => {
        open = resolve;
      });
      const before = (await acknowledged()).length;
      const posting = ops.mention({ channel: 'C01OPS', user: 'U01MARIA', text: 'status' });
      await expect.poll(() => inside.heard).toHaveLength(1);
      // The mention's other event, an ordinary message to us, is acknowledged; the mention is not yet.
      expect((await acknowledged()).length - before).toBe(1);
      open();
      await posting;
      expect((await acknowledged()).length - before).toBe(2);
    });

    test.each([
      ['an event', () => ops.mention({ channel: 'C01OPS', user: 'U01MARIA', text: 'status' }), 1],
      ['a command', () => ops.command({ channel: 'C01OPS', user: 'U01MARIA', text: 'status' }), 0],
      ['a click', async () => ops.clickAs('U01MARIA', await postQuestion(), 'Approve'), 0],
    ])('%s whose handling failed stays unacknowledged', async (_, act, others) => {
      inside.told.fails = true;
      const before = (await acknowledged()).length;
      // Not waited for: the local Slack answers 5 s later, when it gives up on the acknowledgement.
      act().catch(() => {});
      await expect.poll(() => log.lines).toHaveLength(1);
      expect((await acknowledged()).length - before).toBe(others);
      expect(log.lines).toEqual([
        expect.stringMatching(/^error: A delivery from Slack was not acknowledged.*the database is away/),
      ]);
    });

    test('before it stops: what is under way finishes and is acknowledged, nothing new is taken', async () => {
      let open = () => {};
      inside.told.gate = new Promise((resolve) => {
        open = resolve;
      });
      const first = ops.command({ channel: 'C01OPS', user: 'U01MARIA', text: 'one' });
      await expect.poll(() => inside.commanded).toHaveLength(1);
      const stopping = door.stop();
      ops.command({ channel: 'C01OPS', user: 'U01MARIA', text: 'two' }).catch(() => {});
      const before = (await acknowledged()).length;
      open();
      await Promise.all([stopping, first]);
      expect((await acknowledged()).length - before).toBe(1);
      expect(inside.commanded.map((one) => one.text)).toEqual(['one']);
    });
  });

  describe('a click', () => {
    test('becomes what the button means', async () => {
      const card = await postQuestion();
      await ops.clickAs('U02DAN', card, 'Approve');
      const intent = { do: 'approve', approval };
      expect(inside.pressed).toEqual([
        { account: 'slack:U02DAN', place: 'slack:C01OPS', message: card.ts, intent },
      ]);
    });

    test('is answered with a note to the one who clicked, in the thread', async () => {
      inside.told.reply = { kind: 'note', text: 'Settled by Maria <b>' };
      const root = await ops.post({ channel: 'C01OPS', user: 'U02DAN', text: 'checkout is slow' });
      await ops.clickAs('U02DAN', await postQuestion(root), 'Approve');
      const note = await ops.expectNote('C01OPS', 'U02DAN', /Settled/);
      expect(note).toMatchObject({ words: 'Settled by Maria &lt;b&gt;', thread: root });
    });

    test('that is forged or old is refused, with a note, and changes nothing', async () => {
      const card = await postQuestion();
      await ops.click('U02DAN', card, {
        action_id: 'approve',
        value: '{"do":"approve","approval":"a\' or 1=1"}',
      });
      await ops.click('U02DAN', card, { action_id: 'somebody-elses', value: 'x' });
      await ops.click('U02DAN', card, { action_id: 'approve' });
      expect(inside.pressed).toEqual([]);
      expect(inside.refused).toHaveLength(3);
      expect(inside.refused[0]).toEqual([
        'slack:U02DAN',
        'The button is none of ours: what it means cannot be read.',
      ]);
      await ops.expectNote('C01OPS', 'U02DAN', /Nothing was changed/);
    });
  });

  describe('a form', () => {
    const form = {
      title: 'Reject: roll back checkout?',
      submit: 'Reject',
      intent: { do: 'reject', approval } as const,
      field: { name: 'reason', label: 'Why not?', hint: 'Kept with the decision.', least: 3, most: 500 },
    };
    const openForm = async () => {
      inside.told.reply = { kind: 'form', form };
      await ops.clickAs('U01MARIA', await postQuestion(), 'Reject');
    };

    test('opens at a click, and what is sent carries the intent', async () => {
      await openForm();
      inside.told.reply = { kind: 'nothing' };
      expect(await ops.submitAs('U01MARIA', 'the release has a fix')).toEqual({});
      expect(inside.submitted).toEqual([
        { account: 'slack:U01MARIA', intent: form.intent, answer: 'the release has a fix' },
      ]);
    });

    test('stays open with the note on its field', async () => {
      await openForm();
      inside.told.reply = { kind: 'note', text: 'Settled by Dan a moment ago.' };
      expect(await ops.submitAs('U01MARIA', 'no')).toEqual({ reason: 'Settled by Dan a moment ago.' });
    });

    test('stays open with the note on the field that it names', async () => {
      await openForm();
      inside.told.reply = { kind: 'note', text: 'Say by when.', field: 'due' };
      expect(await ops.submitAs('U01MARIA', 'no')).toEqual({ due: 'Say by when.' });
    });

    test('that is none of ours is refused', async () => {
      inside.told.reply = {
        kind: 'form',
        form: { ...form, intent: { do: 'reject', approval: 'x y' as typeof approval } },
      };
      await ops.clickAs('U01MARIA', await postQuestion(), 'Reject');
      expect(await ops.submitAs('U01MARIA', 'no')).toEqual({
        reason: expect.stringContaining('none of ours'),
      });
      expect(inside.submitted).toEqual([]);
      expect(inside.refused).toHaveLength(1);
    });
  });

  test('a command is answered to the asker alone', async () => {
    inside.told.reply = {
      kind: 'card',
      card: cardWith({ title: 'Two incidents', fallback: 'Two incidents' }),
    };
    await ops.command({ channel: 'C01OPS', user: 'U02DAN', text: ' incidents  today' });
    expect(inside.commanded).toEqual([
      { account: 'slack:U02DAN', place: 'slack:C01OPS', text: 'incidents today' },
    ]);
    expect(await ops.expectNote('C01OPS', 'U02DAN', /Two incidents/)).toMatchObject({
      title: 'Two incidents',
    });
    expect(await ops.cards('C01OPS')).toEqual([]);
  });

  test('after a lost connection it hears again', async () => {
    await slack.leave();
    slack = await openTrialSlack({ folder: slack.folder, port: Number(new URL(slack.url).port) });
    const connected = async () =>
      (await ops.log()).some((one) => one.summary.startsWith('socket connected')) || undefined;
    await expect.poll(connected, { timeout: 20_000 }).toBe(true);
    await ops.mention({ channel: 'C01OPS', user: 'U01MARIA', text: 'still there?' });
    expect(inside.heard.map((one) => one.text)).toEqual(['still there?']);
  });
});

describe('the Slack door, when Slack refuses', () => {
  const start = async (botToken: object, appToken: object) => {
    const log = openLog();
    const api = await openSlackApi(({ method }) => ({ body: method === 'auth.test' ? botToken : appToken }));
    const mode = { kind: 'socket', appToken: 'xapp-secret-2' } as const;
    const site = { botToken: 'xoxb-secret-1', mode, apiUrl: api.apiUrl, speech, log, ...outside };
    const said = await openSlackDoor({ ...site, handlers: openHandlers().handlers })
      .start()
      .catch((error) => error);
    await api.close();
    return { said: String(said), log: log.lines.join('\n') };
  };
  const well = { ok: true, user_id: 'U1', bot_id: 'B1' };

  test.each([
    [
      'the bot token',
      { ok: false, error: 'invalid_auth' },
      {},
      'Slack refuses SLACK_BOT_TOKEN (invalid_auth)',
    ],
    ['the app token', well, { ok: false, error: 'not_authed' }, 'Slack refuses SLACK_APP_TOKEN (not_authed)'],
  ])('%s, it says which variable and where to copy it from', async (_, bot, app, sentence) => {
    const { said, log } = await start(bot, app);
    expect(said).toContain(sentence);
    expect(`${said}${log}`).not.toContain('secret');
  });

  test('an address where nothing answers is named', async () => {
    const site = {
      botToken: 'xoxb-1',
      mode: { kind: 'socket', appToken: 'xapp-1' } as const,
      ...outside,
      apiUrl: 'http://127.0.0.1:9/api/',
      speech,
      log: openLog(),
    };
    const starting = openSlackDoor({ ...site, handlers: openHandlers().handlers }).start();
    await expect(starting).rejects.toThrow('Slack cannot be reached at http://127.0.0.1:9/api/');
  });
});
