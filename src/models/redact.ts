import { isIPv6 } from 'node:net';
import type { Message, Said } from './model.ts';

/** Personal data of a conversation under names that say nothing, such as `<email-1>`, and the way back. */
export interface Redaction {
  /** The text as it may leave. The same is always called the same. */
  hide(text: string): string;
  /** The text with what stood there before. What looks like a placeholder and is none stays. */
  restore(text: string): string;
}

const form = /<(?:text|email|person|iban|card|phone|ip)-\d+>/g;

/** What is hidden: what looks like a placeholder already comes first, so that the way back is exact. */
const kinds: [kind: string, pattern: RegExp, isOne?: (found: string) => boolean][] = [
  ['text', form],
  ['email', /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu],
  ['iban', /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g],
  ['card', /\b\d(?:[ -]?\d){12,18}\b/g, isCard],
  ['phone', /(?<![\w.])\+\d(?:[ ()/-]{0,2}\d){7,14}\b/g],
  ['ip', /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)/g],
  ['ip', /(?<![\w:.])[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*[0-9a-f:](?![\w:])/gi, isIPv6],
];

/**
 * Hides the e-mail addresses, account and card numbers, telephone numbers, IP addresses and `people`'s names that
 * come along. Numbers are given in the order of coming, so the same texts in the same order are hidden alike.
 */
export function openRedaction(people: string[]): Redaction {
  const placeholders = new Map<string, string>();
  const originals = new Map<string, string>();
  const counts = new Map<string, number>();
  const called = (kind: string, original: string) => {
    const known = placeholders.get(original);
    if (known) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    const placeholder = `<${kind}-${count}>`;
    counts.set(kind, count);
    placeholders.set(original, placeholder);
    originals.set(placeholder, original);
    return placeholder;
  };
  const looks = [...kinds, ...namesOf(people)];
  return {
    hide: (text) =>
      pieces(text, looks)
        .map((piece) => (typeof piece === 'string' ? piece : called(piece.kind, piece.found)))
        .join(''),
    restore: (text) => text.replace(form, (found) => originals.get(found) ?? found),
  };
}

type Piece = string | { kind: string; found: string };

/** The text cut at what is found: what one kind has found, the next does not look into. */
function pieces(text: string, looks: typeof kinds): Piece[] {
  return looks.reduce<Piece[]>(
    (done, [kind, pattern, isOne = () => true]) =>
      [asItIs, unescaped].reduce(
        (all, seen) =>
          all.flatMap((piece) =>
            typeof piece === 'string'
              ? cutAt(piece, seen(piece).matchAll(pattern), { kind, isOne })
              : [piece],
          ),
        done,
      ),
    [text],
  );
}

const asItIs = (text: string) => text;
/** In JSON a name may follow a line break or another character that is written with letters. */
const unescaped = (text: string) =>
  text.replace(/\\(?:[bfnrt]|u[0-9a-f]{4})/gi, (escaped) => ' '.repeat(escaped.length));

interface Look {
  kind: string;
  isOne(found: string): boolean;
}

function cutAt(text: string, all: Iterable<RegExpExecArray>, { kind, isOne }: Look): Piece[] {
  const cut: Piece[] = [];
  let from = 0;
  for (const { 0: seen, index } of all) {
    const found = text.slice(index, index + seen.length);
    if (!isOne(found)) continue;
    cut.push(text.slice(from, index), { kind, found });
    from = index + found.length;
  }
  return [...cut, text.slice(from)];
}

/** A name as people and account names write it: Robin Oncall, robin.oncall, ROBIN_ONCALL; Oncall, Robin. */
function namesOf(people: string[]): typeof kinds {
  const all = people.flatMap((name) => {
    const parts = name
      .split(/\s+/)
      .filter(Boolean)
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    if (parts.length < 2) return parts;
    return [parts.join('[\\s._-]+'), `${parts.slice(1).join('\\s+')},\\s*${parts[0]}`];
  });
  if (all.length === 0) return [];
  return [['person', new RegExp(`(?<![\\p{L}\\p{N}])(?:${all.join('|')})(?![\\p{L}\\p{N}])`, 'giu')]];
}

/** Thirteen to nineteen digits with the right last one (Luhn, ISO/IEC 7812-1). */
function isCard(found: string): boolean {
  const digits = found.replace(/\D/g, '').split('').map(Number).reverse();
  const sum = digits.reduce((total, digit, place) => {
    const weighed = place % 2 === 1 ? digit * 2 : digit;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}

/** A conversation as it may leave: what we said is hidden, what the model said goes back to it as it came. */
export function hideIn(messages: Message[], { hide }: Redaction): Message[] {
  return messages.map((message): Message => {
    if (message.from === 'model') return message;
    return {
      from: 'us',
      blocks: message.blocks.map((block) => ({ ...block, text: hide(block.text) })),
    };
  });
}

/** All texts of a value, also deep inside, with what stood there before. */
export function restoreIn(value: unknown, redaction: Redaction): unknown {
  if (typeof value === 'string') return redaction.restore(value);
  if (Array.isArray(value)) return value.map((one) => restoreIn(one, redaction));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, restoreIn(one, redaction)]));
}

/** Outside text as data inside what we say: JSON that no text in it can end. */
export function asData(value: unknown): Said['text'] {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
