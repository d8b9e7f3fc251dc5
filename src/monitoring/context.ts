import { z } from 'zod';
import type { PictureId, SignalId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { loadContext, setContext } from './store.ts';

const lines = z.array(z.string()).default([]);

const context = z.object({
  /** Its chart, and in words what that shows. */
  picture: z.object({ id: z.string().transform((id) => id as PictureId), alt: z.string() }).optional(),
  /** What was asked and where a person can ask it again, when not the metric's own query. */
  query: z.string().optional(),
  link: z.string().optional(),
  /** Deployments and configuration changes before it, each a sentence; the last may say how many more. */
  changes: z.array(z.object({ at: z.coerce.date().optional(), text: z.string() })).default([]),
  /** Which operations of which services fail or are slow, the deepest first, each a sentence. */
  traces: lines,
  /** Error log lines that came with it, the new ones first, each with how often its like came. */
  logs: lines,
  /** What could not be found out, each a sentence: missing data is said. */
  notes: lines,
  /** The sources around it were asked, whatever they answered. */
  enriched: z.literal(true).optional(),
});

/** What was found out around a signal when it was raised: its card shows it. */
export type Context = z.output<typeof context>;

/** Keeps what was found out around a signal; what was kept before is replaced. */
export async function keepContext(tx: Tx, id: SignalId, found: z.input<typeof context>): Promise<void> {
  await setContext(tx, id, context.parse(found));
}

/** What was found out around a signal; nothing of everything when nothing was kept. */
export async function contextOf(db: Db | Tx, id: SignalId): Promise<Context> {
  return context.parse((await loadContext(db, id)) ?? {});
}
