import { lookingLikeOthers, plainOf } from './look-alikes.ts';

export interface Part {
  /** What it is called on the card, such as `target`. */
  name: string;
  text: string;
  /** A name or an argument: there every character must be what it looks like. Prose is given more room. */
  exact?: boolean;
}

/**
 * A line for everything in `parts` that hides, reorders, looks like other characters or imitates a decision,
 * such as "⚠ target contains characters that look like others: U+0430". None when all is as it seems. Pure.
 */
export function suspicions(parts: Part[]): string[] {
  return parts.flatMap(({ name, text, exact = false }) => [
    ...listed(`⚠ ${name} contains characters that hide or reorder text`, hiding(text, exact)),
    ...listed(
      `⚠ ${name} contains characters that look like others`,
      lookingLikeOthers(exact ? text : measured(text), exact),
    ),
    ...(exact ? [] : imitations(name, text)),
  ]);
}

/** Prose without the σ of a measured deviation, as in "12 σ". */
function measured(text: string): string {
  return text.replace(/(?<=\d )σ/g, '');
}

/** Lines as one, the breaks shown, so that no text can lay itself out as if it were part of a card. */
export function folded(text: string): string {
  return text.trim().replace(/[^\S\n]*(?:\r\n?|\n|\u2028|\u2029|\u0085)\s*/g, ' ⏎ ');
}

const mostListed = 8;

function listed(what: string, found: string[]): string[] {
  const codes = [...new Set(found)].map(codeOf);
  if (codes.length === 0) return [];
  const more = codes.length > mostListed ? ` and ${codes.length - mostListed} more` : '';
  return [`${what}: ${codes.slice(0, mostListed).join(', ')}${more}`];
}

function codeOf(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Invisible, turning or controlling, and blank though not a space. */
const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]/gu;
const oddSpace = /[^\P{Zs} ]/gu;
/** Marks that strike through or surround a character, or are piled on it. */
const piled = /\p{M}{3,}|[\u0334-\u0338\u20D0-\u20FF]/gu;
/** Part of emoji (a keycap's frame too) and of some scripts, where they follow one. */
const joined = /(?<=[\u0080-\u{10FFFF}])(?:\u200C|\u200D|\uFE0E|\uFE0F)|(?<=[0-9#*])\uFE0F?\u20E3/gu;

function hiding(text: string, exact: boolean): string[] {
  const seen = exact ? text : text.replace(joined, '').replace(/[\n\r\t]/g, ' ');
  const spaces = exact ? (seen.match(oddSpace) ?? []) : [];
  return [...(seen.match(hidden) ?? []), ...spaces, ...(seen.match(piled) ?? [])];
}

/** What only the card itself says: that somebody approved, and its buttons. */
const decision = new RegExp(
  [
    '\\b(approved|authori[sz]ed|signed[ -]?off)\\s+by\\b',
    '\\b(already|pre|auto|was|is|been)[- ]?approved\\b',
    '[\\[(<]\\s*(approve|reject)\\w*\\s*[\\])>]',
    '\\b(click|press|tap|hit)\\s+(on\\s+)?["“]?(approve|here|below)\\b',
    '\\bno\\s+(approval|review)\\s+(is\\s+)?(needed|required)\\b',
  ].join('|'),
  'i',
);
/** A card shows 3,000 of them, less what escaping adds. */
const mostCharacters = 2_500;

function imitations(name: string, text: string): string[] {
  const plain = plainOf(text.replace(hidden, (char) => (/\s/.test(char) ? ' ' : ''))).replace(/[*_~`]/g, '');
  const found: [boolean, string][] = [
    [decision.test(plain), 'speaks of an approval: what was decided stands only in this card’s own lines'],
    [isMislabelled(text), 'has a link whose words name another address than it leads to'],
    [text.length > mostCharacters, `has ${text.length} characters: its end may not be shown here`],
  ];
  return found.flatMap(([is, what]) => (is ? [`⚠ ${name} ${what}`] : []));
}

/** `<address|words>` or `[words](address)` whose words are an address on another host. */
function isMislabelled(text: string): boolean {
  const slack = [...text.matchAll(/<(https?:[^|>]{1,2000})\|([^>]{1,500})>/gi)].map(([, to, words]) => ({
    to,
    words,
  }));
  const markdown = [...text.matchAll(/\[([^[\]]{1,500})\]\((https?:[^()]{1,2000})\)/gi)].map(
    ([, words, to]) => ({ to, words }),
  );
  return [...slack, ...markdown].some(({ to = '', words = '' }) => misleads(words, to));
}

/** Whether the words of a link are an address on another host than the one it leads to. */
export function misleads(words: string, to: string): boolean {
  const named = /\b((?:[\w-]+\.)+[a-z]{2,})\b/i.exec(plainOf(words))?.[1];
  return named !== undefined && URL.parse(to)?.hostname !== named.toLowerCase();
}
