import type { Span, Text } from '../chat/card.ts';

export const spansOf = (text: Text): Span[] => (typeof text === 'string' ? [text] : text);

/** Words that lead somewhere, where it is known where. */
export function linked(text: string, link: string | undefined): Span {
  return link ? { link, text } : text;
}

/** Texts as lines with bullets, at most so many, and how many are left out. */
export function listed(lines: Text[], most: number): Span[] {
  const more = lines.length - most;
  return [
    ...lines.slice(0, most).flatMap((line): Span[] => ['\n• ', ...spansOf(line)]),
    ...(more > 0 ? [`\n• and ${more} more`] : []),
  ];
}

/** Names in a row, at most so many, and how many are left out. */
export function few(names: string[], most: number): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}
