import type { Charter } from '../charter/charter.ts';

/** The worker whose name a message begins with, as in "Iris, why?"; undefined where it names none. Pure. */
export function addressed(text: string, workers: Charter[]): Charter | undefined {
  const [first = ''] = text
    .trim()
    .toLowerCase()
    .split(/[\s,:]+/);
  return workers.find(({ name }) => name.toLowerCase() === first);
}
