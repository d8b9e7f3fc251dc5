import { describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { Band } from '../../src/monitoring/anomaly.ts';
import { type Hold, holdOn, listsDue, type Waiting } from '../../src/monitoring/held/hold.ts';
import { type Routing, route, routingSchema, unroutable } from '../../src/monitoring/routing.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { signalOf } from './signals.ts';

const ops = ['slack:C01OPS'];
const timezone = 'Europe/Berlin';
const night = { from: '22:00', to: '07:00', timezone };

function routing(money: object): Routing {
  return { ops, ...routingSchema.parse({ teams: { money } }) };
}

describe('a team', () => {
  const nights = { quiet_hours: night };
  const fridays = { quiet_hours: [{ ...night, days: ['fri'] }] };
  const own = { places: ['slack:C0MONEY', 'teams:19:money@thread.tacv2'] };
  const weekend = { days: ['sat', 'sun'], from: '07:00', to: '22:00', timezone };
  const rows: [what: string, money: object, band: Band, at: string, told: string[] | Hold['cause']][] = [
    ['that wishes for nothing is told in ops', {}, 'watch', '2026-11-19T23:00:00Z', ops],
    [
      'with a place of its own is told there',
      { places: 'slack:C0M' },
      'watch',
      '2026-11-19T12:00:00Z',
      ['slack:C0M'],
    ],
    ['with several is told in each', own, 'critical', '2026-11-19T12:00:00Z', own.places],
    ['a minute before its quiet hours', nights, 'watch', '2026-11-19T20:59:00Z', ops],
    ['as they begin', nights, 'watch', '2026-11-19T21:00:00Z', 'quiet-hours'],
    ['after midnight', nights, 'watch', '2026-11-20T00:30:00Z', 'quiet-hours'],
    ['in their last minute', nights, 'watch', '2026-11-20T05:59:59Z', 'quiet-hours'],
    ['as they are over', nights, 'watch', '2026-11-20T06:00:00Z', ops],
    [
      'in quiet hours, of what is critical',
      { ...nights, ...own },
      'critical',
      '2026-11-20T00:30:00Z',
      own.places,
    ],
    // The clocks go forward at 01:00 UTC: 07:00 is an hour sooner.
    [
      'the night that is an hour short, at its beginning',
      nights,
      'watch',
      '2026-03-28T21:00:00Z',
      'quiet-hours',
    ],
    ['the night that is an hour short, before seven', nights, 'watch', '2026-03-29T04:59:00Z', 'quiet-hours'],
    ['the night that is an hour short, at seven', nights, 'watch', '2026-03-29T05:00:00Z', ops],
    // And back at 01:00 UTC: it is half past two twice, and 07:00 is an hour later.
    [
      'the night that is an hour long, at its beginning',
      nights,
      'watch',
      '2026-10-24T20:00:00Z',
      'quiet-hours',
    ],
    [
      'the night that is an hour long, at the second half past two',
      nights,
      'watch',
      '2026-10-25T01:30:00Z',
      'quiet-hours',
    ],
    ['the night that is an hour long, before seven', nights, 'watch', '2026-10-25T05:59:00Z', 'quiet-hours'],
    ['the night that is an hour long, at seven', nights, 'watch', '2026-10-25T06:00:00Z', ops],
    ['on the morning after the day that is named', fridays, 'watch', '2026-11-21T05:00:00Z', 'quiet-hours'],
    ['on the evening after it', fridays, 'watch', '2026-11-21T22:00:00Z', ops],
    [
      'with a second stretch',
      { quiet_hours: [night, weekend] },
      'watch',
      '2026-11-21T06:00:00Z',
      'quiet-hours',
    ],
    ['and outside of it', { quiet_hours: [night, weekend] }, 'watch', '2026-11-23T06:00:00Z', ops],
    ['told of what is critical alone', { least: 'critical' }, 'watch', '2026-11-19T12:00:00Z', 'least'],
    ['the same, of what is', { least: 'critical' }, 'critical', '2026-11-19T12:00:00Z', ops],
    [
      'the same, in quiet hours',
      { least: 'critical', ...nights },
      'watch',
      '2026-11-20T00:30:00Z',
      'quiet-hours',
    ],
  ];
  test.each(rows)('%s', (_, money, band, at, told) => {
    const routed = route(routing(money), { team: 'money', band }, new Date(at));
    if (Array.isArray(told)) expect(routed).toEqual({ kind: 'told', places: told });
    else
      expect(routed).toMatchObject({
        kind: 'held',
        cause: told,
        because: expect.stringMatching(/money.*\.$/),
      });
  });

  test('of another name, or a service of no team, is told as ever', () => {
    const at = new Date('2026-11-20T00:30:00Z');
    for (const team of ['shop', 'constructor', undefined])
      expect(route(routing({ least: 'critical', ...nights }), { team, band: 'watch' }, at)).toEqual({
        kind: 'told',
        places: ops,
      });
  });
});

// Payments is of the team money, its windows are on weekends 03:00–07:00; Checkout is of shop, Monday to Thursday 02:00–05:00.
const of = (service: string, band: Band) =>
  ({
    ...signalOf(`sig-${service}-${band}`, [`service ${service} error_rate`], { band }),
    recoveredAt: null,
  }) as Signal;
const base = { inventory: fernwood, mutes: [], calendar: [] };

test.each([
  ['payments', 'watch', '2026-11-20T01:00:00Z', 'quiet-hours'],
  ['payments', 'critical', '2026-11-20T01:00:00Z', undefined],
  ['payments', 'critical', '2026-11-21T03:00:00Z', 'window'],
  ['payments', 'watch', '2026-11-21T03:00:00Z', 'window'],
  ['checkout', 'watch', '2026-11-19T21:30:00Z', undefined],
  ['nowhere', 'watch', '2026-11-20T01:00:00Z', undefined],
] as const)('what holds %s (%s) at %s: %s', (service, band, at, cause) => {
  const holding = { ...base, routing: routing({ quiet_hours: night }) };
  expect(holdOn(of(service, band), holding, new Date(at))?.cause).toBe(cause);
});

describe('a list is due', () => {
  const quiet = (band: Band = 'watch'): Waiting => ({
    cause: 'quiet-hours',
    whose: 'money',
    signal: of('payments', band),
  });
  const window = (service: string, band: Band): Waiting => ({
    cause: 'window',
    whose: service,
    signal: of(service, band),
  });
  const rows: [what: string, waiting: Waiting[], money: object, at: string, due: number[]][] = [
    ['never of nothing', [], {}, '2026-11-20T12:00:00Z', []],
    ['not in quiet hours', [quiet()], { quiet_hours: night }, '2026-11-20T05:59:00Z', []],
    ['when they are over', [quiet(), quiet()], { quiet_hours: night }, '2026-11-20T06:00:00Z', [2]],
    ['when nobody wishes for them any more', [quiet()], {}, '2026-11-20T03:00:00Z', [1]],
    ['not in the window', [window('checkout', 'critical')], {}, '2026-11-19T03:59:00Z', []],
    ['when the window is over', [window('checkout', 'watch')], {}, '2026-11-19T04:00:00Z', [1]],
    [
      'for each window of its own',
      [window('checkout', 'watch'), window('search', 'watch'), window('checkout', 'critical')],
      {},
      '2026-11-19T04:00:00Z',
      [2, 1],
    ],
    [
      'later where the window ends within quiet hours',
      [window('payments', 'watch')],
      { quiet_hours: { from: '22:00', to: '09:00', timezone } },
      '2026-11-21T06:30:00Z',
      [],
    ],
    [
      'then all the same with something critical in it',
      [window('payments', 'watch'), window('payments', 'critical')],
      { quiet_hours: { from: '22:00', to: '09:00', timezone } },
      '2026-11-21T06:30:00Z',
      [2],
    ],
    [
      'but for what a window holds by then',
      [quiet(), window('payments', 'watch')],
      { quiet_hours: { from: '22:00', to: '04:00', timezone } },
      '2026-11-21T04:00:00Z',
      [],
    ],
    [
      'also of a service that is no longer in the inventory',
      [window('nowhere', 'watch')],
      {},
      '2026-11-19T03:59:00Z',
      [1],
    ],
  ];
  test.each(rows)('%s', (_, waiting, money, at, due) => {
    const lists = listsDue(waiting, { inventory: fernwood, routing: routing(money) }, new Date(at));
    expect(lists.map(({ signals }) => signals.length)).toEqual(due);
  });
});

test('a team that nobody is of, and a place that is on no open surface, are named', () => {
  const { teams } = routingSchema.parse({
    teams: { money: { places: ['slack:C1', 'teams:19:x'] }, monney: {} },
  });
  expect(unroutable(teams, fernwood, ['slack'])).toEqual([
    'teams.money.places: teams:19:x is on no surface that is open here: wanted slack:….',
    'teams.monney: no service of the inventory is of this team: wanted one of shop, money.',
  ]);
  expect(unroutable(routingSchema.parse({ teams: { money: {} } }).teams, fernwood, ['teams'])).toEqual([]);
});
