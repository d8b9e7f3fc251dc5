import { z } from 'zod';
import { type Db, type Tx, transact } from '../../postgres/database.ts';
import type { Metric } from '../metric.ts';
import type { Signatures } from './precursor.ts';
import { load, write } from './store.ts';
import type { Kept } from './together.ts';

const numbers = z.array(z.number());
const kept = z.object({
  metrics: z.array(z.string()),
  sums: z.object({ weight: z.number(), first: numbers, second: numbers }),
  tail: z.number(),
  tried: z.number(),
});
const signatures = z.object({
  /** In whose order the directions are. */
  metrics: z.array(z.string()),
  whitening: z.array(numbers),
  known: z.array(
    z.object({
      family: z.string(),
      direction: numbers,
      bar: z.number(),
      slack: z.number(),
      incidents: z.array(z.string()),
      lead: z.number(),
    }),
  ),
  without: z.array(z.object({ family: z.string(), because: z.string() })),
});

/** Of 12,000 servers the models are 20 MB: written in parts. */
const atOnce = 500;
const relation = 'relation ';
const precursors = 'precursors';

/** Writes models of how metrics move together, by subject. Safe to call twice. */
export async function keepRelations(db: Db, fitted: { key: string; kept: Kept }[]): Promise<void> {
  for (let from = 0; from < fitted.length; from += atOnce) {
    const part = fitted.slice(from, from + atOnce);
    const rows = part.map(({ key, kept: content }) => ({ key: relation + key, content: short(content) }));
    await transact(db, (tx) => write(tx, rows));
  }
}

/** The models as they were kept, by subject. What is of another shape is left out and learnt anew. */
export async function recallRelations(db: Db | Tx): Promise<Map<string, Kept>> {
  const found = new Map<string, Kept>();
  for (const { key, content } of await load(db, relation)) {
    const parsed = kept.safeParse(content);
    if (parsed.success) found.set(key.slice(relation.length), parsed.data);
  }
  return found;
}

/** Writes what goes before failures, learnt of vectors in the order of `metrics`. */
export function keepSignatures(tx: Tx, metrics: Metric[], learnt: Signatures): Promise<void> {
  return write(tx, [{ key: precursors, content: { metrics: metrics.map(({ name }) => name), ...learnt } }]);
}

/** What goes before failures and when that was learnt, in unix milliseconds; undefined when never, or of other metrics. */
export async function recallSignatures(
  db: Db | Tx,
  metrics: Metric[],
): Promise<{ signatures: Signatures; at: number } | undefined> {
  const [found] = await load(db, precursors);
  const parsed = signatures.safeParse(found?.content);
  if (!found || !parsed.success) return undefined;
  const { metrics: names, ...learnt } = parsed.data;
  const same = names.join() === metrics.map(({ name }) => name).join();
  return same ? { signatures: learnt, at: found.at.getTime() } : undefined;
}

/** Six digits are more than sums of noise are good for. */
function short({ sums, tail, ...rest }: Kept): Kept {
  const digits = (one: number) => Number(one.toPrecision(6));
  const { weight, first, second } = sums;
  return {
    ...rest,
    sums: { weight: digits(weight), first: first.map(digits), second: second.map(digits) },
    tail: digits(tail),
  };
}
