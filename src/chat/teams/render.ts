import type { PersonId } from '../../ids.ts';
import type { Block, Button, Byline, Card, Text } from '../card.ts';
import { writeIntent } from '../intent.ts';
import { cut, inGroups, leftOut, plain, signs } from '../words.ts';
import {
  type AdaptiveCard,
  adaptiveCard,
  button,
  type Element,
  type Execute,
  type Mention,
} from './adaptive.ts';
import { draw, isSafe, literal, mentionsIn, plainOf, quoted, type Speech } from './text.ts';

/**
 * Draws a card as an Adaptive Card 1.5 within Teams' limits: what does not fit is cut with "…", buttons never, and
 * what holds code, such as an approval's arguments, only when it alone is too much. The action of a button carries
 * its intent; a card with buttons is refreshed for those it mentions.
 */
export function render(card: Card, speech: Speech): AdaptiveCard {
  const told = distinct(speech);
  const said = cut(plainOf(card.fallback, told), most.fallback) || plain(card.title, most.fallback);
  const top = [titled(card), bylined(card.by)];
  const left = most.bytes - sizeOf({ ...adaptiveCard(top, []), fallbackText: said, speak: said });
  const parts = fitting(
    card.blocks.map((block) => part(block, told)),
    left,
  );
  const mentions = unique(parts.flatMap((one) => one.mentions));
  const drawn = adaptiveCard([...top, ...separated(parts)], mentions);
  const pressed = card.blocks.some((block) => block.kind === 'buttons' && block.buttons.length > 0);
  return {
    ...drawn,
    fallbackText: said,
    speak: said.replace(/[<&]/g, ' '),
    ...(pressed && { refresh: refreshFor(mentions) }),
  };
}

/**
 * Teams takes a bot's message of about 100 KB, counted as UTF-16, and recommends at most 80 (learn.microsoft.com,
 * bots/how-to/format-your-bot-messages); an incoming webhook's and a person's post, 28 KB. The narrowest holds here,
 * in bytes of UTF-8 and with room for the message around the card. Six actions: cards/design-effective-cards.
 * Sixty people: universal-actions-for-adaptive-cards/user-specific-views.
 */
const most = { bytes: 26_000, fallback: 300, title: 300, text: 3_000, field: 1_000, label: 200, button: 75 };
const mostActions = 6;
const mostRefreshed = 60;
/** A mention costs about 500 bytes; who comes after these is named and not notified. */
const mostMentioned = 20;

/** What becomes of one block. */
interface Part {
  elements: Element[];
  mentions: Mention[];
  /** 0 is always shown, 1 holds something exact, 2 is the rest. */
  rank: 0 | 1 | 2;
  /** A line before what comes next. */
  divides?: true;
}

const quiet = { size: 'Small', isSubtle: true } as const;

function titled({ tone, title }: Card): Element {
  return literal(`${signs[tone]} ${plain(title, most.title)}`, { size: 'Large', weight: 'Bolder' });
}

/** The message is the app's in Teams, so the worker's name and picture stand in the card. */
function bylined({ name, role, avatar }: Byline): Element {
  const words = `${avatars[avatar] ?? '🤖'} ${plain(name, 80)} · 🤖 AI worker · ${plain(role, 200)}`;
  return { ...literal(words, quiet), spacing: 'Small' };
}

/** Teams knows no short codes; those a worker may be given are these. */
const avatars: Record<string, string> = {
  ':owl:': '🦉',
  ':eagle:': '🦅',
  ':parrot:': '🦜',
  ':penguin:': '🐧',
  ':fox_face:': '🦊',
  ':wolf:': '🐺',
  ':bear:': '🐻',
  ':panda_face:': '🐼',
  ':koala:': '🐨',
  ':lion_face:': '🦁',
  ':tiger:': '🐯',
  ':cat:': '🐱',
  ':dog:': '🐶',
  ':rabbit:': '🐰',
  ':hedgehog:': '🦔',
  ':otter:': '🦦',
  ':octopus:': '🐙',
  ':dolphin:': '🐬',
  ':whale:': '🐳',
  ':turtle:': '🐢',
  ':bee:': '🐝',
  ':ant:': '🐜',
};

function part(block: Block, speech: Speech): Part {
  switch (block.kind) {
    case 'text':
      return holding([draw(block.text, speech, most.text)], [block.text], speech, most.text);
    case 'context':
      return holding([draw(block.text, speech, most.text, quiet)], [block.text], speech, most.text);
    case 'fields': {
      const values = block.fields.map(([, value]) => value);
      return holding(fielded(block.fields, speech), values, speech, most.field);
    }
    case 'quote': {
      const lines = quoted(block.text, most.text);
      return partOf([lines && { type: 'Container', style: 'emphasis', items: [lines] }], 2);
    }
    case 'picture': {
      const url = speech.picture?.(block.picture);
      const altText = plain(block.alt, most.text);
      return partOf([url ? { type: 'Image', url, altText, size: 'Stretch' } : literal(altText, quiet)], 2);
    }
    case 'divider':
      return { ...partOf([], 2), divides: true };
    case 'buttons':
      return partOf(inGroups(block.buttons, mostActions).map(actionSet), 0);
  }
}

