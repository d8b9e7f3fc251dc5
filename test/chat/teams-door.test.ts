import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Reply } from '../../src/chat/door.ts';
import { openEmbeddedTest } from '../databases.ts';
import { activity, alone, chat, invoke, maria, ops, posted } from '../wire/teams-activity.ts';
import { refusedByTeams, shownByTeams } from './adaptive.ts';
import { approval, cardWith, question } from './cards.ts';
import { forms } from './forms.ts';
import { type OpenDoor, openDoor } from './teams-opened.ts';

let teams: OpenDoor;
beforeAll(async () => {
  teams = await openDoor(await openEmbeddedTest());
});
beforeEach(() => teams.forget());
afterAll(() => teams.close());

const here = () => teams.api.serviceUrl;
const account = `teams:${maria.aadObjectId}`;
const place = `teams:${ops}`;
const intent = JSON.stringify({ do: 'reject', approval });
const click = (changed: object = {}) => posted(invoke(here(), 'press', { intent }, changed));
const reject = forms.reject as NonNullable<typeof forms.reject>;

describe('what Teams vouches for is taken', () => {
  test('a mention is heard without the mention, and acknowledged in silence', async () => {
    expect(await teams.send(posted(activity(here())))).toMatchObject({ status: 200, body: undefined });
    const heard = { account, place, message: '1700', text: 'status', direct: false };
    expect(teams.came).toEqual([['heard', heard]]);
    expect(teams.api.calls).toEqual([]);
  });

  test('only once its handler has committed', async () => {
    let open = () => {};
    teams.told.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let answered = false;
    const answer = teams.send(posted(activity(here()))).finally(() => {
      answered = true;
    });
    await expect.poll(() => teams.came.length).toBe(1);
    expect(answered).toBe(false);
    open();
    expect(await answer).toMatchObject({ status: 200 });
  });

  test('not when its handler fails: it is to be sent again, and nobody outside reads why', async () => {
    teams.told.fails = true;
    for (const request of [posted(activity(here())), click()]) {
      const answer = await teams.send(request);
      expect(answer).toMatchObject({
        status: 500,
        body: { error: 'Roster could not take this: send it again.' },
      });
    }
    expect(teams.log.lines).toEqual([
      expect.stringContaining('the database at 10.0.0.7 is away'),
      expect.stringContaining('the database at 10.0.0.7 is away'),
    ]);
    expect(teams.turnedAway).toEqual([]);
  });

  test('what nobody here wants is acknowledged and comes to nothing', async () => {
    const types = ['typing', 'messageUpdate', 'messageDelete', 'messageReaction', 'conversationUpdate', 'x'];
    for (const type of types)
      expect(await teams.send(posted(activity(here(), { type })))).toMatchObject({ status: 200 });
    expect(teams.came).toEqual([]);
    const other = invoke(here(), 'press', {}, { name: 'composeExtension/query' });
    expect((await teams.send(posted(other))).status).toBe(501);
  });
});

/** What answers a click: to the one who clicked, in its own response. */
async function answered(request: RequestInit): Promise<{ statusCode: number; type: string; value: never }> {
  const { status, body } = await teams.send(request);
  expect(status).toBe(200);
  expect(teams.api.calls).toEqual([]);
  return body;
}
const message = 'application/vnd.microsoft.activity.message';
const adaptive = 'application/vnd.microsoft.card.adaptive';

describe('a click is answered', () => {
  test('with a note', async () => {
    teams.told.reply = { kind: 'note', text: 'This was already approved: the card shows by whom.' };
    expect(await answered(click())).toEqual({
      statusCode: 200,
      type: message,
      value: 'This was already approved: the card shows by whom.',
    });
    const pressed = { account, place, message: '1700', intent: JSON.parse(intent) };
    expect(teams.came).toEqual([['pressed', pressed]]);
  });

  test('with a card', async () => {
    teams.told.reply = { kind: 'card', card: cardWith({ title: 'Status' }) };
    const { type, value } = await answered(click());
    expect(type).toBe(adaptive);
    expect(refusedByTeams(value)).toEqual([]);
    expect(shownByTeams(value)).toContain('⚪ Status');
  });

  test('with a form, under the card it is about', async () => {
    Object.assign(teams.told, { reply: { kind: 'form', form: reject }, card: question });
    const { type, value } = await answered(click());
    expect(type).toBe(adaptive);
    expect(refusedByTeams(value)).toEqual([]);
    const shown = shownByTeams(value);
    expect(shown).toEqual(
      expect.arrayContaining(['🟡 May I? Roll back checkout to 4.2.0', 'Reject', 'Why not?', 'Cancel']),
    );
    expect(shown).not.toContain('Approve');
  });

  test('with the card as the record has it now, where there is nothing to say', async () => {
    teams.told.card = question;
    expect(shownByTeams((await answered(click())).value)).toContain('🟡 May I? Roll back checkout to 4.2.0');
    expect(teams.came.at(-1)).toEqual(['current', { account, place, message: '1700' }]);
    teams.told.card = undefined;
    expect(await answered(click())).toMatchObject({ type: message, value: 'Done.' });
  });

  test('none of ours: refused, and said', async () => {
    const garbage: unknown[] = [
      undefined,
      null,
      7,
      'x',
      [],
      { intent: 7 },
      { intent: '{"do":"x"}' },
      { intent: '{' },
    ];
    const nulls = [{ value: null }, { value: 'x' }, { value: { action: 7 } }, { value: { action: {} } }];
    for (const data of garbage) await teams.send(posted(invoke(here(), 'press', data)));
    for (const changed of nulls) await teams.send(posted(invoke(here(), 'press', {}, changed)));
    const because = 'The button is none of ours: what it means cannot be read.';
    expect(teams.came).toEqual([...garbage, ...nulls].map(() => ['refused', { account, because }]));
    expect(await answered(posted(invoke(here(), 'press', {})))).toMatchObject({
      value: `${because} Nothing was changed.`,
    });
  });

  test('in a thread: by the root and the message', async () => {
    const conversation = { id: `${ops};messageid=1700`, conversationType: 'channel' };
    await answered(click({ conversation, replyToId: '1712' }));
    expect(teams.came[0]).toMatchObject(['pressed', { place, message: '1700/1712' }]);
  });
});

