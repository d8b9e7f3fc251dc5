import type { PersonId, PictureId } from '../../ids.ts';
import type { Span, Text } from '../card.ts';
import { misleads } from '../suspicious.ts';
import { cut, oneLine, visible } from '../words.ts';
import type { Mention, RichTextBlock, TextBlock, TextRun } from './adaptive.ts';

/** How this tenant says what a card leaves open. */
export interface Speech {
  /** The person's Teams user id (`29:…`) and name; only the name where they have no account. */
  mention(person: PersonId): { id: string; name: string } | string;
  /** Where clients fetch a picture; without it, what it shows is said in words. */
  picture?(id: PictureId): string | undefined;
}

export type Look = Pick<TextBlock, 'size' | 'isSubtle'>;

/**
 * `text` as an element, cut to `max` of its own characters with "…". Where there are only words, bold, code and
 * links it is a RichTextBlock, which has no markup. Mentions and times work only in a TextBlock, which is
 * Markdown: there what would format becomes look-alikes one can see (`∗`), because phones show a backslash as it
 * is (github.com/microsoft/AdaptiveCards/issues/5590) and know no entities (MicrosoftDocs/msteams-docs#10997).
 * Undefined when there is nothing to show.
 */
export function draw(
  text: Text,
  speech: Speech,
  max: number,
  look: Look = {},
): RichTextBlock | TextBlock | undefined {
  const spans = shortened(text, max).map((span) => named(span, speech));
  if (spans.some(needsMarkdown))
    return { type: 'TextBlock', text: markdown(spans, speech), wrap: true, ...look };
  const inlines = spans.map((span) => runOf(span, look)).filter((run) => run.text !== '');
  return inlines.every((run) => run.text.trim() === '') ? undefined : { type: 'RichTextBlock', inlines };
}

/** Words as one literal run. */
export function literal(text: string, look: Omit<TextRun, 'type' | 'text'> = {}): RichTextBlock {
  return { type: 'RichTextBlock', inlines: [run(visible(text), look)] };
}

/** Lines as they came, in a fixed width and with their indentation. */
export function quoted(text: string, max: number): RichTextBlock | undefined {
  const lines = cut(visible(text).trimEnd(), max).replace(/^ +| {2,}/gm, (some) =>
    some.replaceAll(' ', '\u00A0'),
  );
  return lines.trim() === ''
    ? undefined
    : { type: 'RichTextBlock', inlines: [run(lines, { fontType: 'Monospace' })] };
}

/** Plain words without any markup, times in UTC: for a notification, and for clients that show no cards. */
export function plainOf(text: Text, speech: Speech): string {
  const spans = typeof text === 'string' ? [text] : text;
  return oneLine(spans.map((span) => wordsOf(span, speech)).join(''));
}

/** Whom a text drawn with the same `max` mentions, so that they are notified. */
export function mentionsIn(text: Text, speech: Speech, max: number): Mention[] {
  return shortened(text, max).flatMap((span): Mention[] => {
    if (typeof span === 'string' || !('person' in span)) return [];
    const who = speech.mention(span.person);
    if (typeof who === 'string') return [];
    return [{ type: 'mention', text: tagOf(who.name), mentioned: { id: who.id, name: nameIn(who.name) } }];
  });
}

/** Whether Markdown would show these words exactly as they are. */
export function isSafe(words: string): boolean {
  return words !== '' && !words.includes('\n') && lines(neutral(visible(words))) === words.trim();
}

/** A person without an account is a word. */
function named(span: Span, speech: Speech): Span {
  if (typeof span === 'string' || !('person' in span)) return span;
  const who = speech.mention(span.person);
  return typeof who === 'string' ? who : span;
}

function needsMarkdown(span: Span): boolean {
  return typeof span !== 'string' && ('person' in span || 'time' in span);
}

