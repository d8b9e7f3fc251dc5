import { describe, expect, test } from 'vitest';
import { readManifests } from '../../src/manifests.ts';
import { calendarSchema, covers, openAlmanac } from '../../src/monitoring/calendar.ts';

const seconds = (time: string) => Date.parse(time) / 1_000;

describe('the hour of the week is the site’s, from Monday, and a holiday’s is another day’s', () => {
  const holidays = [{ date: '2026-12-25' }, { date: '2026-12-24', as: 'sat' }];
  test.each([
    ['UTC', '2026-11-16T00:00:00Z', 0],
    ['UTC', '2026-11-22T23:59:59Z', 167],
    ['Europe/Berlin', '2026-11-15T23:00:00Z', 0],
    ['Europe/Berlin', '2026-11-20T10:17:00Z', 4 * 24 + 11],
    ['Europe/Berlin', '2026-07-20T22:30:00Z', 24], // summer time
    ['Europe/Berlin', '2026-10-25T00:30:00Z', 6 * 24 + 2], // the night with two hours from two to three
    ['Europe/Berlin', '2026-10-25T01:30:00Z', 6 * 24 + 2],
    ['Asia/Kolkata', '2026-11-15T18:30:00Z', 0], // half an hour off
    ['Asia/Kathmandu', '2026-11-15T18:14:59Z', 167], // three quarters
    ['America/New_York', '2026-11-16T04:59:00Z', 167],
    ['Europe/Berlin', '2026-12-25T09:00:00Z', 6 * 24 + 10],
    ['Europe/Berlin', '2026-12-24T22:59:00Z', 5 * 24 + 23],
    ['Europe/Berlin', '2026-12-24T23:00:00Z', 6 * 24],
  ])('%s %s is %i', (timezone, at, hour) => {
    const almanac = openAlmanac(calendarSchema.parse({ timezone, holidays }));
    expect(almanac.hourOfWeek(seconds('2026-01-01T12:00:00Z'))).toBeDefined(); // whatever was asked before
    expect(almanac.hourOfWeek(seconds(at))).toBe(hour);
  });
});

describe('what is expected', () => {
  const calendar = calendarSchema.parse({
    timezone: 'Europe/Berlin',
    batch_jobs: [
      { name: 'backup', days: ['sun'], from: '23:00', to: '02:00', metrics: ['disk'], subjects: ['db-1'] },
    ],
    releases: [
      { name: 'shop 4.2', from: '2026-11-18T09:00:00Z', to: '2026-11-18T10:00:00+00:00', subjects: ['shop'] },
    ],
  });
  const almanac = openAlmanac(calendar);
  test.each([
    ['2026-11-15T21:59:59Z', []],
    ['2026-11-15T22:00:00Z', ['backup']],
    ['2026-11-16T00:59:00Z', ['backup']],
    ['2026-11-16T01:00:00Z', []],
    ['2026-11-16T22:30:00Z', []],
    ['2026-11-18T08:59:59Z', []],
    ['2026-11-18T09:00:00Z', ['shop 4.2']],
    ['2026-11-18T10:00:00Z', []],
  ])('at %s: %j', (at, names) => {
    expect(almanac.expected(seconds(at)).map(({ name }) => name)).toEqual(names);
  });

  test.each([
    [{}, 'cpu', 'db-1', true],
    [{ metrics: ['disk'] }, 'disk', 'db-2', true],
    [{ metrics: ['disk'] }, 'cpu', 'db-2', false],
    [{ subjects: ['db-1'] }, 'cpu', 'db-1', true],
    [{ subjects: ['db-1'] }, 'cpu', undefined, false],
    [{ metrics: ['disk'], subjects: ['db-1'] }, 'disk', 'db-2', false],
    [{ metrics: ['disk'], subjects: ['db-1'] }, 'disk', 'db-1', true],
  ])('%j covers %s of %s: %s', (scope, metric, subject, covered) => {
    expect(covers({ name: 'some', ...scope }, metric, subject)).toBe(covered);
  });
});

describe('a calendar that cannot be meant is refused', () => {
  test.each([
    [{ timezone: 'Berlin' }, 'IANA'],
    [{ holidays: [{ date: '25.12.2026' }] }, 'date'],
    [{ holidays: [{ date: '2026-12-25', as: 'holiday' }] }, 'mon'],
    [{ batch_jobs: [{ name: 'x', days: ['mon'], from: '9:00', to: '10:00' }] }, 'time of day'],
    [{ releases: [{ name: 'x', from: '2026-11-18T09:00:00Z', to: '2026-11-18T09:00:00Z' }] }, 'after'],
    [{ batch: [] }, 'batch'],
  ])('%j', (calendar, says) => {
    expect(JSON.stringify(calendarSchema.safeParse(calendar).error?.issues)).toContain(says);
  });
});

test('the one that is shipped is read', () => {
  expect(readManifests('manifests').calendar.timezone).toBe('Europe/Berlin');
});
