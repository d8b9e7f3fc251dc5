import { z } from 'zod';
import type { IncidentId, PersonId, PictureId, WorkerId } from '../../ids.ts';

const moment = z.iso.datetime();

/** A number with how it came about; or what is missing, never a guess. */
const figure = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('told'), value: z.number(), formula: z.string() }),
  z.strictObject({ kind: z.literal('not-enough-data'), because: z.string() }),
]);
export type Figure = z.infer<typeof figure>;

const who = z.union([
  z.strictObject({ worker: z.string().transform((id) => id as WorkerId) }),
  z.strictObject({ person: z.string().transform((id) => id as PersonId) }),
  z.strictObject({ roster: z.string() }),
]);

const happened = z.strictObject({ at: moment, who, what: z.string() });
export type Happened = z.infer<typeof happened>;

const piece = z.strictObject({ id: z.string(), source: z.string(), found: z.string() });
export type Piece = z.infer<typeof piece>;

const cause = z.strictObject({
  kind: z.string(),
  says: z.string(),
  /** 0–1 */
  confidence: z.number(),
  /** What was found for it and against it. */
  for: z.array(piece),
  against: z.array(piece),
  /** The other causes that were thought of. */
  others: z.array(z.strictObject({ says: z.string(), confidence: z.number() })),
});

/** When each thing was so; null where it never was, or nobody knows. */
const times = z.strictObject({
  /** The first signal. */
  signal: moment.nullable(),
  detected: moment,
  causeNamed: moment.nullable(),
  firstChange: moment.nullable(),
  /** When the runbook had ended; null where somebody else mended it. */
  mitigated: moment.nullable(),
  verified: moment.nullable(),
});

/** What is written from recorded rows alone, as it is stored. Nobody edits it. */
export const writtenShape = z.strictObject({
  incident: z.string().transform((id) => id as IncidentId),
  title: z.string(),
  /** 1 is the worst. */
  severity: z.number(),
  service: z.strictObject({ id: z.string(), name: z.string() }),
  times,
  timeline: z.array(happened),
  cause: cause.nullable(),
  notChecked: z.array(z.string()),
  impact: z.strictObject({
    minutes: figure,
    /** One user for one minute is one. */
    userMinutes: figure,
    /** EUR */
    revenue: figure,
    /** Whether it was mended within the agreed time, a sentence; null where nothing was agreed. */
    agreed: z.string().nullable(),
  }),
  worked: z.array(z.string()),
  failed: z.array(z.string()),
});
export type Written = z.infer<typeof writtenShape>;

/** What people may write themselves. */
export interface Words {
  summary: string;
  /** What to change, a line each. */
  change: string;
}

/** Something to be done, by somebody, by a day. */
export interface Task {
  /** 1, 2, …: what it is called within its post-mortem. */
  nth: number;
  what: string;
  owner: PersonId;
  /** Such as 2026-12-01: late from the day after. */
  due: string;
  addedBy: PersonId;
  doneBy: PersonId | null;
  doneAt: Date | null;
  remindedAt: Date | null;
}

/** What was added after it was filed. */
export interface Correction {
  words: string;
  person: PersonId;
  at: Date;
}

export interface PostMortem extends Words {
  written: Written;
  tasks: Task[];
  corrections: Correction[];
  /** Null where none could be drawn, and `noChart` says why. */
  picture: { id: PictureId; alt: string } | null;
  noChart: string | null;
  draftedAt: Date;
  /** When it files itself. */
  filesAt: Date;
  filedAt: Date | null;
  /** Null: by itself. */
  filedBy: PersonId | null;
}

const time = z.iso.datetime().transform((at) => new Date(at));
const person = z.string().transform((id) => id as PersonId);

/** A post-mortem as JSON holds it. */
export const toldShape: z.ZodType<PostMortem> = z.object({
  written: writtenShape,
  summary: z.string(),
  change: z.string(),
  tasks: z.array(
    z.object({
      ...{ nth: z.number(), what: z.string(), owner: person, due: z.string(), addedBy: person },
      ...{ doneBy: person.nullable(), doneAt: time.nullable(), remindedAt: time.nullable() },
    }),
  ),
  corrections: z.array(z.object({ words: z.string(), person, at: time })),
  picture: z.object({ id: z.string().transform((id) => id as PictureId), alt: z.string() }).nullable(),
  noChart: z.string().nullable(),
  ...{ draftedAt: time, filesAt: time, filedAt: time.nullable(), filedBy: person.nullable() },
});

/** The day of a time, in UTC: 2026-11-21. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Whether a task is late: not done, and its day is over. Pure. */
export function isLate({ due, doneAt }: Pick<Task, 'due' | 'doneAt'>, now: Date): boolean {
  return doneAt === null && dayOf(now) > due;
}
