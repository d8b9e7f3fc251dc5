import type { Span } from '../chat/card.ts';
import type { ApprovalId, IncidentId } from '../ids.ts';

/** What is said, with what it names: a link stands there in every place where that is shown. */
export type Said = Span | { incident: IncidentId } | { question: ApprovalId; text: string };
export type Line = Said[];

export const parts = ['done', 'next', 'blocked'] as const;
export type Part = (typeof parts)[number];

/** One worker's news: what the page has room for, and how many lines more there are. */
export interface News {
  name: string;
  lines: { part: Part; says: Line }[];
  more: number;
}

/** A stand-up as it was told, and is kept. */
export interface Told {
  title: string;
  since: Date;
  until: Date;
  /** What needs people, of all workers. */
  needs: { lines: Line[]; more: number };
  workers: News[];
  /** Workers with news that the page has no room for, and their lines. */
  besides: { workers: number; lines: number };
}

/** Nobody has news and nothing is waiting. */
export function isQuiet({ needs, workers }: Told): boolean {
  return needs.lines.length === 0 && workers.length === 0;
}
