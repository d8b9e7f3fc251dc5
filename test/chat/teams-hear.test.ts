// What an activity means, without asking anybody: read from what Teams sends, and never trusted further.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activitySchema, messageId, readActivity, splitConversation } from '../../src/chat/teams/hear.ts';
import { activity, alone, bot, chat, invoke, maria, ops } from '../wire/teams-activity.ts';
import { approval } from './cards.ts';

const url = 'https://smba.trafficmanager.net/emea/';
const account = `teams:${maria.aadObjectId}`;
const read = (given: unknown) => readActivity(activitySchema.parse(given));
const said = (text: string, changed: object = {}) => {
  const found = read(activity(url, { text, ...changed }));
  return found.kind === 'heard' ? found.heard.text : found.kind;
};
const mention = (text: string, mentioned: object) => ({ type: 'mention', text, mentioned });
const nothing = { kind: 'nothing' };

describe('where it was said', () => {
  const conversation = (id: string, conversationType: string) => ({ conversation: { id, conversationType } });
  const rows: [where: string, changed: object, heard: object][] = [
    ['a channel, beginning a thread', {}, { place: `teams:${ops}`, message: '1700', direct: false }],
    [
      'a thread of a channel',
      { id: '1712' },
      { place: `teams:${ops}`, message: '1700/1712', thread: '1700', direct: false },
    ],
    [
      'a channel named without a thread',
      conversation(ops, 'channel'),
      { place: `teams:${ops}`, message: '1700', direct: false },
    ],
    ['the chat of one person with the app', alone, { place: `teams:${chat}`, message: '1700', direct: true }],
    [
      'a chat of several',
      conversation('19:x@thread.v2', 'groupChat'),
      { place: 'teams:19:x@thread.v2', message: '1700', direct: false },
    ],
  ];
  test.each(rows)('%s', (_, changed, heard) => {
    expect(read(activity(url, changed as Record<string, unknown>))).toEqual({
      kind: 'heard',
      heard: { account, text: 'status', ...heard },
    });
  });

  test('an account is a person’s in the directory; of one without, the one that Teams gives', () => {
    expect(read(activity(url, { from: { id: '29:2' } }))).toMatchObject({ heard: { account: 'teams:29:2' } });
  });

  test('a reply’s id carries its root', () => {
    expect(messageId('1', undefined)).toBe('1');
    expect(messageId('1', '1')).toBe('1');
    expect(messageId('2', '1')).toBe('1/2');
    expect(splitConversation('19:a;messageid=')).toEqual({ place: 'teams:19:a' });
    expect(splitConversation('19:a;x=1;messageid=2')).toEqual({ place: 'teams:19:a', thread: '2' });
  });
});

describe('what was said', () => {
  const at = (name: string, id: string) => mention(`<at>${name}</at>`, { id, name });
  const rows: [why: string, text: string, entities: object[], words: string][] = [
    ['the mention of the bot is not part of it', '<at>Roster</at> status', [at('Roster', bot.id)], 'status'],
    ['wherever it stands', 'is <at>Roster</at> there?', [at('Roster', bot.id)], 'is there?'],
    ['every time', '<at>Roster</at><at>Roster</at> status <at>Roster</at>', [at('Roster', bot.id)], 'status'],
    [
      'a mention of somebody is their name',
      '<at>Roster</at> ask <at>Dan Ito</at>',
      [at('Roster', bot.id), at('Dan Ito', '29:2')],
      'ask @Dan Ito',
    ],
    ['a mention that nobody vouches for is words', '<at>Roster</at> status', [], 'Roster status'],
    [
      'a mention with attributes, as some clients write it',
      '<at id="0">Roster</at>&nbsp;status',
      [mention('<at id="0">Roster</at>', bot)],
      'status',
    ],
    ['markup is not part of it', '<p>is <b>db-01</b> ok?</p><br/>', [], 'is db-01 ok?'],
    ['comparisons are', 'why is load &lt; 3 &amp;&amp; 5 < 7', [], 'why is load < 3 && 5 < 7'],
    ['entities are decoded once', '&amp;lt;at&amp;gt; &quot;a&quot; &#39;b&#39;', [], '&lt;at&gt; "a" \'b\''],
    ['spaces that do not break are spaces', 'a\u00A0\u00A0b&nbsp;&nbsp;c', [], 'a b c'],
    ['lines stay', 'a\nb', [], 'a\nb'],
    ['nothing but a mention is nothing', ' <at>Roster</at> ', [at('Roster', bot.id)], ''],
    ['entities that are none are passed over', 'x', [{ type: 'mention' }, { type: 'clientInfo' }], 'x'],
  ];
  test.each(rows)('%s', (_, text, entities, words) => {
    expect(said(text, { entities })).toBe(words);
  });

  test('no words at all', () => {
    expect(said('', { text: undefined, entities: undefined })).toBe('');
  });
});

