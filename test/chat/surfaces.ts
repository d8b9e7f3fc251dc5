// The surfaces side by side, and what each must hold for any card.
import { expect } from 'vitest';
import type { Card, Form, Span, Text } from '../../src/chat/card.ts';
import { type Intent, readIntent } from '../../src/chat/intent.ts';
import { drawForm as slackForm } from '../../src/chat/slack/form.ts';
import { render as slackRender } from '../../src/chat/slack/render.ts';
import { drawForm as teamsForm } from '../../src/chat/teams/form.ts';
import { render as teamsRender } from '../../src/chat/teams/render.ts';
import { plain, visible } from '../../src/chat/words.ts';
import { elementsOf, refusedByTeams, shownByTeams } from './adaptive.ts';
import { cardWith, speech, teamsSpeech } from './cards.ts';
import { refusedOfMessage, refusedOfView, shownBySlack } from './slack-types.ts';

interface Surface {
  name: string;
  draw(card: Card): unknown;
  form(form: Form): unknown;
  refused(drawn: unknown): string[];
  refusedForm(drawn: unknown): string[];
  /** What a person reads. */
  shown(drawn: unknown): string[];
  /** What its buttons send, in order. */
  sent(drawn: unknown): (Intent | undefined)[];
  timeOf(time: Date): string;
}

const slack: Surface = {
  name: 'slack',
  draw: (card) => slackRender(card, 'roster-1', speech),
  form: slackForm,
  refused: (drawn) => refusedOfMessage(drawn as Parameters<typeof refusedOfMessage>[0]),
  refusedForm: refusedOfView,
  shown: (drawn) => shownBySlack(drawn),
  sent: (drawn) =>
    elementsOf(drawn).flatMap(({ type, value }) => (type === 'button' ? [readIntent(value)] : [])),
  timeOf: (time) => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
};

const teams: Surface = {
  name: 'teams',
  draw: (card) => teamsRender(card, teamsSpeech),
  form: (form) => teamsForm(form, { card: teamsRender(cardWith({}), teamsSpeech) }),
  refused: refusedByTeams,
  refusedForm: refusedByTeams,
  shown: shownByTeams,
  sent: (drawn) =>
    elementsOf(drawn).flatMap(({ type, verb, data }) =>
      type === 'Action.Execute' && verb === 'press' ? [readIntent((data as { intent: string }).intent)] : [],
    ),
  timeOf: (time) => `{{DATE(${time.toISOString().slice(0, 19)}Z, SHORT)}}`,
};

export const surfaces = [slack, teams];
/** Letters and digits in order: what no escape, look-alike or markup changes. */
export const bare = (text: string) => visible(text).replace(/[^\p{L}\p{N}]|\p{Lm}/gu, '');

function spansOf(text: Text): Span[] {
  return typeof text === 'string' ? [text] : text;
}

function textsOf({ title, blocks }: Card): Text[] {
  const within = blocks.flatMap((block): Text[] => {
    if (block.kind === 'divider') return [];
    if (block.kind === 'fields') return block.fields.flat();
    if (block.kind === 'picture') return [block.alt];
    return block.kind === 'buttons' ? block.buttons.map(({ label }) => label) : [block.text];
  });
  return [title, ...within];
}

function wordsIn(span: Span): string[] {
  if (typeof span === 'string') return [span];
  if ('bold' in span) return [span.bold];
  if ('code' in span) return [span.code];
  return 'link' in span ? [span.text] : [];
}

/** Holds a card against a surface: it is taken, it says all words, times and people, sends all intents, marks the AI. */
export function conforms({ draw, refused, shown, sent, timeOf }: Surface, card: Card): void {
  const drawn = draw(card);
  expect(refused(drawn)).toEqual([]);
  const read = shown(drawn).join(' ');
  const letters = bare(read);
  const spans = textsOf(card).flatMap(spansOf);
  for (const words of spans.flatMap(wordsIn)) expect(letters).toContain(bare(words));
  for (const span of spans) {
    if (typeof span === 'string') continue;
    if ('time' in span) expect(read).toContain(timeOf(span.time));
    if ('person' in span) expect(read.toLowerCase()).toContain(span.person.toLowerCase());
  }
  const buttons = card.blocks.flatMap((block) => (block.kind === 'buttons' ? block.buttons : []));
  expect(sent(drawn)).toEqual(buttons.map(({ intent }) => intent));
  expect(read).toContain(`🤖 AI worker · ${plain(card.by.role, 99)}`);
}
