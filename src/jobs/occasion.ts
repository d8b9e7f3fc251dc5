import { CronExpressionParser } from 'cron-parser';

/** When something that recurs is due: a cron expression of five fields, by the clocks of an IANA time zone. */
export interface Recurring {
  cron: string;
  timezone: string;
}

/** A time that it was due, and the day that it was due for by the clocks of its zone, as 2026-11-23. */
export interface Occasion {
  at: Date;
  day: string;
}

/** The most that clocks are set back at once, anywhere since 1970: two hours, at Troll in Antarctica. */
const longestFoldMs = 3 * 3_600_000;
const dayMs = 86_400_000;

/**
 * The last time at or before `now` that it was due. A time of day that the clocks leave out in spring is taken as much
 * later as they are set forward, and one that they go through twice in autumn is the first. Throws when the expression
 * has no such time.
 */
export function lastOccasion(recurring: Recurring, now: Date): Date {
  return occasion(recurring, now).at;
}

/** The same with its day, which is another than the day of `at` where the clocks leave midnight out. */
export function occasion({ cron, timezone }: Recurring, now: Date): Occasion {
  // By the clocks on the wall, where every day has every hour once: cron-parser itself skips what the clocks skip.
  const from = new Date(wallOf(timezone, now.getTime()) + longestFoldMs + 1);
  const walls = CronExpressionParser.parse(cron, { currentDate: from, tz: 'UTC' });
  for (;;) {
    const wall = walls.prev().toDate();
    const at = instantOf(timezone, wall.getTime());
    if (at <= now.getTime()) return { at: new Date(at), day: wall.toISOString().slice(0, 10) };
  }
}

/** Whether a cron expression can be read and comes round at all. */
export function recurs(cron: string): boolean {
  try {
    CronExpressionParser.parse(cron, { tz: 'UTC' }).prev();
    return true;
  } catch {
    return false;
  }
}

/** The day of `at` by the clocks of `timezone`, as 2026-11-23. */
export function dayIn(timezone: string, at: Date): string {
  return new Date(wallOf(timezone, at.getTime())).toISOString().slice(0, 10);
}

/** What the clocks of a zone show at a time (ms), as if they showed UTC. */
function wallOf(timezone: string, at: number): number {
  const parts = clockOf(timezone).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [of('year'), of('month') - 1, of('day')];
  return (
    Date.UTC(year, month, day, of('hour'), of('minute'), of('second')) + (((at % 1_000) + 1_000) % 1_000)
  );
}

/** When the clocks show this for the first time; where they never do, as with the offset from before they were set. */
function instantOf(timezone: string, wall: number): number {
  const offset = (at: number) => wallOf(timezone, at) - at;
  const before = wall - offset(wall - dayMs);
  if (offset(before) === wall - before) return before;
  const after = wall - offset(wall + dayMs);
  return offset(after) === wall - after ? after : before;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Made once a zone: making one costs a hundred times as much as asking it. */
function clockOf(timezone: string): Intl.DateTimeFormat {
  const known = clocks.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  clocks.set(timezone, made);
  return made;
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
