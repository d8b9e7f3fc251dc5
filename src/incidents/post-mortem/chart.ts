import { z } from 'zod';
import { altOf, type Chart } from '../../monitoring/chart/chart.ts';

// JSON knows no NaN: what was not measured is null there.
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const time = z.iso.datetime().transform((at) => new Date(at));

/** What a post-mortem's chart shows, as it is stored: enough to draw it again. */
export const chartShape = z.object({
  says: z.string(),
  subject: z.string(),
  unit: z.string(),
  points: z.array(z.object({ at: z.number(), value: number, mean: number, deviation: number })),
  unusual: z.object({ from: time, to: time }),
  timezone: z.string(),
  marks: z.array(z.object({ at: time, says: z.string() })).default([]),
});

const mostRows = 60;

/** A chart where none can be shown: in words, and some of its values as CSV in a fenced block. Pure. */
export function dataOf(chart: Chart): string {
  const every = Math.max(1, Math.ceil(chart.points.length / mostRows));
  const rows = chart.points.flatMap(({ at, value }, nth) =>
    nth % every === 0 && Number.isFinite(value) ? [`${new Date(at * 1_000).toISOString()},${value}`] : [],
  );
  return [altOf(chart), ['```csv', `time,${chart.unit || 'value'}`, ...rows, '```'].join('\n')].join('\n\n');
}
