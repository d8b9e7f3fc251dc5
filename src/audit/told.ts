import { z } from 'zod';

const texts = z.record(z.string(), z.string());

const toldSchema = z.object({
  at: z.string(),
  chain: z.string(),
  seq: z.number(),
  entry: z.object({
    kind: z.string(),
    by: z.record(z.string(), z.string()),
    about: texts.optional(),
    versions: texts.optional(),
    facts: z.record(z.string(), z.json()).optional(),
    because: z.array(z.string()).optional(),
    words: texts.optional(),
    /** Of a trial's past: when it was, by the clock that it was lived through on (ISO). */
    lived: z.string().optional(),
  }),
});

/** An entry as its stored text tells it, its words as digests (hex). */
export type Told = z.infer<typeof toldSchema>;

/** Reads a stored text. Throws when it is not that of an audit entry. */
export function told(text: string): Told {
  return toldSchema.parse(JSON.parse(text));
}

/** How an action ended, by its own entries; undefined while it has not. */
export function endOf(entries: Told[]): Told | undefined {
  return entries.findLast(({ entry: { kind } }) => kind === 'action.ended' || kind === 'action.cancelled');
}

const day = /^\d{4}-\d\d-\d\d$/;
const dayMs = 86_400_000;

/**
 * A day (UTC) or a time with its zone, as the entries write their `at`: UTC with microseconds; `end` makes of a
 * day the beginning of the next. Undefined when it is neither.
 */
export function moment(when: string, end = false): string | undefined {
  const isDay = day.test(when);
  if (!isDay && !/^\d{4}-\d\d-\d\dT\S+(Z|[+-]\d\d:\d\d)$/.test(when)) return undefined;
  const at = Date.parse(when) + (isDay && end ? dayMs : 0);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().replace('Z', '000Z');
}
