import { z } from 'zod';

const row = z.record(z.string(), z.unknown());
const entry = z.object({ at: z.string(), entry: row });
const words = z.object({ digest: z.string(), salt: z.string(), words: z.string() });

/** One line of what a past is handed over in: what is taken in together. */
export const lineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rows'), table: z.string(), rows: z.array(row) }),
  z.object({ kind: z.literal('audit'), entries: z.array(entry), words: z.array(words) }),
]);

export type Line = z.infer<typeof lineSchema>;

/** As much is taken in together, so that nothing has to wait for it. */
const most = { rows: 40, bytes: 60_000 };

/** Cuts what comes one by one into groups; one that is large stands alone. */
export function* groups<T>(all: Iterable<T>): Generator<T[]> {
  let group: T[] = [];
  let bytes = 0;
  for (const one of all) {
    const size = JSON.stringify(one).length;
    if (group.length > 0 && (group.length >= most.rows || bytes + size > most.bytes)) {
      yield group;
      [group, bytes] = [[], 0];
    }
    group.push(one);
    bytes += size;
  }
  if (group.length > 0) yield group;
}
