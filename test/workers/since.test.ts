import { describe, expect, test } from 'vitest';
import { type Since, sinceIn, timeOf } from '../../src/workers/since.ts';

describe('from when on', () => {
  const four: Since = { kind: 'ago', minutes: 240 };
  const rows: [words: string, since: Since][] = [
    ['since 14:00', { kind: 'clock', hour: 14, minute: 0 }],
    ['since 9', { kind: 'clock', hour: 9, minute: 0 }],
    ['since 9.30?', { kind: 'clock', hour: 9, minute: 30 }],
    ['since 2pm', { kind: 'clock', hour: 14, minute: 0 }],
    ['since 12 am', { kind: 'clock', hour: 0, minute: 0 }],
    ['since at 7:05', { kind: 'clock', hour: 7, minute: 5 }],
    ['since yesterday 22:15', { kind: 'clock', hour: 22, minute: 15, daysBack: 1 }],
    ['since today 8', { kind: 'clock', hour: 8, minute: 0, daysBack: 0 }],
    ['since yesterday', { kind: 'day', daysBack: 1 }],
    ['today', { kind: 'day', daysBack: 0 }],
    ['since this morning', { kind: 'day', daysBack: 0 }],
    ['since monday', { kind: 'weekday', day: 1 }],
    ['in the last 2 hours', { kind: 'ago', minutes: 120 }],
    ['in the last hour', { kind: 'ago', minutes: 60 }],
    ['in the past 30 min', { kind: 'ago', minutes: 30 }],
    ['in the last 3d', { kind: 'ago', minutes: 4_320 }],
    ['since an hour ago', { kind: 'ago', minutes: 60 }],
    ['since 2 weeks ago', { kind: 'ago', minutes: 20_160 }],
    ['in the last 999999 weeks', { kind: 'ago', minutes: 43_200 }],
    ['in the last 0 hours', { kind: 'ago', minutes: 1 }],
    ['since 25:00', four],
    ['since 14:75', four],
    ['since the beginning', four],
    ['since 2026-11-20', four],
    ['', four],
  ];
  test.each(rows)('%j', (words, since) => expect(sinceIn(words)).toEqual(since));
});

describe('the time that was meant', () => {
  const clock = (hour: number, minute = 0, daysBack?: number): Since => {
    return { kind: 'clock', hour, minute, ...(daysBack !== undefined && { daysBack }) };
  };
  // A Friday, in Berlin 11:17; the nights in which the clocks there are put forward and back; a zone ahead by quarters.
  const friday = '2026-11-20T10:17:00Z';
  const rows: [since: Since, now: string, timezone: string, at: string][] = [
    [clock(9), friday, 'Europe/Berlin', '2026-11-20T08:00:00Z'],
    [clock(14), friday, 'Europe/Berlin', '2026-11-19T13:00:00Z'],
    [clock(14, 30, 1), friday, 'Europe/Berlin', '2026-11-19T13:30:00Z'],
    [clock(11, 17), friday, 'Europe/Berlin', friday],
    [clock(14), friday, 'UTC', '2026-11-19T14:00:00Z'],
    [{ kind: 'day', daysBack: 0 }, friday, 'Europe/Berlin', '2026-11-19T23:00:00Z'],
    [{ kind: 'day', daysBack: 1 }, friday, 'Europe/Berlin', '2026-11-18T23:00:00Z'],
    [{ kind: 'weekday', day: 1 }, friday, 'Europe/Berlin', '2026-11-15T23:00:00Z'],
    [{ kind: 'weekday', day: 5 }, friday, 'Europe/Berlin', '2026-11-12T23:00:00Z'],
    [{ kind: 'ago', minutes: 90 }, friday, 'Europe/Berlin', '2026-11-20T08:47:00Z'],
    [clock(1), '2026-03-29T09:00:00Z', 'Europe/Berlin', '2026-03-29T00:00:00Z'],
    [clock(4), '2026-03-29T09:00:00Z', 'Europe/Berlin', '2026-03-29T02:00:00Z'],
    [{ kind: 'day', daysBack: 0 }, '2026-10-25T20:00:00Z', 'Europe/Berlin', '2026-10-24T22:00:00Z'],
    [clock(4), '2026-10-25T20:00:00Z', 'Europe/Berlin', '2026-10-25T03:00:00Z'],
    [clock(14), '2026-10-25T08:00:00Z', 'Europe/Berlin', '2026-10-24T12:00:00Z'],
    [{ kind: 'day', daysBack: 0 }, '2026-11-20T20:00:00Z', 'Asia/Kathmandu', '2026-11-20T18:15:00Z'],
  ];
  test.each(rows)('%o seen from %s in %s', (since, now, timezone, at) => {
    expect(timeOf(since, new Date(now), timezone)).toEqual(new Date(at));
  });
});
