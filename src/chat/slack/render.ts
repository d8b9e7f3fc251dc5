import type { types } from '@slack/bolt';
import type { Block, Button, Card, Text } from '../card.ts';
import { writeIntent } from '../intent.ts';
import { inGroups, leftOut, plain, signs } from '../words.ts';
import { quoted, type Speech, wordsOf, write } from './text.ts';

export interface Rendered {
  /** What a notification says, and what is shown where blocks are not. */
  text: string;
  blocks: types.KnownBlock[];
}

/**
 * Draws a card with Slack's blocks, within its documented limits: what does not fit is cut with "…", buttons
 * never. `marker` (at most 255 characters) becomes the first block's id, by which the message is found again.
 * Only header, section, context, image, divider and actions are used: the trial's Slack shows no others.
 */
export function render(card: Card, marker: string, speech: Speech): Rendered {
  const text = write(card.fallback, speech, 3_000) || write(card.title, speech, 3_000) || '—';
  return { text, blocks: drawAll(card, marker, speech, inMessage) };
}

/** The same as the blocks of a Home tab, which holds twice as many. */
export function drawHome(card: Card, speech: Speech): types.KnownBlock[] {
  return drawAll(card, 'roster-home', speech, inHome);
}

function drawAll(card: Card, marker: string, speech: Speech, most: Most): types.KnownBlock[] {
  const seen = new Map<string, number>();
  const drawn = card.blocks.flatMap((block) => draw(block, speech, seen));
  const header: types.HeaderBlock = {
    type: 'header',
    block_id: marker,
    text: plainText(`${signs[card.tone]} ${card.title}`, 150),
  };
  const byline: types.ContextBlock = {
    type: 'context',
    elements: [plainText(`🤖 AI worker · ${card.by.role}`, 2_000)],
  };
  return [header, ...fitting(drawn, most), byline];
}

function draw(block: Block, speech: Speech, seen: Map<string, number>): types.KnownBlock[] {
  switch (block.kind) {
    case 'text':
      return isEmpty(block.text, speech)
        ? []
        : [{ type: 'section', text: textObject(block.text, speech, 3_000) }];
    case 'fields':
      return inGroups(block.fields, 10).map((fields) => ({
        type: 'section',
        fields: fields.map((field) => drawField(field, speech)),
      }));
    case 'context':
      return isEmpty(block.text, speech)
        ? []
        : [{ type: 'context', elements: [textObject(block.text, speech, 3_000)] }];
    case 'quote':
      return isEmpty(block.text, speech)
        ? []
        : [{ type: 'section', text: mrkdwn(quoted(block.text, 3_000)) }];
    case 'picture':
      return [drawPicture(block, speech)];
    case 'divider':
      return [{ type: 'divider' }];
    case 'buttons':
      return inGroups(block.buttons, 25).map((buttons) => ({
        type: 'actions',
        elements: buttons.map((button) => drawButton(button, seen)),
      }));
  }
}

/** Slack has the picture as a file, or fetches it itself where one of its addresses is to be had. */
function drawPicture(
  { picture, alt }: Extract<Block, { kind: 'picture' }>,
  speech: Speech,
): types.KnownBlock {
  const file = speech.file?.(picture);
  if (file) return { type: 'image', slack_file: { id: file }, alt_text: plain(alt, 2_000) };
  const url = speech.picture?.(picture);
  return url && url.length <= 3_000
    ? { type: 'image', image_url: url, alt_text: plain(alt, 2_000) }
    : { type: 'context', elements: [plainText(alt, 2_000)] };
}

/** Plain text where no markup is needed: Slack then shows every character as it is. Lines need markup in the trial's Slack. */
function textObject(text: Text, speech: Speech, max: number): types.TextObject {
  const words = wordsOf(text, speech);
  if (words !== undefined && !words.includes('\n')) return plainText(words, max);
  return mrkdwn(write(text, speech, max) || '—');
}

function drawField([label, value]: [string, Text], speech: Speech): types.TextObject {
  const heading = write([{ bold: label }], speech, 200);
  return mrkdwn(`${heading}\n${write(value, speech, 2_000 - heading.length - 1) || '—'}`);
}

function drawButton({ label, intent, style }: Button, seen: Map<string, number>): types.Button {
  const times = (seen.get(intent.do) ?? 0) + 1;
  seen.set(intent.do, times);
  const id = times === 1 ? intent.do : `${intent.do}-${times}`;
  return {
    type: 'button',
    action_id: id,
    text: plainText(label, 75),
    value: writeIntent(intent),
    ...(style && { style }),
  };
}

/** `emoji: false`: a short code in somebody's words stays words. */
function plainText(text: string, max: number): types.PlainTextElement {
  return { type: 'plain_text', text: plain(text, max), emoji: false };
}

/** `verbatim`: Slack makes no links or mentions of what merely looks like one. */
function mrkdwn(text: string): types.MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

function isEmpty(text: Text, speech: Speech): boolean {
  return wordsOf(text, speech)?.trim() === '';
}

interface Most {
  blocks: number;
  characters: number;
}

/** 50 blocks with header, byline and a note on what was cut; Slack also refuses about 13,000 characters in all. */
const inMessage: Most = { blocks: 47, characters: 11_000 };
/** 100 blocks; a view may be larger than a message, and nobody reads one that is much longer. */
const inHome: Most = { blocks: 97, characters: 24_000 };

function fitting(drawn: types.KnownBlock[], most: Most): types.KnownBlock[] {
  const sizes = drawn.map((block) => JSON.stringify(block).length);
  const actions = drawn.filter((block) => block.type === 'actions');
  let blocks = most.blocks - actions.length;
  let characters = most.characters - JSON.stringify(actions).length;
  let full = false;
  const kept = drawn.filter((block, place) => {
    if (block.type === 'actions') return true;
    blocks -= 1;
    characters -= sizes[place] ?? 0;
    full ||= blocks < 0 || characters < 0;
    return !full;
  });
  const left = drawn.length - kept.length;
  if (left === 0) return drawn;
  return [...kept, { type: 'context', elements: [plainText(leftOut(left), 200)] }];
}