function wordsOf(span: Span, speech: Speech): string {
  if (typeof span === 'string') return span;
  if ('bold' in span) return span.bold;
  if ('code' in span) return span.code;
  if ('link' in span) return span.text;
  if ('time' in span) return `${span.time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const who = speech.mention(span.person);
  return typeof who === 'string' ? who : who.name;
}

/** The spans that fit; one that would lose its meaning when cut (a link, a person, a time) goes whole. */
function shortened(text: Text, max: number): Span[] {
  let room = max;
  const kept: Span[] = [];
  for (const span of typeof text === 'string' ? [text] : text) {
    const long = lengthOf(span);
    if (long > room) return [...kept, cutSpan(span, room)];
    kept.push(span);
    room -= long;
  }
  return kept;
}

/** Of people and times a guess, of a link the address as well. */
function lengthOf(span: Span): number {
  if (typeof span === 'string') return span.length;
  if ('bold' in span) return span.bold.length;
  if ('code' in span) return span.code.length;
  return 'link' in span ? span.link.length + span.text.length : 40;
}

function cutSpan(span: Span, room: number): Span {
  if (typeof span === 'string') return cut(span, room);
  if ('bold' in span) return { bold: cut(span.bold, room) };
  return 'code' in span ? { code: cut(span.code, room) } : '…';
}

function run(text: string, look: Omit<TextRun, 'type' | 'text'>): TextRun {
  return { type: 'TextRun', text: undated(text), ...look };
}

/** The clients would run these functions in literal text too. */
function undated(text: string): string {
  return text.replace(/\{\{(?=(DATE|TIME)\()/gi, '{｛');
}

function runOf(span: Span, look: Look): TextRun {
  if (typeof span === 'string') return run(visible(span), look);
  if ('bold' in span) return run(oneLine(span.bold), { ...look, weight: 'Bolder' });
  if ('code' in span) return run(oneLine(span.code), { ...look, fontType: 'Monospace' });
  if (!('link' in span)) return run('', look);
  const { label, url } = linkOf(span);
  return run(label, url ? { ...look, selectAction: { type: 'Action.OpenUrl', url } } : look);
}

/** Only the web's own addresses lead anywhere; words that are another address are followed by the real one. */
function linkOf({ link, text }: { link: string; text: string }): { label: string; url: string | undefined } {
  const label = oneLine(text).trim() || '—';
  const url = URL.parse(link);
  if (!url || !/^https?:$/.test(url.protocol)) return { label, url: undefined };
  return { label: misleads(text, url.href) ? `${label} (${url.host})` : label, url: url.href };
}

/** Two bold spans beside each other are one: no other `*` is left. */
function markdown(spans: Span[], speech: Speech): string {
  return lines(spans.map((span) => writeSpan(span, speech)).join('')).replaceAll('****', '');
}

function writeSpan(span: Span, speech: Speech): string {
  if (typeof span === 'string') return neutral(visible(span));
  if ('bold' in span) return boldOf(span.bold);
  if ('code' in span) return neutral(oneLine(span.code));
  if ('link' in span) return markdownLink(span);
  if ('time' in span) return timeOf(span.time);
  const who = speech.mention(span.person);
  return typeof who === 'string' ? neutral(oneLine(who)) : tagOf(who.name);
}

/** In the reader's own zone. The functions know no fractions of a second. */
function timeOf(time: Date): string {
  const at = `${time.toISOString().slice(0, 19)}Z`;
  return `{{DATE(${at}, SHORT)}} {{TIME(${at})}}`;
}

/** Markdown reads `**` as bold only next to a word, so white space goes outside. */
function boldOf(text: string): string {
  const [, before = '', inside = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(oneLine(text)) ?? [];
  return inside === '' ? before : `${before}**${neutral(inside)}**${after}`;
}

/** On phones the address is read as Markdown too, hence its percent signs. */
function markdownLink(span: { link: string; text: string }): string {
  const { label, url } = linkOf(span);
  if (!url) return neutral(label);
  const address = url.replace(
    /[_*()[\]{}<>\\~`]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `[${neutral(label)}](${address})`;
}

const tagOf = (name: string) => `<at>${nameIn(name)}</at>`;
const nameIn = (name: string) =>
  cut(neutral(oneLine(name)).replaceAll('<', '‹').replaceAll('>', '›'), 64) || '—';

/** Teams' Markdown has bold, italics, links and lists; the rest is what other clients of these cards know besides. */
const lookAlike: Record<string, string> = {
  '*': '∗',
  _: 'ˍ',
  '~': '∼',
  '`': 'ˋ',
  '[': '［',
  ']': '］',
  '{': '｛',
};

function neutral(text: string): string {
  return text
    .replace(/[*_~`[\]{]/g, (mark) => lookAlike[mark] ?? mark)
    .replace(/<(?=[a-z/!?]|$)/gi, '‹')
    .replace(/&(?=#?\w+;)/g, '＆')
    .replace(/\\(?=[!-/:-@[-`{-~\s]|$)/g, '∖');
}

const leading: Record<string, string> = {
  '-': '−',
  '+': '＋',
  '#': '＃',
  '>': '›',
  '=': '＝',
  '.': '․',
  ')': '❩',
};

/** What begins a line is never a list, heading or quotation; a line needs two breaks to be one. */
function lines(text: string): string {
  return text
    .replace(/^[^\S\n]+/gm, '')
    .replace(/^([-+#>=])/gm, (mark) => leading[mark] ?? mark)
    .replace(/^(\d+)([.)])(?=\s|$)/gm, (_, digits, mark) => `${digits}${leading[mark] ?? mark}`)
    .replace(/\n+/g, '\n\n');
}
