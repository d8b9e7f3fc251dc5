// Charters: what a worker is, may do, must ask for, and who answers for it.
// Not where authority is applied: `policy` decides, from the charter's lists.
import { z } from 'zod';
import type { PersonId, WorkerId } from '../ids.ts';
import { recurs } from '../jobs/occasion.ts';
import { isTimezone } from '../jobs/timezone.ts';

export const duties = ['monitoring', 'analysis', 'routing', 'resolution'] as const;
export type Duty = (typeof duties)[number];

const sentence = z.string().min(1);
const tools = z.array(z.string().regex(/^[a-z][a-z0-9-]*$/)).default([]);

/** A PACE charter as its file says it: purpose, authority, cadence, evaluation. */
export const charterSchema = z.strictObject({
  worker: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,30}$/)
    .transform((id) => id as WorkerId),
  version: z.number().int().positive(),
  name: sentence,
  role: sentence,
  avatar: z.string().regex(/^:[a-z0-9_+-]+:$/),
  tier: z.number().int().min(1).max(4),
  accountable: z.string().transform((id) => id as PersonId),
  duties: z.array(z.enum(duties)).min(1),
  /** The services it has its duties for; all that no other charter names, when left out. */
  services: z.array(z.string().min(1)).min(1).optional(),
  purpose: z.strictObject({
    objective: sentence,
    domains: z.array(sentence).min(1),
    boundaries: z.array(sentence).min(1),
  }),
  authority: z.strictObject({ autonomous: tools, notify: tools, ask: tools, never: tools }),
  cadence: z.strictObject({
    standup: z.strictObject({
      cron: z
        .string()
        .refine(
          (cron) => /^(\S+\s+){4}\S+$/.test(cron) && recurs(cron),
          'wanted a cron expression of five fields such as 0 9 * * 1-5',
        ),
      timezone: z.string().refine(isTimezone, 'wanted an IANA time zone such as Europe/Berlin'),
    }),
    escalates_to: z.array(z.string()).min(1),
  }),
  /** The confidence (0–1) below which it refuses a handoff, and the minutes in which it takes one up. */
  handoff: z
    .strictObject({ bar: z.number().min(0).max(1), minutes: z.number().int().min(1).max(240) })
    .optional(),
  evaluation: z.strictObject({
    metrics: z.array(sentence).min(1),
    /** What its figures are to reach, by their ids in docs/formulas.md; the usual target where nothing is said. */
    targets: z.record(z.string(), z.number()).optional(),
    review: sentence,
  }),
});

export type Charter = z.infer<typeof charterSchema>;

/** The version as the audit names it: `ada@1`. */
export function versionOf(charter: Charter): string {
  return `${charter.worker}@${charter.version}`;
}

/** Why a charter cannot be put in force, each a sentence; none when it can. */
export function objections(charter: Charter): string[] {
  const found: string[] = [];
  const words = charter.purpose.objective.trim().split(/\s+/).length;
  if (words < 8) {
    found.push(
      `purpose.objective has ${words} words and says too little: say what the worker is for, for whom, and how one sees that it is met.`,
    );
  }
  const lists = Object.entries(charter.authority);
  for (const name of new Set(lists.flatMap(([, names]) => names))) {
    const on = lists.filter(([, names]) => names.includes(name)).map(([list]) => list);
    if (on.length > 1) found.push(`authority lists ${name} under ${on.join(' and ')}: keep one.`);
  }
  return found;
}
