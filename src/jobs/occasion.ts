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
