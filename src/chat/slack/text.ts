import type { PersonId, PictureId } from '../../ids.ts';
import type { Span, Text } from '../card.ts';
import { misleads } from '../suspicious.ts';
import { cut, oneLine, visible } from '../words.ts';

/** How this workspace says what a card leaves open. */
export interface Speech {
  /** `<@U…>`, or the person's name where they have no account. */
  mention(person: PersonId): string;
  /** `slack` shows each reader their own zone; `utc` is for a workspace that does not know Slack's dates. */
  times: 'slack' | 'utc';
  /** Where Slack fetches a picture; without it, what it shows is said in words. */
  picture?(id: PictureId): string | undefined;
  /** The file of a picture that was uploaded; shown in place of what is fetched. */
  file?(id: PictureId): string | undefined;
}

/**
 * `text` as Slack's mrkdwn, at most `max` characters, cut with "…". Plain strings stay words: `&`, `<` and `>`
 * are escaped as Slack asks. It has no escape for `*`, `_`, `~`, backticks and emoji codes, so where those
 * would format they become look-alikes one can see (`∗`), never invisible characters.
 */
export function write(text: Text, speech: Speech, max: number): string {
  const spans = typeof text === 'string' ? [text] : text;
  let out = '';
  for (const [place, span] of spans.entries()) {
    const whole = writeSpan(span, speech);
    const room = max - out.length - (place < spans.length - 1 ? 1 : 0);
    if (whole.length > room) return `${out}${cutSpan(span, max - out.length - 1, speech)}…`;
    out += whole;
  }
  return out;
}

/** The words of a text that needs no markup, for Slack's plain_text objects; undefined when it needs some. */
export function wordsOf(text: Text, speech: Speech): string | undefined {
  if (typeof text === 'string') return text;
  const words = text.map((span) =>
    typeof span === 'string'
      ? span
      : 'time' in span && speech.times === 'utc'
        ? timeOf(span.time, speech)
        : undefined,
  );
  return words.includes(undefined) ? undefined : words.join('');
}

/** Lines as they came, each as code: Slack formats nothing within. Cut at the end to `max` characters. */
export function quoted(text: string, max: number): string {
  let out = '';
  for (const line of visible(text).trimEnd().split('\n')) {
    const room = max - out.length - 4;
    const whole = line.trim() === '' ? '' : codeOf(line);
    const start = out === '' ? '' : '\n';
    if (whole.length > room) return `${out}${start}${shrink(line, room, codeOf)}\n…`;
    out += start + whole;
  }
  return out;
}

/** A time for the reader's zone, in UTC where Slack's own dates are not known. */
function timeOf(time: Date, { times }: Speech): string {
  const words = `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return times === 'utc'
    ? words
    : `<!date^${Math.floor(time.getTime() / 1_000)}^{date_short_pretty} {time}|${words}>`;
}

function writeSpan(span: Span, speech: Speech): string {
  if (typeof span === 'string') return wordsIn(span);
  if ('bold' in span) return boldOf(span.bold);
  if ('code' in span) return codeOf(span.code);
  if ('link' in span) return linkOf(span.link, span.text);
  if ('person' in span) return personOf(speech.mention(span.person));
  return timeOf(span.time, speech);
}

/** What fits of a span; one that would lose its meaning when cut (a link, a person, a time) goes whole. */
function cutSpan(span: Span, room: number, speech: Speech): string {
  if (typeof span === 'string') return shrink(span, room, wordsIn);
  if ('bold' in span) return shrink(span.bold, room, boldOf);
  if ('code' in span) return shrink(span.code, room, codeOf);
  const whole = writeSpan(span, speech);
  return whole.length <= room ? whole : '';
}

function shrink(text: string, room: number, draw: (text: string) => string): string {
  let kept = cut(text, Math.max(0, room), '');
  for (let over = draw(kept).length - room; kept !== '' && over > 0; over = draw(kept).length - room) {
    kept = cut(kept, Math.max(0, kept.length - Math.ceil(over / 12)), '');
  }
  return kept === '' ? '' : draw(kept);
}

const wordsIn = (text: string) => escaped(neutral(visible(text)));
/** One line as code, as Slack gets it. */
export const codeOf = (text: string) =>
  text === '' ? '' : `\`${escaped(oneLine(text).replaceAll('`', 'ˋ'))}\``;

/** Slack reads `*` as bold only next to a word, so white space goes outside. */
function boldOf(text: string): string {
  const [, before = '', inside = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(oneLine(text)) ?? [];
  return inside === '' ? before : `${before}*${wordsIn(inside)}*${after}`;
}

function linkOf(link: string, text: string): string {
  const label = wordsIn(oneLine(text)) || '—';
  const url = URL.parse(link);
  if (!url || !/^https?:$/.test(url.protocol)) return label;
  const shown = misleads(text, url.href) ? `${label} (${wordsIn(url.host)})` : label;
  return `<${escaped(url.href.replaceAll('|', '%7C'))}|${shown}>`;
}

function personOf(mention: string): string {
  return /^<@[A-Z0-9]+>$/.test(mention) ? mention : wordsIn(mention);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const lookAlike: Record<string, string> = { '*': '∗', '~': '∼', '`': 'ˋ' };

function neutral(text: string): string {
  return text
    .replace(/[*~`]/g, (mark) => lookAlike[mark] ?? mark)
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ')
    .replace(/^(\s*)>/gm, '$1›')
    .replace(/:(?=([\p{L}\p{N}_+'-]+):)/gu, (colon, name) => (/^\d\d?$/.test(name) ? colon : '∶'));
}
