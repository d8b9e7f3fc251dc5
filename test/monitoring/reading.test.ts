import { expect, test } from 'vitest';
import { type Metric, metricsSchema, queryOf } from '../../src/monitoring/metric.ts';
import { isUsual } from '../../src/monitoring/reading.ts';

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