function partOf(elements: (Element | undefined)[], rank: Part['rank']): Part {
  return { elements: elements.filter((one) => one !== undefined), mentions: [], rank };
}

function holding(elements: (Element | undefined)[], texts: Text[], speech: Speech, max: number): Part {
  const exact = texts.some((text) => typeof text !== 'string' && text.some(isCode));
  const mentions = texts.flatMap((text) => mentionsIn(text, speech, max));
  return { ...partOf(elements, exact ? 1 : 2), mentions };
}

function isCode(span: Exclude<Text, string>[number]): boolean {
  return typeof span !== 'string' && 'code' in span;
}

/** A FactSet where its Markdown would change nothing, else two fields beside each other. */
function fielded(fields: [string, Text][], speech: Speech): Element[] {
  if (fields.length === 0) return [];
  const facts = fields.map(([title, value]) => ({ title, value }));
  if (facts.every(isFact)) return [{ type: 'FactSet', facts }];
  return inGroups(fields, 2).map((pair) => ({
    type: 'ColumnSet',
    spacing: 'Small',
    columns: pair.map(([label, value]) => ({
      type: 'Column',
      width: 'stretch',
      items: [
        literal(plain(label, most.label), { weight: 'Bolder' }),
        { ...(draw(value, speech, most.field) ?? literal('—')), spacing: 'None' },
      ],
    })),
  }));
}

function isFact(fact: { title: string; value: Text }): fact is { title: string; value: string } {
  const { title, value } = fact;
  return typeof value === 'string' && value.length <= most.label && isSafe(title) && isSafe(value);
}

const styles = { primary: 'positive', danger: 'destructive' } as const;

function actionSet(buttons: Button[]): Element {
  const actions = buttons.map(({ label, intent, style }): Execute => {
    const data = { intent: writeIntent(intent) };
    const look = style && { style: styles[style] };
    return button({ title: plain(label, most.button), verb: 'press', data, ...look });
  });
  return { type: 'ActionSet', actions };
}

function refreshFor(mentions: Mention[]): NonNullable<AdaptiveCard['refresh']> {
  const userIds = mentions.map(({ mentioned }) => mentioned.id).slice(0, mostRefreshed);
  return { action: { type: 'Action.Execute', title: 'Refresh', verb: 'refresh', data: {} }, userIds };
}

/** What fits into `left` bytes, the most important first, in the card's order; and a note on how much does not. */
function fitting(parts: Part[], left: number): Part[] {
  const noted = (missing: number) => partOf([literal(leftOut(missing), quiet)], 0);
  const kept = new Set<Part>();
  let room = left - sizeOf(noted(parts.length));
  for (const rank of [0, 1, 2]) {
    for (const one of parts.filter((each) => each.rank === rank)) {
      const size = sizeOf([one.elements, one.mentions, one.mentions.map(({ mentioned }) => mentioned.id)]);
      if (rank > 0 && size > room) break;
      room -= size;
      kept.add(one);
    }
  }
  const shown = parts.filter((one) => kept.has(one));
  return shown.length === parts.length ? parts : [...shown, noted(parts.length - shown.length)];
}

function sizeOf(data: unknown): number {
  return Buffer.byteLength(JSON.stringify(data));
}

function separated(parts: Part[]): Element[] {
  let due = false;
  return parts.flatMap(({ elements: [first, ...rest], divides }): Element[] => {
    if (!first) {
      due ||= divides === true;
      return [];
    }
    const begun: Element = due ? { ...first, separator: true, spacing: 'Medium' } : first;
    due = false;
    return [begun, ...rest];
  });
}

function unique(mentions: Mention[]): Mention[] {
  return [...new Map(mentions.map((one) => [one.text, one])).values()];
}

/** Teams finds out by the name whom a mention means, so two people of one name are told apart. */
function distinct({ mention, picture }: Speech): Speech {
  const known = new Map<PersonId, ReturnType<Speech['mention']>>();
  const names = new Set<string>();
  const ask = (person: PersonId) => {
    const who = mention(person);
    if (typeof who === 'string') return who;
    if (names.size === mostMentioned) return who.name;
    const name = names.has(who.name) ? `${who.name} (${names.size + 1})` : who.name;
    names.add(name);
    return { id: who.id, name };
  };
  return {
    ...(picture && { picture }),
    mention: (person) => {
      const who = known.get(person) ?? ask(person);
      known.set(person, who);
      return who;
    },
  };
}
