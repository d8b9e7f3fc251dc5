import type { Inventory } from './inventory.ts';

export type Named = { kind: 'known'; id: string } | { kind: 'unknown'; near: string[] };

/** The server or service that a person's words name, by id or name; else the ids that are written most alike, 3 at most. */
export function named({ servers, services }: Inventory, words: string): Named {
  const wanted = words.trim().toLowerCase();
  const ids = [...servers, ...services].map(({ id }) => id);
  const byName = services.find(({ name }) => name.toLowerCase() === wanted)?.id;
  const id = ids.find((one) => one === wanted) ?? byName;
  if (id !== undefined) return { kind: 'known', id };
  const near = ids.toSorted((a, b) => distance(a, wanted) - distance(b, wanted)).slice(0, 3);
  return { kind: 'unknown', near };
}

/** Whether a word may be meant for a name of the inventory: with letters and digits as servers have, the beginning of one, or hardly different. */
export function isNearly({ servers, services }: Inventory, word: string): boolean {
  const ids = [...servers, ...services].map(({ id }) => id);
  const begins = word.length >= 2 && ids.some((id) => id.startsWith(word));
  const few = word.length >= 4 && ids.some((id) => distance(id, word) <= 2);
  return begins || few || /^[a-z][\w.-]*\d/.test(word);
}

/** What a server's address may be called in the inventory: itself, without its port, its first name. */
export function spellings(address: string): string[] {
  const whole = address.toLowerCase();
  const host = whole.replace(/:\d+$/, '');
  const isIp = /^[\d.]+$|:/.test(host);
  return [whole, host, ...(isIp ? [] : [host.split('.')[0] ?? host])];
}

/** How many letters must be put in, left out or changed. */
function distance(a: string, b: string): number {
  const other = b.slice(0, 64);
  let row = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (const [at, letter] of [...a].entries()) {
    const next = [at + 1];
    for (const [place, one] of [...other].entries()) {
      const changed = (row[place] ?? 0) + (one === letter ? 0 : 1);
      next.push(Math.min(changed, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
