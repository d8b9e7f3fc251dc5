import { describe, expect, test } from 'vitest';
import { drawForm, readForm } from '../../src/chat/slack/form.ts';
import { readClick, readCommand, readMessage, readWords } from '../../src/chat/slack/hear.ts';
import { viewRefusedBySlack } from '../wire/slack-limits.ts';
import { approval } from './cards.ts';
import { forms } from './forms.ts';

describe('what somebody typed', () => {
  test.each([
    ['<@U0BOT> status', 'status'],
    ['hey <@U0BOT>, status &lt;now&gt; &amp;amp;', 'hey , status <now> &amp;'],
    ['<@U0BOT|roster> why <@U02DAN|dan>?', 'why @U02DAN?'],
    ['<#C01OPS|ops> <#C02> <!here> <!subteam^S1|@dba>', '#ops #C02 @here @dba'],
    [
      '<https://x.example/a?b=1&amp;c=2> <https://y.example|y> <mailto:a@b.c|a@b.c>',
      'https://x.example/a?b=1&c=2 y a@b.c',
    ],
    ['&lt;@U0BOT&gt; is typed, not a mention', '<@U0BOT> is typed, not a mention'],
    ['a\u00A0 b\nc', 'a b\nc'],
    ['', ''],
  ])('%j is %j', (typed, read) => expect(readWords(typed, 'U0BOT')).toBe(read));
});

describe('an event', () => {
  const mention = {
    type: 'app_mention',
    channel: 'C01OPS',
    user: 'U01MARIA',
    text: '<@U0BOT> hi',
    ts: '17.1',
    event_ts: '17.1',
  };
  const direct = {
    type: 'message',
    channel: 'D01',
    channel_type: 'im',
    user: 'U01MARIA',
    text: 'hi',
    ts: '17.1',
  };
  test.each([
    ['a mention', mention, true],
    ['a mention that begins its own thread', { ...mention, thread_ts: '17.1' }, true],
    ['a direct message', direct, true],
    ['a mention added by an edit', { ...mention, edited: { user: 'U01MARIA', ts: '17.2' } }, false],
    ['a bot’s mention', { ...mention, bot_id: 'B2' }, false],
    ['our own words', { ...direct, user: 'U0BOT' }, false],
    ['a mention in a direct conversation (it came as a message too)', { ...mention, channel: 'D01' }, false],
    ['talk in a channel', { ...direct, channel: 'C01OPS', channel_type: 'channel' }, false],
    [
      'an edit',
      {
        type: 'message',
        subtype: 'message_changed',
        channel: 'D01',
        channel_type: 'im',
        ts: '17.2',
        message: direct,
      },
      false,
    ],
    [
      'a deletion',
      {
        type: 'message',
        subtype: 'message_deleted',
        channel: 'D01',
        channel_type: 'im',
        ts: '17.2',
        deleted_ts: '17.1',
      },
      false,
    ],
    ['a join', { ...direct, subtype: 'channel_join' }, false],
    ['nothing that can be read', { type: 'app_mention', channel: 7 }, false],
  ])('%s', (_, event, addressed) => expect(readMessage(event, 'U0BOT') !== undefined).toBe(addressed));

  test('a thread is one only for replies', () => {
    expect(readMessage({ ...mention, thread_ts: '17.1' }, 'U0BOT')?.thread).toBeUndefined();
    expect(readMessage({ ...mention, thread_ts: '16.9' }, 'U0BOT')?.thread).toBe('16.9');
  });
});

describe('a click', () => {
  const body = {
    user: { id: 'U01MARIA' },
    channel: { id: 'C01OPS' },
    container: { message_ts: '17.1' },
    trigger_id: 't',
    actions: [{ value: JSON.stringify({ do: 'approve', approval: 'a-1' }) }],
  };
  test.each([
    ['one of ours', body, 'pressed'],
    ['with another meaning', { ...body, actions: [{ value: '{"do":"drop-tables"}' }] }, 'refused'],
    [
      'with more than it may carry',
      { ...body, actions: [{ value: '{"do":"approve","approval":"../../x"}' }] },
      'refused',
    ],
    ['with nothing', { ...body, actions: [{}] }, 'refused'],
    ['in no message', { ...body, container: {} }, 'refused'],
    ['by nobody', { ...body, user: {} }, undefined],
    ['of nothing', { ...body, actions: [] }, undefined],
    ['of null', null, undefined],
  ])('%s', (_, clicked, kind) => expect(readClick(clicked)?.kind).toBe(kind));
});