describe('what is passed over', () => {
  const rows: [why: string, changed: object][] = [
    ['an edited message', { type: 'messageUpdate' }],
    ['a deleted message', { type: 'messageDelete' }],
    ['a reaction', { type: 'messageReaction' }],
    ['typing', { type: 'typing' }],
    ['people coming and going', { type: 'conversationUpdate', membersAdded: [{ id: '29:2' }] }],
    ['a message of a bot', { from: { id: '28:other' } }],
    ['a message of whoever says they are a bot', { from: { id: '29:x', role: 'bot' } }],
    ['its own message', { from: { id: bot.id } }],
    ['a message without an id', { id: undefined }],
    ['a call for something else', { type: 'invoke', name: 'task/fetch' }],
    ['a new version of the app', { type: 'installationUpdate', action: 'upgrade' }],
    ['an installation that says nothing', { type: 'installationUpdate' }],
  ];
  test.each(rows)('%s', (_, changed) => {
    expect(read(activity(url, changed as Record<string, unknown>))).toEqual(nothing);
  });
});

describe('what was pressed', () => {
  const intent = { do: 'approve', approval };
  const data = { intent: JSON.stringify(intent) };
  const at = { account, place: `teams:${ops}`, message: '1700' };
  const submit = { ...data, field: 'target', target: 'checkout' };
  const submitted = { account, intent, answer: 'checkout' };

  test('a button', () => {
    expect(read(invoke(url, 'press', data))).toEqual({ kind: 'pressed', pressed: { ...at, intent } });
  });
  test('a button in a thread', () => {
    expect(read(invoke(url, 'press', data, { replyToId: '1712' }))).toMatchObject({
      pressed: { message: '1700/1712' },
    });
  });
  test('a form', () => {
    expect(read(invoke(url, 'submit', submit))).toEqual({
      kind: 'submitted',
      submitted,
      at,
      form: undefined,
    });
  });
  test('a card that asks what it shows now', () => {
    expect(read(invoke(url, 'refresh', {}))).toEqual({ kind: 'refresh', at });
    expect(read(invoke(url, 'refresh', undefined))).toEqual({ kind: 'refresh', at });
  });
  test('the same by a client that knows only Action.Submit', () => {
    const value = (given: object) =>
      read(activity(url, { text: undefined, value: given, replyToId: '1700' }));
    expect(value(data)).toEqual({ kind: 'pressed', pressed: { ...at, intent } });
    expect(value(submit)).toMatchObject({ kind: 'submitted', submitted });
    expect(value({ verb: 'refresh' })).toEqual({ kind: 'refresh', at });
    expect(value({ intent: 'x' })).toMatchObject({ kind: 'refused', account });
  });
  test('words with a value are words', () => {
    expect(read(activity(url, { value: data }))).toMatchObject({ kind: 'heard' });
  });
  test('who presses is who Teams says, whatever the button says', () => {
    const other = { ...data, account: 'teams:other', place: 'teams:x', message: '9' };
    expect(read(invoke(url, 'press', other))).toEqual({ kind: 'pressed', pressed: { ...at, intent } });
  });
});

describe('where the app is', () => {
  const update = (action: string, changed: object = {}) =>
    read(activity(url, { type: 'installationUpdate', action, ...changed }));
  test.each(['add', 'add-upgrade'])('%s', (action) => {
    expect(update(action)).toEqual({ kind: 'installed', account, place: `teams:${ops}`, direct: false });
    expect(update(action, alone)).toMatchObject({ place: `teams:${chat}`, direct: true });
  });
  test.each(['remove', 'remove-upgrade'])('%s', (action) => {
    expect(update(action)).toEqual({ kind: 'removed', place: `teams:${ops}` });
  });
});

test('nothing that can be sent makes it fail', () => {
  const keys = fc.constantFrom('type', 'name', 'action', 'value', 'text', 'entities', 'conversation', 'from');
  const values = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('message', 'invoke', 'adaptiveCard/action', 'installationUpdate'),
    fc.record({ action: fc.record({ verb: fc.string(), data: fc.jsonValue() }) }),
    fc.record({
      intent: fc.string(),
      field: fc.constantFrom('__proto__', 'constructor', 'x'),
      form: fc.string(),
    }),
    fc.array(fc.record({ type: fc.constant('mention'), text: fc.string(), mentioned: fc.jsonValue() })),
  );
  fc.assert(
    fc.property(fc.dictionary(keys, values), (changed) => {
      const parsed = activitySchema.safeParse(activity(url, changed));
      if (!parsed.success) return;
      const found = readActivity(parsed.data);
      if (found.kind === 'submitted') expect(typeof found.submitted.answer).toBe('string');
      if (found.kind === 'heard') expect(found.heard.account).toMatch(/^teams:./);
    }),
    { numRuns: 2_000, seed: 1 },
  );
});
