import type { PersonId } from '../../ids.ts';
import type { Span, Text } from '../card.ts';

/** How this workspace says what a card leaves open. */
export interface Speech {
  /** `<@U…>`, or the person's name where they have no account. */
  mention(person: PersonId): string;
  /** `slack` shows each reader their own zone; `utc` is for a workspace that does not know Slack's dates. */
  times: 'slack' | 'utc';
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

/** One line for a plain_text object, which Slack shows as it is. Never empty: Slack refuses that. */
export function plain(text: string, max: number): string {
  return cut(oneLine(text), max) || '—';
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

function cut(text: string, max: number, mark = '…'): string {
  const whole = text.toWellFormed();
  if (whole.length <= max) return whole;
  return whole.slice(0, Math.max(0, max - mark.length)).replace(/[\uD800-\uDBFF]$/, '') + mark;
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
  return `<${escaped(url.href.replaceAll('|', '%7C'))}|${label}>`;
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

function oneLine(text: string): string {
  return visible(text).replace(/\s*\n\s*/g, ' ');
}

/** Characters that hide, reorder or control are shown by their code, so that what is read is what is there. */
function visible(text: string): string {
  const lines = text.toWellFormed().replace(/\r\n?/g, '\n');
  return lines.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}]/gu, (char, at: number) => {
    const afterWord = at > 0 && lines.charCodeAt(at - 1) > 127;
    const stays = char === '\n' || char === '\t' || (afterWord && joiners.includes(char));
    return stays ? char : `\\u${char.codePointAt(0)?.toString(16).padStart(4, '0')}`;
  });
}

/** Part of emoji and of some scripts, where they follow one. */
const joiners = ['\u200C', '\u200D', '\uFE0E', '\uFE0F'];