test('a command that cannot be read is none', () => {
  expect(
    readCommand({ user_id: 'U1', channel_id: 'C1', trigger_id: 't', text: 'help &amp; more' })?.commanded,
  ).toEqual({
    account: 'slack:U1',
    place: 'slack:C1',
    text: 'help & more',
  });
  expect(readCommand({ user_id: 'U1' })).toBeUndefined();
});

describe('a form', () => {
  const form = {
    title: 'Reject: roll back checkout to 4.2.0?',
    submit: 'Reject',
    intent: { do: 'reject', approval } as const,
    field: { name: 'reason', label: 'Why not?', hint: 'Kept with the decision.', least: 3, most: 500 },
  };
  const sent = (view: object) => ({ user: { id: 'U01MARIA' }, view: { ...drawForm(form), ...view } });
  const state = { values: { reason: { answer: { type: 'plain_text_input', value: 'no' } } } };

  test('as Slack takes it', async () => {
    await expect(`${JSON.stringify(drawForm(form), undefined, 2)}\n`).toMatchFileSnapshot(
      '../golden/slack-form.json',
    );
    const long = 'x'.repeat(9_000);
    const longest = {
      ...form,
      title: long,
      submit: long,
      field: { name: 'reason', label: long, hint: long, least: 0, most: 9_000 },
    };
    expect(
      [drawForm(form), drawForm(longest), drawForm({ ...form, title: '', submit: '' })].flatMap(
        viewRefusedBySlack,
      ),
    ).toEqual([]);
  });

  test.each([
    [
      'filled',
      { state },
      { kind: 'submitted', submitted: { answer: 'no', intent: form.intent }, field: 'reason' },
    ],
    [
      'left empty',
      { state: { values: { reason: { answer: { value: null } } } } },
      { kind: 'submitted', submitted: { answer: '' } },
    ],
    ['about something else', { state, private_metadata: '{"do":"x"}' }, { kind: 'refused', field: 'reason' }],
    ['about nothing', { state, private_metadata: undefined }, { kind: 'refused', field: 'reason' }],
    ['without its field', { state: { values: {} } }, { kind: 'refused', field: 'reason' }],
    [
      'with another field',
      { state: { values: { x: { y: { value: 'z' } } } } },
      { kind: 'refused', field: 'x' },
    ],
  ])('%s', (_, view, read) => expect(readForm(sent(view))).toMatchObject(read));

  test('with several fields is read by name, in whatever order Slack sends them', () => {
    const task = forms['add-task'] as NonNullable<(typeof forms)['add-task']>;
    const value = (text: string) => ({ answer: { value: text } });
    const state = { values: { due: value('soon'), owner: value('Maria'), what: value('Check it') } };
    expect(viewRefusedBySlack(drawForm(task))).toEqual([]);
    expect(readForm({ user: { id: 'U01MARIA' }, view: { ...drawForm(task), state } })).toEqual({
      kind: 'submitted',
      field: 'what',
      submitted: {
        ...{ account: 'slack:U01MARIA', intent: task.intent, answer: 'Check it' },
        more: { due: 'soon', owner: 'Maria' },
      },
    });
  });

  test('says at first what stands in its fields', () => {
    const edit = forms['edit-post-mortem'] as NonNullable<(typeof forms)['edit-post-mortem']>;
    const { blocks } = drawForm(edit);
    expect(
      blocks.map((one) => 'element' in one && 'initial_value' in one.element && one.element.initial_value),
    ).toEqual(['Checkout was *slow*.\nThen it was not.', 'Answer sooner.']);
  });

  test('of nobody', () => expect(readForm({ view: {} })).toBeUndefined());
});
