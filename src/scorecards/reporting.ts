// Scorecards: how the workers did, as figures read from recorded rows, each with its formula and its least sample.
// Not an opinion: nothing is estimated that was not recorded, and what is too little to say is said to be.
import { z } from 'zod';
import { isTimezone } from '../jobs/timezone.ts';

const share = z.number().min(0).max(1);
const sample = z.int().min(1);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'wanted a time of day such as 08:00');

/** What `manifests/reporting.yaml` says: when managers are told, and what figures are reckoned with. */
export const reportingSchema = z.strictObject({
  /** The weekly digest, by the clocks of the zone; in the leadership places, and to people with these roles directly. */
  digest: z
    .strictObject({
      day: z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']).default('mon'),
      at: clock.default('08:00'),
      timezone: z
        .string()
        .refine(isTimezone, 'wanted an IANA time zone such as Europe/Berlin')
        .default('UTC'),
      to: z.array(z.string()).default(['manager']),
    })
    .prefault({}),
  /** ISO 4217; the inventory's revenue and the price of models are in it. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'wanted a currency code such as EUR')
    .default('EUR'),
  value: z
    .strictObject({
      /** What an hour of a person's work costs. */
      person_hour: z.number().positive().default(60),
      /** Minutes of a person's work that an incident takes by hand, from the worst severity to the least. */
      minutes_by_hand: z.tuple([z.number(), z.number(), z.number(), z.number()]).default([180, 90, 45, 20]),
      /** Minutes of a person's work that one decision or answer takes. */
      minutes_to_decide: z.number().nonnegative().default(5),
    })
    .prefault({}),
  /** Below so many rows a figure is not told. */
  minimum: z
    .strictObject({
      incidents: sample.default(5),
      signals: sample.default(10),
      actions: sample.default(5),
      approvals: sample.default(5),
      ratings: sample.default(5),
      /** Outcomes of one class, before its confidence is shown beside what came of it. */
      outcomes: sample.default(20),
    })
    .prefault({}),
  /** When somebody's habits of deciding are told to them. */
  habits: z
    .strictObject({
      /** On the first working day of a month at the digest's hour, or never by itself. */
      told: z.enum(['monthly', 'off']).default('monthly'),
      /** Decided quicker than this many seconds is hardly read. */
      seconds: z.number().positive().default(10),
      /** The share of such decisions from which it is told. */
      quick: share.default(0.5),
      /** The share of yes from which it is told, together with that. */
      yes: share.default(0.98),
    })
    .prefault({}),
});

export type Reporting = z.output<typeof reportingSchema>;
