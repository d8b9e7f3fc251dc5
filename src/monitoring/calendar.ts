import { z } from 'zod';
import { isOpenWindow } from '../inventory/inventory.ts';
import { isTimezone } from '../jobs/timezone.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const weekday = z.enum(weekdays);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'wanted a time of day such as 02:30');
/** Whose series it is about: `metrics` alone, on all or only some servers and services; no list means every one. */
const scope = {
  metrics: z.array(z.string()).min(1).optional(),
  subjects: z.array(z.string()).min(1).optional(),
};

export const calendarSchema = z.strictObject({
  /** The site's clocks: hours and weekdays of every baseline are theirs. */
  timezone: z.string().refine(isTimezone, 'wanted an IANA time zone such as Europe/Berlin').default('UTC'),
  /** Days that are judged, and learnt, as another weekday: a public holiday as a Sunday. */
  holidays: z
    .array(z.strictObject({ date: z.iso.date(), as: weekday.default('sun'), name: z.string().optional() }))
    .default([]),
  /** Weekly windows in which the named metrics are expected to be high; `to` before `from` is the next morning. */
  batch_jobs: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        days: z.array(weekday).min(1),
        from: clock,
        to: clock,
        ...scope,
      }),
    )
    .default([]),
  /** Single times in which something is being rolled out. */
  releases: z
    .array(
      z
        .strictObject({
          name: z.string().min(1),
          from: z.iso.datetime({ offset: true }),
          to: z.iso.datetime({ offset: true }),
          ...scope,
        })
        .refine(({ from, to }) => Date.parse(from) < Date.parse(to), '`to` must be after `from`'),
    )
    .default([]),
});
export type Calendar = z.infer<typeof calendarSchema>;

/** The days such as 2027-01-01 that count as a Saturday or Sunday: nobody works. */
export function holidaysOf({ holidays }: Calendar): string[] {
  return holidays.filter(({ as }) => as === 'sat' || as === 'sun').map(({ date }) => date);
}

/** A batch job or release that is on: what it covers is not raised meanwhile. */
export interface Expected {
  name: string;
  metrics?: string[] | undefined;
  subjects?: string[] | undefined;
}

/** A calendar, read quickly. */
export interface Almanac {
  /** The hour of the week by the site's clocks, 0 = Monday 00:00, a holiday as the weekday it stands for. */
  hourOfWeek(at: number): number;
  /** What is on at unix seconds `at`. */
  expected(at: number): Expected[];
}

const minute = 60;
const quarter = 15 * minute;

/** Opens a calendar. Time zones change at quarters of an hour and windows at minutes: each is looked up once. */
export function openAlmanac(calendar: Calendar): Almanac {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: calendar.timezone,
    ...({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', weekday: 'short' } as const),
    hourCycle: 'h23',
  });
  const holidays = new Map(calendar.holidays.map(({ date, as }) => [date, weekdays.indexOf(as)]));
  const releases = calendar.releases.map((one) => ({
    ...one,
    begins: Date.parse(one.from) / 1_000,
    ends: Date.parse(one.to) / 1_000,
  }));
  const jobs = calendar.batch_jobs.map((job) => ({ ...job, timezone: calendar.timezone }));
  const jobsAt = remembered(minute, (at) => jobs.filter((job) => isOpenWindow(job, new Date(at * 1_000))));
  return {
    hourOfWeek: remembered(quarter, (at) => hourOf(format, holidays, at)),
    expected: (at) => {
      const released = releases.filter(({ begins, ends }) => begins <= at && at < ends);
      return jobs.length > 0 ? [...released, ...jobsAt(at)] : released;
    },
  };
}

/** Answers once for every so many seconds; history is read series by series, over the same weeks again and again. */
function remembered<T>(every: number, answer: (at: number) => T): (at: number) => T {
  const known = new Map<number, T>();
  return (at) => {
    const bucket = Math.floor(at / every);
    const told = known.get(bucket);
    if (told !== undefined) return told;
    if (known.size > 100_000) known.clear();
    const found = answer(bucket * every);
    known.set(bucket, found);
    return found;
  };
}

/** Whether something expected covers a metric of a subject. */
export function covers(
  { metrics, subjects }: Expected,
  metric: string,
  subject: string | undefined,
): boolean {
  const named = subject !== undefined && subjects?.includes(subject);
  return (metrics?.includes(metric) ?? true) && (subjects === undefined || named === true);
}

function hourOf(format: Intl.DateTimeFormat, holidays: Map<string, number>, at: number): number {
  const parts = Object.fromEntries(
    format.formatToParts(at * 1_000).map(({ type, value }) => [type, value]),
  ) as Record<string, string>;
  const day = weekdays.indexOf((parts.weekday ?? '').toLowerCase() as (typeof weekdays)[number]);
  const date = `${parts.year}-${parts.month}-${parts.day}`;
  return (holidays.get(date) ?? day) * 24 + Number(parts.hour);
}
