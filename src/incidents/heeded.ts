import type { Consequences } from '../jobs/save.ts';

/** What came of a person stepping in, as a sentence for them. */
export interface Heeded {
  kind: 'done' | 'not-now' | 'not-yours';
  because: string;
  /** What of the wish it is about, as a form calls it. */
  field?: string;
}

export type Intervened = { result: Heeded } & Consequences;

/** It is as it was; the sentence says why. */
export function notNow(because: string, field?: string): Intervened {
  return { result: { kind: 'not-now', because, ...(field && { field }) }, entries: [], jobs: [] };
}
