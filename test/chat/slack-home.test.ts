// Slack's Home tab: what is drawn in it, when it is published, and what a press in it comes to.
import { describe, expect, test } from 'vitest';
import type { Card } from '../../src/chat/card.ts';
import { drawNote } from '../../src/chat/slack/form.ts';
import { readClick } from '../../src/chat/slack/hear.ts';
import { homeView, openHomes, readOpened } from '../../src/chat/slack/home.ts';
import { noteRefusedBySlack } from '../wire/slack-limits.ts';
import { cardWith, speech } from './cards.ts';
import { everyCard } from './every-card.ts';
import { refusedOfHome, refusedOfView } from './slack-types.ts';
import { openLog } from './trial-slack.ts';

test.each(everyCard())('$what fits into a Home tab', ({ card }) => {
  expect(refusedOfHome(homeView(card, speech))).toEqual([]);
});

test('a page with more than a hundred parts keeps its buttons and says what is left out', () => {
  const long = cardWith({
    blocks: [
      ...Array.from({ length: 150 }, (_, nth) => ({ kind: 'text' as const, text: `line ${nth}` })),
      { kind: 'buttons', buttons: [{ label: 'Stop everything', intent: { do: 'kill' } }] },
    ],
  });
  const view = homeView(long, speech);
  expect(refusedOfHome(view)).toEqual([]);
  expect(JSON.stringify(view)).toContain('Stop everything');
  expect(JSON.stringify(view)).toContain('54 more parts are not shown here');
});

test('words for one person are a view that Slack takes', () => {
  for (const words of ['Done.', 'x'.repeat(5_000), '']) {
    expect(noteRefusedBySlack(drawNote(words))).toEqual([]);
    expect(refusedOfView(drawNote(words)).filter((one) => one.startsWith('@slack/types'))).toEqual([]);
  }
});

const event = { type: 'app_home_opened', user: 'U01MARIA', channel: 'D1', tab: 'home', event_ts: '1.2' };
test.each([
  ['opened first', event, { user: 'U01MARIA', shows: undefined }],
  ['opened again', { ...event, view: { private_metadata: 'abc' } }, { user: 'U01MARIA', shows: 'abc' }],
  ['its messages', { ...event, tab: 'messages' }, undefined],
  ['something else', { type: 'message' }, undefined],
])('an opened tab is read: %s', (_, given, read) => {
  expect(readOpened(given)).toEqual(read);
});

describe('publishing', () => {
  /** A client that publishes when a test lets it. */
  function opened(card: () => Card | Promise<Card>) {
    const published: string[] = [];
    const log = openLog();
    const publish = async ({
      user_id: user,
      view,
    }: {
      user_id: string;
      view: { private_metadata: string };
    }) => {
      published.push(`${user} ${view.private_metadata}`);
    };
    const client = { views: { publish } } as unknown as Parameters<typeof openHomes>[0]['client'];
    return { published, log, homes: openHomes({ client, cardFor: async () => card(), speech, log }) };
  }

  test('what is shown already is not published again', async () => {
    const { published, homes } = opened(() => cardWith({ title: 'One' }));
    const { private_metadata: shows } = homeView(cardWith({ title: 'One' }), speech);
    homes.publish('U1', shows);
    await homes.finish();
    expect(published).toEqual([]);
    homes.publish('U1', 'older');
    homes.publish('U2');
    await homes.finish();
    expect(published).toEqual([`U1 ${shows}`, `U2 ${shows}`]);
  });

  test('however often it is opened while it is made, it is made once more', async () => {
    let made = 0;
    const { published, homes } = opened(() => cardWith({ title: `Made ${++made}` }));
    for (let nth = 0; nth < 5; nth += 1) homes.publish('U1');
    await homes.finish();
    expect(made).toBe(2);
    expect(published).toHaveLength(2);
  });

  test('what fails is logged, and the next is made', async () => {
    let fails = true;
    const { published, homes, log } = opened(() => {
      if (fails) throw new Error('the database is away');
      return cardWith({});
    });
    homes.publish('U1');
    await homes.finish();
    expect(log.lines).toEqual(['warn: A Home tab could not be published in Slack: the database is away']);
    fails = false;
    homes.publish('U1');
    await homes.finish();
    expect(published).toHaveLength(1);
  });
});

const pressed = {
  type: 'block_actions',
  user: { id: 'U01MARIA' },
  trigger_id: '1.1.x',
  actions: [{ value: '{"do":"kill"}' }],
};
test.each([
  [
    'as Slack sends it',
    { container: { type: 'view', view_id: 'V1' }, view: { id: 'V1', type: 'home' } },
    'V1',
  ],
  [
    'as the trial’s Slack does',
    { container: { type: 'message', channel_id: '' }, channel: { id: '' } },
    'home',
  ],
])('a press in the Home tab is read %s', (_, where, message) => {
  expect(readClick({ ...pressed, ...where })).toMatchObject({
    kind: 'pressed',
    pressed: { account: 'slack:U01MARIA', place: 'slack:U01MARIA', message, intent: { do: 'kill' } },
    at: { home: true },
  });
});

test.each([
  ['a modal', { view: { id: 'V1', type: 'modal' } }],
  ['nowhere', {}],
])('a press in %s is refused', (_, where) => {
  expect(readClick({ ...pressed, ...where })).toMatchObject({ kind: 'refused', at: { home: false } });
});
