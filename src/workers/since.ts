import { offsetIn } from '../monitoring/chart/time-axis.ts';
import { dateIn } from '../monitoring/silences/silence.ts';

/** From when on, as a person said it; by the clocks of the site. */
export type Since =
  /** The last time that the clocks showed it, or on a day so many days back. */
  | { kind: 'clock'; hour: number; minute: number; daysBack?: number }
  /** The beginning of a day, so many days back. */
  | { kind: 'day'; daysBack: number }
  /** The beginning of the last such day before today, 0 = Sunday. */
  | { kind: 'weekday'; day: number }
  | { kind: 'ago'; minutes: number };

const usual: Since = { kind: 'ago', minutes: 240 };
const mostMinutes = 30 * 1_440;
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const units: Record<string, number> = { m: 1, h: 60, d: 1_440, w: 10_080 };

/** From when on these words (in small letters) mean; the last four hours when they do not say. Pure. */
export function sinceIn(words: string): Since {
  return agoIn(words) ?? clockIn(words) ?? dayIn(words) ?? usual;
}

function agoIn(words: string): Since | undefined {
  const unit = '(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)\\b';
  const found =
    new RegExp(`\\b(?:last|past)\\s+(?:(\\d{1,6}|an?)\\s*)?${unit}`).exec(words) ??
    new RegExp(`\\b(\\d{1,6}|an?)\\s*${unit}\\s+ago\\b`).exec(words);
  if (!found) return undefined;
  const [, count = '1', of = ''] = found;
  const minutes = (/^\d/.test(count) ? Number(count) : 1) * (units[of.charAt(0)] ?? 1);
  return { kind: 'ago', minutes: Math.min(Math.max(1, minutes), mostMinutes) };
}

function clockIn(words: string): Since | undefined {
  const clock =
    /\bsince\s+(?:(yesterday|today)\s+)?(?:at\s+)?(\d{1,2})(?:[:.](\d\d))?\s*(am|pm)?(?![\w:.-]*\w)/;
  const [, day, hours, minutes = '0', half] = clock.exec(words) ?? [];
  if (hours === undefined) return undefined;
  const hour = half ? (Number(hours) % 12) + (half === 'pm' ? 12 : 0) : Number(hours);
  const minute = Number(minutes);
  if (hour > 23 || minute > 59) return undefined;
  return { kind: 'clock', hour, minute, ...(day && { daysBack: day === 'yesterday' ? 1 : 0 }) };
}

function dayIn(words: string): Since | undefined {
  if (/\byesterday\b/.test(words)) return { kind: 'day', daysBack: 1 };
  if (/\b(today|this morning|midnight)\b/.test(words)) return { kind: 'day', daysBack: 0 };
  const day = weekdays.findIndex((name) => words.includes(`since ${name}`));
  return day >= 0 ? { kind: 'weekday', day } : undefined;
}

/** The time that was meant, seen from `now` by the clocks of `timezone`. Never after `now`. Pure. */
export function timeOf(since: Since, now: Date, timezone: string): Date {
  switch (since.kind) {
    case 'ago':
      return new Date(now.getTime() - since.minutes * 60_000);
    case 'day':
      return instant(now, since.daysBack, 0, 0, timezone);
    case 'weekday': {
      const today = new Date(`${dateIn(timezone, now)}T12:00:00Z`).getUTCDay();
      return instant(now, (today - since.day + 7) % 7 || 7, 0, 0, timezone);
    }
    case 'clock': {
      const at = instant(now, since.daysBack ?? 0, since.hour, since.minute, timezone);
      return at <= now ? at : instant(now, 1, since.hour, since.minute, timezone);
    }
  }
}

/** When the clocks of a zone showed this, so many days before today. */
function instant(now: Date, daysBack: number, hour: number, minute: number, timezone: string): Date {
  const noon = Date.parse(`${dateIn(timezone, now)}T12:00:00Z`) - daysBack * 86_400_000;
  const wall = noon / 1_000 + (hour - 12) * 3_600 + minute * 60;
  // The offset at that time is not known before the time is: the second look is right but for the hour that a clock skips.
  const once = wall - offsetIn(timezone, wall);
  return new Date((wall - offsetIn(timezone, once)) * 1_000);
}
