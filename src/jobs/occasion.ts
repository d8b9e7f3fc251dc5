import { CronExpressionParser } from 'cron-parser';

/** When something that recurs is due: a cron expression of five fields, by the clocks of an IANA time zone. */
export interface Recurring {
  cron: string;
  timezone: string;
}

/**
 * The last time at or before `now` that it was due. An hour that the clocks leave out in spring is taken as the one
 * after it, and one that they go through twice in autumn counts once. Throws when the expression has no such time.
 */
export function lastOccasion({ cron, timezone }: Recurring, now: Date): Date {
  const after = new Date(now.getTime() + 1);
  return CronExpressionParser.parse(cron, { currentDate: after, tz: timezone }).prev().toDate();
}

/** The day of `at` by the clocks of `timezone`, as 2026-11-23. */
export function dayIn(timezone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(at);
}

/** When something is due on the first working day of a month, or of a quarter: by the clocks of an IANA time zone. */
export interface Beginning {
  months: 1 | 3;
  /** A time of day such as 08:00. */
  at: string;
  timezone: string;
  /** Days such as 2027-01-01 on which nobody works, besides Saturdays and Sundays. */
  holidays: string[];
}

/** The last time at or before `now` that it was due. */
export function lastBeginning({ months, at, timezone, holidays }: Beginning, now: Date): Date {
  const [year = 0, month = 0] = dayIn(timezone, now).split('-').map(Number);
  const counted = year * 12 + month - 1;
  const [hour, minute] = at.split(':').map(Number);
  for (let first = counted - (counted % months); ; first -= months) {
    const day = firstWorkingDay(first, holidays);
    const cron = `${minute} ${hour} ${day.getUTCDate()} ${day.getUTCMonth() + 1} *`;
    // No first working day comes after the middle of its month.
    const middle = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 20));
    const due = lastOccasion({ cron, timezone }, middle);
    if (due <= now) return due;
  }
}

/** Of a month counted from year 0 on. */
function firstWorkingDay(month: number, holidays: string[]): Date {
  for (let date = 1; ; date += 1) {
    const day = new Date(Date.UTC(Math.floor(month / 12), month % 12, date));
    const isFree = [0, 6].includes(day.getUTCDay()) || holidays.includes(day.toISOString().slice(0, 10));
    if (!isFree || date > 15) return day;
  }
}
