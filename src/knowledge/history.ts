// What happened before: incidents of our own and those of another system, as rows to find them by.
import { z } from 'zod';
import type { Tx } from '../postgres/database.ts';
import { storable } from '../postgres/text.ts';
import { upsert } from './store.ts';

/** Where a past incident is from: our own, a CSV or JSON file, or another system's export. */
export type Source = 'own' | 'file' | 'servicenow' | 'jira';

export interface PastIncident {
  /** Of our own the incident's id, of others their source and key there: `jira:OPS-12`. */
  id: string;
  source: Source;
  /** What it is called where it is from. */
  key: string;
  title: string;
  /** What was seen, in words. */
  symptoms: string;
  rootCause: string;
  resolution: string;
  /** The kind of cause, such as memory-leak; null when nobody said. */
  kind: string | null;
  /** Ids of the inventory where it knows them, else as they were written. */
  service: string | null;
  server: string | null;
  /** 1 is the worst, 4 the least. */
  severity: number | null;
  openedAt: Date;
  endedAt: Date | null;
  /** The id of the runbook that was followed. */
  runbook: string | null;
  /** The metrics that were unusual, by name. */
  metrics: string[];
  /** What its error lines said, without what differs from one line to the next. */
  templates: string[];
  /** What somebody found wrong with how an own one went, in their words. */
  found?: string | null;
}

/** The words of a text, at most so many characters: what is longer is cut. */
const words = (most: number) =>
  z
    .string()
    .nullish()
    .transform((text) => storable((text ?? '').trim().slice(0, most)));
const name = z
  .string()
  .nullish()
  .transform((text) => storable(text?.trim().slice(0, 200) ?? '') || null);
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const list = (most: number) =>
  z.array(z.string().trim().min(1).max(500).transform(storable)).max(most).default([]);

/** An imported incident as it comes in, with times in ISO 8601. */
export const importedShape = z
  .strictObject({
    source: z.enum(['file', 'servicenow', 'jira']),
    key: z
      .string('is missing')
      .trim()
      .min(1, 'is empty')
      .max(200, 'is longer than 200 characters')
      .transform(storable),
    title: z
      .string('is missing')
      .trim()
      .min(1, 'is empty')
      .transform((text) => text.slice(0, 300)),
    symptoms: words(4_000),
    rootCause: words(2_000),
    resolution: words(4_000),
    kind: name.transform((text) => text?.toLowerCase().replace(/[^a-z0-9]+/g, '-') ?? null),
    service: name,
    server: name,
    severity: z
      .number()
      .int()
      .min(1)
      .max(4)
      .nullish()
      .transform((one) => one ?? null),
    openedAt: moment,
    endedAt: moment.nullish().transform((at) => at ?? null),
    runbook: name,
    metrics: list(50),
    templates: list(50),
  })
  .refine(({ openedAt, endedAt }) => !endedAt || endedAt >= openedAt, {
    path: ['endedAt'],
    message: 'is before it was opened',
  });

export type Imported = z.output<typeof importedShape>;

export interface Remembered {
  added: number;
  changed: number;
  /** As they were. */
  same: number;
}

/** Writes past incidents down; one that is known from the same source is written anew. Safe to call twice. */
export async function remember(tx: Tx, past: Omit<PastIncident, 'id'>[]): Promise<Remembered> {
  const told = { added: 0, changed: 0, same: 0 };
  for (const one of past) told[await upsert(tx, { ...one, id: idOf(one) })] += 1;
  return told;
}

function idOf({ source, key }: Pick<PastIncident, 'source' | 'key'>): string {
  return source === 'own' ? key : `${source}:${key}`;
}
