import { describe, expect, test } from 'vitest';
import type { Charter } from '../../src/charter/charter.ts';
import type { WorkerId } from '../../src/ids.ts';
import { dayIn, lastOccasion, occasion, type Recurring } from '../../src/jobs/occasion.ts';
import { cadencesOf, dueNow, sinceOf } from '../../src/standup/due.ts';
import { manifests } from '../shift.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Days are days somewhere: some begin 14 hours before UTC's and some end 12 hours after. */
const year = { from: Date.parse('2025-12-30T00:07:00Z'), until: Date.parse('2027-01-03T00:00:00Z') };

/** What the clocks on the wall show, by the platform's own tables of zones. */
function wallOf(timezone: string): (at: Date) => string {
  const options = { timeZone: timezone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('sv-SE', options);
  return (at) => format.format(at);
}

/** The hours within which the clocks of a zone are set, within the year. */
function changesOf(timezone: string): number[] {
  const wall = wallOf(timezone);
  const offset = (at: number) => Date.parse(`${wall(new Date(at)).replace(' ', 'T')}:00Z`) - at;
  const found: number[] = [];
  for (let at = year.from; at < year.until; at += hour) if (offset(at) !== offset(at + hour)) found.push(at);
  return found;
}

/** The times of a virtual clock: each minute for hours around every change of the clocks, else each `step`. */
function* clock(timezone: string, step: number): Generator<Date> {
  const changes = changesOf(timezone);
  let at = year.from;
  while (at < year.until) {
    yield new Date(at);
    at += changes.some((change) => Math.abs(change - at) < 4 * hour) ? minute : step;
  }
}

/** Looks each time as the timetable does, and keeps what was told for the days of 2026. */
function liveThrough(
  recurring: Recurring,
  { holidays = [], step = 3 * hour }: { holidays?: string[]; step?: number } = {},
): { day: string; at: Date }[] {
  const told: { day: string; at: Date }[] = [];
  for (const now of clock(recurring.timezone, step)) {
    const due = dueNow(recurring, { holidays, toldFor: told.at(-1)?.day }, now);
    if (due.kind === 'due') told.push({ day: due.day, at: now });
  }
  return told.filter((one) => one.day.startsWith('2026'));
}

/** Every day of the year that is one of these weekdays, 0 = Sunday. */
function daysOf(weekdays: number[]): string[] {
  const all = Array.from({ length: 365 }, (_, nth) => new Date(Date.UTC(2026, 0, 1) + nth * day));
  return all.filter((one) => weekdays.includes(one.getUTCDay())).map((one) => one.toISOString().slice(0, 10));
}

const workingDays = daysOf([1, 2, 3, 4, 5]);

describe('over a year there is one post each working day, at the hour of the zone, whatever its clocks do', () => {
  const rows: [timezone: string, cron: string, says: string, changes: number][] = [
    ['UTC', '0 9 * * 1-5', '09:00', 0],
    ['Europe/Berlin', '0 9 * * 1-5', '09:00', 2],
    ['Europe/London', '30 8 * * 1-5', '08:30', 2],
    ['Europe/Dublin', '15 7 * * 1-5', '07:15', 2],
    ['America/New_York', '0 9 * * 1-5', '09:00', 2],
    ['America/Los_Angeles', '45 8 * * 1-5', '08:45', 2],
    ['America/St_Johns', '0 9 * * 1-5', '09:00', 2],
    ['America/Sao_Paulo', '0 9 * * 1-5', '09:00', 0],
    ['America/Santiago', '0 9 * * 1-5', '09:00', 2],
    ['America/Havana', '0 9 * * 1-5', '09:00', 2],
    ['Africa/Cairo', '0 9 * * 1-5', '09:00', 2],
    ['Asia/Jerusalem', '0 9 * * 1-5', '09:00', 2],
    ['Asia/Kolkata', '0 9 * * 1-5', '09:00', 0],
    ['Asia/Kathmandu', '0 9 * * 1-5', '09:00', 0],
    ['Asia/Tehran', '0 9 * * 1-5', '09:00', 0],
    ['Asia/Beirut', '0 9 * * 1-5', '09:00', 2],
    ['Australia/Lord_Howe', '0 9 * * 1-5', '09:00', 2],
    ['Australia/Adelaide', '0 9 * * 1-5', '09:00', 2],
    ['Pacific/Chatham', '45 9 * * 1-5', '09:45', 2],
    ['Pacific/Kiritimati', '0 9 * * 1-5', '09:00', 0],
  ];
  test.each(rows)('%s, "%s"', (timezone, cron, says, changes) => {
    expect(changesOf(timezone)).toHaveLength(changes);
    const told = liveThrough({ cron, timezone });
    expect(told.map((one) => one.day)).toEqual(workingDays);
    const wall = wallOf(timezone);
    for (const { day: its, at } of told) {
      const due = lastOccasion({ cron, timezone }, at);
      expect(dayIn(timezone, at)).toBe(its);
      expect(wall(due)).toBe(`${its} ${says}`);
      expect(at.getTime() - due.getTime()).toBeLessThan(3 * hour);
    }
  });
});

describe('hours that the clocks leave out, and those they go through twice', () => {
  const every = daysOf([0, 1, 2, 3, 4, 5, 6]);
  const rows: [what: string, timezone: string, cron: string, on: string, says: string][] = [
    ['02:30 that is left out', 'Europe/Berlin', '30 2 * * *', '2026-03-29', '2026-03-29T01:30:00Z'],
    ['02:30 that comes twice', 'Europe/Berlin', '30 2 * * *', '2026-10-25', '2026-10-25T00:30:00Z'],
    ['midnight that is left out', 'America/Santiago', '0 0 * * *', '2026-09-06', '2026-09-06T04:00:00Z'],
    ['23:05 that comes twice', 'America/Santiago', '5 23 * * *', '2026-04-04', '2026-04-05T02:05:00Z'],
    ['midnight that is left out', 'Africa/Cairo', '15 0 * * *', '2026-04-24', '2026-04-23T22:15:00Z'],
    ['23:05 that comes twice', 'Africa/Cairo', '5 23 * * *', '2026-10-29', '2026-10-29T20:05:00Z'],
    ['midnight that is left out', 'Asia/Beirut', '0 0 * * *', '2026-03-29', '2026-03-28T22:00:00Z'],
    ['00:30 that comes twice', 'America/Havana', '30 0 * * *', '2026-11-01', '2026-11-01T04:30:00Z'],
    ['a half hour left out', 'Australia/Lord_Howe', '15 2 * * *', '2026-10-04', '2026-10-03T15:45:00Z'],
    ['a half hour twice', 'Australia/Lord_Howe', '45 1 * * *', '2026-04-05', '2026-04-04T14:45:00Z'],
    ['02:50 that is left out', 'Pacific/Chatham', '50 2 * * *', '2026-09-27', '2026-09-26T14:05:00Z'],
    ['the last hour left out', 'America/Scoresbysund', '5 23 * * *', '2026-03-28', '2026-03-29T01:05:00Z'],
    ['two hours at once', 'Antarctica/Troll', '30 2 * * *', '2026-03-29', '2026-03-29T02:30:00Z'],
  ];
  test.each(rows)('%s, %s', (_, timezone, cron, on, says) => {
    const told = liveThrough({ cron, timezone }, { step: hour });
    expect(told.map((one) => one.day)).toEqual(every);
    const at = new Date(says);
    expect(occasion({ cron, timezone }, at)).toEqual({ at, day: on });
    expect(occasion({ cron, timezone }, new Date(at.getTime() - 1)).day < on).toBe(true);
    const second = new Date(at.getTime() + 2 * hour + 59 * minute);
    expect(occasion({ cron, timezone }, second)).toEqual({ at, day: on });
  });
});

test('a day that is over is left out, a late start on the day itself is not', () => {
  const recurring = { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' };
  const at = (now: string, toldFor?: string) =>
    dueNow(recurring, { holidays: ['2026-12-25'], toldFor }, new Date(now));
  expect(at('2026-11-23T07:59:59Z')).toEqual({
    kind: 'nothing',
    because: 'There is none today, or not yet.',
  });
  expect(at('2026-11-23T08:00:00Z')).toEqual({ kind: 'due', day: '2026-11-23' });
  expect(at('2026-11-23T22:59:59Z')).toEqual({ kind: 'due', day: '2026-11-23' });
  expect(at('2026-11-23T23:00:00Z').kind).toBe('nothing');
  expect(at('2026-11-22T12:00:00Z').kind).toBe('nothing');
  expect(at('2026-11-23T08:00:00Z', '2026-11-20')).toEqual({ kind: 'due', day: '2026-11-23' });
  expect(at('2026-11-23T08:01:00Z', '2026-11-23')).toEqual({
    kind: 'nothing',
    because: 'The one of 2026-11-23 was told.',
  });
  expect(at('2026-12-25T09:00:00Z')).toEqual({ kind: 'nothing', because: '2026-12-25 is a holiday.' });
});

test('on the day that the team begins to work, an hour before that is left out', () => {
  const recurring = { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' };
  const began = new Date('2026-11-23T11:00:00Z');
  const at = (now: string) => dueNow(recurring, { holidays: [], began }, new Date(now));
  const because = 'Nobody worked here yet when it was time.';
  expect(at('2026-11-23T12:00:00Z')).toEqual({ kind: 'nothing', because });
  expect(at('2026-11-24T08:00:00Z')).toEqual({ kind: 'due', day: '2026-11-24' });
});

test('several hours of one day are one post', () => {
  const told = liveThrough({ cron: '0 9,15 * * 1', timezone: 'Europe/Berlin' });
  expect(told.map((one) => one.day)).toEqual(daysOf([1]));
});

test('holidays are left out, and what came then is told afterwards', () => {
  const told = liveThrough({ cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' }, { holidays: ['2026-12-25'] });
  expect(told.map((one) => one.day)).toEqual(workingDays.filter((one) => one !== '2026-12-25'));
});

test('it tells since the last one, at most seven days', () => {
  const now = new Date('2026-11-23T08:00:00Z');
  const friday = new Date('2026-11-20T08:00:00Z');
  expect(sinceOf(friday, now)).toEqual(friday);
  expect(sinceOf(new Date('2026-11-01T08:00:00Z'), now)).toEqual(new Date('2026-11-16T08:00:00Z'));
  expect(sinceOf(undefined, now)).toEqual(new Date('2026-11-16T08:00:00Z'));
});

test('workers with one hour and zone are one post', () => {
  const [first] = manifests.charters as [Charter, ...Charter[]];
  const early = { cron: '0  8 * * 1-5', timezone: 'Asia/Kolkata' };
  const other: Charter = {
    ...first,
    worker: 'zoe' as WorkerId,
    cadence: { ...first.cadence, standup: early },
  };
  expect(cadencesOf([...manifests.charters, other])).toEqual([
    { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin', workers: ['ada', 'iris', 'nora', 'rex'] },
    { cron: '0 8 * * 1-5', timezone: 'Asia/Kolkata', workers: ['zoe'] },
  ]);
});
