import type { Block, Span } from '../chat/card.ts';
import type { Reference } from './read.ts';

/** The change records of a deed, small, for the end of a card; nothing where there are none. */
export function recordLine(references: Reference[]): Block[] {
  if (references.length === 0) return [];
  const links = references.flatMap(({ number, url }, nth): Span[] => {
    return [nth === 0 ? 'Change record: ' : ', ', { link: url, text: number }];
  });
  return [{ kind: 'context', text: links }];
}