describe('a client that knows no Action.Execute', () => {
  const press = () =>
    posted(activity(here(), { ...alone, text: undefined, value: { intent }, replyToId: '1700' }));

  test('is answered by a message', async () => {
    const replies: [Reply, object | undefined][] = [
      [
        { kind: 'note', text: 'Already.' },
        { text: 'Already.', textFormat: 'plain' },
      ],
      [{ kind: 'form', form: reject }, { attachments: [expect.objectContaining({ contentType: adaptive })] }],
      [{ kind: 'nothing' }, undefined],
    ];
    for (const [reply, said] of replies) {
      teams.told.reply = reply;
      teams.api.calls.length = 0;
      expect(await teams.send(press())).toMatchObject({ status: 200, body: undefined });
      expect(teams.api.calls.map(({ body }) => body)).toEqual(said ? [expect.objectContaining(said)] : []);
    }
    expect(teams.came[0]).toMatchObject(['pressed', { place: `teams:${chat}`, message: '1700' }]);
  });

  test('leaves a form by Cancel as well', async () => {
    const value = { verb: 'refresh' };
    const request = posted(activity(here(), { ...alone, text: undefined, value, replyToId: '1700' }));
    expect(await teams.send(request)).toMatchObject({ status: 200 });
    expect(teams.came).toEqual([['current', { account, place: `teams:${chat}`, message: '1700' }]]);
    expect(teams.api.calls).toEqual([]);
  });

  test('is not asked to send again when only the answer could not be shown', async () => {
    teams.told.reply = { kind: 'note', text: 'Taken.' };
    teams.api.troubles.push({ status: 502 });
    expect((await teams.send(press())).status).toBe(200);
    expect(teams.api.calls).toHaveLength(1);
    expect(teams.log.lines).toEqual([expect.stringMatching(/^warn: An answer could not be shown in Teams/)]);
  });
});

describe('the app', () => {
  const installed = (action: string, changed: object = alone) =>
    posted(
      activity(here(), {
        type: 'installationUpdate',
        action,
        text: undefined,
        entities: undefined,
        ...changed,
      }),
    );

  test('greets where it is added, in the chat of one and in a team', async () => {
    teams.told.reply = { kind: 'card', card: cardWith({ title: 'Ada is on shift here' }) };
    await teams.send(installed('add'));
    await teams.send(installed('add', {}));
    expect(teams.came).toEqual([
      ['welcomed', { account, place: `teams:${chat}`, direct: true }],
      ['welcomed', { account, place, direct: false }],
    ]);
    expect(
      teams.api.calls.map(
        ({ body }) => shownByTeams((body.attachments as { content: unknown }[])[0]?.content)[0],
      ),
    ).toEqual(['⚪ Ada is on shift here', '⚪ Ada is on shift here']);
  });

  test('says nothing where it is taken away', async () => {
    await teams.send(installed('remove'));
    expect(teams.came).toEqual([]);
    expect(teams.api.calls).toEqual([]);
  });
});

test('what comes while stopping is to be sent again', async () => {
  const one = await openDoor(await openEmbeddedTest());
  let open = () => {};
  one.told.gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const underWay = one.send(posted(activity(one.api.serviceUrl)));
  await expect.poll(() => one.came.length).toBe(1);
  const stopped = one.door.stop();
  const late = await one.send(posted(activity(one.api.serviceUrl, { id: '1701' })));
  expect(late).toMatchObject({ status: 503 });
  expect(late.headers.get('retry-after')).toBe('10');
  open();
  expect((await underWay).status).toBe(200);
  await stopped;
  expect(one.came).toHaveLength(1);
  await one.close();
});
