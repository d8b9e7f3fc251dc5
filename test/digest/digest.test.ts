import { describe, expect, test } from 'vitest';
import { trendAlt, trendOf } from '../../src/digest/chart.ts';
import { periodBefore, weekAt, weeksUntil } from '../../src/digest/digest.ts';
import type { WorkerId } from '../../src/ids.ts';
import { reliabilities } from '../../src/scorecards/reliability.ts';
import { diagramAlt, diagramOf } from '../../src/scorecards/reliability-chart.ts';
import { reportingSchema } from '../../src/scorecards/reporting.ts';
import { busyWeek, firstWeek, quietWeek } from './weeks.ts';

const golden = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

describe('what a digest says', () => {
  test.each([
    ['busy', busyWeek],
    ['first', firstWeek],
    ['quiet', quietWeek],
  ])('a %s week, as it is kept', async (name, week) => {
    await expect(golden(week)).toMatchFileSnapshot(`../golden/written-${name}-week.json`);
  });

  test('what is drawn, and the same in words', async () => {
    await expect(golden(trendOf(busyWeek))).toMatchFileSnapshot('../golden/digest-chart.json');
    expect(trendAlt(busyWeek)).toMatch(
      /^Bar charts by week, beginning on the day named. Mean time to restore: /,
    );
  });

  test('the diagrams of calibration', async () => {
    const said = Array.from({ length: 60 }, (_, nth) => ({
      ...{
        class: nth % 2 ? 'deed restart-service' : 'cause memory-leak',
        worker: 'rex' as WorkerId,
        alone: true,
      },
      ...{ said: 0.45 + (nth % 6) / 10, right: nth % 7 > (nth % 6 > 3 ? 1 : 3) },
    }));
    const { told } = reliabilities(said, 20);
    await expect(golden(diagramOf(told))).toMatchFileSnapshot('../golden/calibration-chart.json');
    expect(diagramAlt(told)).toMatch(
      /^Reliability diagrams: how sure was said against how often it was right. /,
    );
    expect(diagramOf([])).toBeUndefined();
  });

  test('nothing is drawn before two weeks say something', () => {
    expect(trendOf(firstWeek)).toBeUndefined();
    expect(trendOf(quietWeek)).toBeUndefined();
  });

  test('what is too little is not told, and never 100 %', () => {
    const told = firstWeek.figures.filter(({ value, least }) => value !== null && least > 0);
    expect(told).toEqual([]);
    expect(firstWeek.violations).toEqual(['act-0']);
  });
});

describe('which week', () => {
  const zone = (timezone: string, day = 'mon', at = '08:00') =>
    reportingSchema.parse({ digest: { timezone, day, at } });
  test.each([
    // zone, now, day it is called by, from, to
    [
      'Europe/Berlin',
      '2026-11-23T07:00:00Z',
      '2026-11-23',
      '2026-11-15T23:00:00.000Z',
      '2026-11-22T23:00:00.000Z',
    ],
    [
      'Europe/Berlin',
      '2026-11-23T06:59:59Z',
      '2026-11-16',
      '2026-11-08T23:00:00.000Z',
      '2026-11-15T23:00:00.000Z',
    ],
    // The week in which the clocks went back is an hour longer, the one in spring an hour shorter.
    [
      'Europe/Berlin',
      '2026-10-26T07:00:00Z',
      '2026-10-26',
      '2026-10-18T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ],
    [
      'Europe/Berlin',
      '2026-03-30T06:00:00Z',
      '2026-03-30',
      '2026-03-22T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ],
    [
      'Asia/Kathmandu',
      '2026-11-23T02:15:00Z',
      '2026-11-23',
      '2026-11-15T18:15:00.000Z',
      '2026-11-22T18:15:00.000Z',
    ],
    [
      'Pacific/Auckland',
      '2026-11-22T19:00:00Z',
      '2026-11-23',
      '2026-11-15T11:00:00.000Z',
      '2026-11-22T11:00:00.000Z',
    ],
  ])('%s at %s', (timezone, now, day, from, to) => {
    const found = weekAt(zone(timezone), new Date(now));
    expect(found.day).toBe(day);
    expect([found.week.from.toISOString(), found.week.to.toISOString()]).toEqual([from, to]);
  });

  test('the trend has eight weeks that join, and the week before is the one before', () => {
    const reporting = zone('Europe/Berlin');
    const { week } = weekAt(reporting, new Date('2026-11-23T07:00:00Z'));
    const weeks = weeksUntil(week, reporting);
    expect(weeks).toHaveLength(8);
    for (const [place, one] of weeks.slice(1).entries()) expect(one.from).toEqual(weeks[place]?.to);
    expect(weeks.at(-1)).toEqual(week);
    expect(periodBefore(week, weeks)).toEqual(weeks.at(-2));
    const days = { from: new Date('2026-11-03T00:00:00Z'), to: new Date('2026-11-24T00:00:00Z') };
    expect(periodBefore(days, weeksUntil(days, reporting)).from).toEqual(new Date('2026-10-13T00:00:00Z'));
  });
});
