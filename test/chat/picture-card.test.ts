// A picture in a card: drawn where it can be fetched, said in words where it cannot.
import { expect, test } from 'vitest';
import { render as slack } from '../../src/chat/slack/render.ts';
import { render as teams } from '../../src/chat/teams/render.ts';
import type { PictureId } from '../../src/ids.ts';
import { elementsOf, refusedByTeams, shownByTeams } from './adaptive.ts';
import { cardWith, picture, speech, teamsSpeech } from './cards.ts';
import { refusedOfMessage, shownBySlack } from './slack-types.ts';

const card = (alt: string) => cardWith({ blocks: [{ kind: 'picture', picture, alt }] });
const url = `https://roster.example.com/pictures/${picture}.png`;
const nowhere = { picture: () => undefined };

test('Slack is told where it is and what it shows', () => {
  expect(slack(card('A chart.'), 'roster-1', speech).blocks[1]).toEqual({
    type: 'image',
    image_url: url,
    alt_text: 'A chart.',
  });
});

test('Slack is told which file it is where it has one', () => {
  const drawn = slack(card('A chart.'), 'roster-1', { ...speech, file: () => 'F0123456789' });
  expect(refusedOfMessage(drawn)).toEqual([]);
  expect(drawn.blocks[1]).toEqual({
    type: 'image',
    slack_file: { id: 'F0123456789' },
    alt_text: 'A chart.',
  });
});

test('Teams is told the same, and gives it the whole width', () => {
  expect(elementsOf(teams(card('A chart.'), teamsSpeech)).filter(({ type }) => type === 'Image')).toEqual([
    { type: 'Image', url, altText: 'A chart.', size: 'Stretch' },
  ]);
});

test.each(['A chart.', 'x'.repeat(5_000), ''])('without an address its words stand there: %.20s', (alt) => {
  for (const none of [nowhere, { picture: (_: PictureId) => `https://x.example/${'x'.repeat(3_000)}` }]) {
    const drawn = slack(card(alt), 'roster-1', { ...speech, ...none });
    expect(refusedOfMessage(drawn)).toEqual([]);
    expect(drawn.blocks[1]?.type).toBe('context');
    expect(shownBySlack(drawn).join(' ')).toContain(alt.slice(0, 1_000));
  }
  const drawn = teams(card(alt), { ...teamsSpeech, ...nowhere });
  expect(refusedByTeams(drawn)).toEqual([]);
  expect(elementsOf(drawn).some(({ type }) => type === 'Image')).toBe(false);
  expect(shownByTeams(drawn).join(' ')).toContain(alt.slice(0, 1_000));
});

test.each(['x'.repeat(5_000), '', 'a\nb'])('whatever its words are, both take it: %.20s', (alt) => {
  expect(refusedOfMessage(slack(card(alt), 'roster-1', speech))).toEqual([]);
  expect(refusedByTeams(teams(card(alt), teamsSpeech))).toEqual([]);
});
