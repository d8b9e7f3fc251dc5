import { expect, test } from 'vitest';
import { calendarSchema } from '../../src/monitoring/calendar.ts';
import {
  askedOf,
  called,
  type Metric,
  metricsSchema,
  queryOf,
  saysOf,
  seriesName,
} from '../../src/monitoring/metric.ts';
import { isUsual } from '../../src/monitoring/reading.ts';
import { openSight } from '../../src/monitoring/sight.ts';
import { inventoryOf } from './fused.ts';

const [metric] = metricsSchema.parse({
  metrics: [
    {
      name: 'errors',
      says: 'errors',
      query: 'rate(errors[$__rate_interval])',
      unit: 'errors/s',
      bad: 'up',
      about: 'service',
      label: 'service',
    },
  ],
}).metrics as [Metric];

test('from 2.8 on a reading is unusual; on the good side none is', () => {
  const reading = (z: number) => ({ z }) as Parameters<typeof isUsual>[0];
  expect([2.79, 2.8, 4, -9].map((z) => isUsual(reading(z)))).toEqual([true, false, false, true]);
});

test('a rate is taken over four cycles, at least a second', () => {
  expect(queryOf(metric, 5_000)).toBe('rate(errors[20s])');
  expect(queryOf(metric, 50)).toBe('rate(errors[1s])');
});

const parts = metricsSchema.parse({
  metrics: [
    { ...metric, name: 'disk', says: 'free disk space', bad: 'down', about: 'server', each: ['mountpoint'] },
    { ...metric, name: 'call_latency', says: 'latency of calls', calls: 'destination_workload' },
  ],
}).metrics as [Metric, Metric];

test('a series with a part is called by its metric and its part, and says so to people', () => {
  const [disk, calls] = parts;
  expect(askedOf(disk, 5_000).each).toEqual(['mountpoint']);
  expect(askedOf(calls, 5_000).each).toEqual(['destination_workload']);
  expect(called(parts, seriesName('disk', '/var lib'))).toEqual({ metric: disk, part: '/var lib' });
  const names = ['disk', seriesName('disk', '/var'), seriesName('call_latency', 'cart'), 'HostDown'];
  expect(names.map((one) => saysOf(parts, one))).toEqual([
    'free disk space',
    'free disk space (/var)',
    'latency of calls to cart',
    'HostDown',
  ]);
});

test('what callers measure is of services, and kept apart by nothing else', () => {
  for (const wrong of [{ about: 'server' }, { each: ['code'] }, { workload: 'pod' }]) {
    const parsed = metricsSchema.safeParse({ metrics: [{ ...metric, calls: 'callee', ...wrong }] });
    expect(parsed.error?.issues.map(({ message }) => message)).toEqual([
      'wants a metric about a service, with neither workload nor each',
    ]);
  }
});

test('calls that become slow name the service that is called', () => {
  const calls = { ...parts[1], unit: 's' };
  const inventory = inventoryOf(['shop>cart', 'checkout>cart', 'shop>ads']);
  const sight = openSight({ metrics: [calls], inventory, calendar: calendarSchema.parse({}) });
  const series = ['shop cart', 'checkout cart', 'shop ads'].map((call) => {
    const [subject = '', part = ''] = call.split(' ');
    return { metric: calls.name, subject, part };
  });
  const told = [];
  for (let minute = 0; minute < 3 * 24 * 60; minute += 1) {
    const slow = minute >= 3 * 24 * 60 - 5 ? 1 : 0;
    const wave = 0.1 + 0.01 * Math.sin(minute * 1.7);
    const values = Float64Array.of(wave + slow, wave + slow, wave);
    const { open } = sight.see(minute * 60, { series: Int32Array.of(0, 1, 2), values }, series);
    told.push(...open.map(({ service, members }) => [service, ...members.map((one) => one.metric)]));
  }
  expect(told.at(-1)).toEqual(['cart', 'call_latency cart', 'call_latency cart']);
});
