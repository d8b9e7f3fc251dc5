// The Numenta Anomaly Benchmark: each file streamed through the product's detector as it ships, one series at a time.
// No look-ahead, no threshold sweep: a row is flagged when an episode is raised there.
import { resolve } from 'node:path';
import type { PersonId } from '../src/ids.ts';
import type { Inventory } from '../src/inventory/inventory.ts';
import { calendarSchema } from '../src/monitoring/calendar.ts';
import { type Metric, metricsSchema } from '../src/monitoring/metric.ts';
import { openSight } from '../src/monitoring/sight.ts';
import type { Bench, Metric as Line } from './measure.ts';
import { fromWhere, hasNab, readNab, type Series } from './nab-read.ts';
import { outOfHundred, type Scored, scoreFile, unscored } from './nab-score.ts';

const standardCost = 0.11;
const lowFalseCost = 0.22;

export const nab: Bench = async ({ data, say }) => {
  const dir = resolve(data ?? '../shared/data/nab');
  if (!hasNab(dir)) {
    say(`nab: nothing at ${dir}. ${fromWhere}`);
    return [];
  }
  const series = readNab(dir);
  const scored = scoreAll(series, standardCost);
  say(`nab: ${series.length} files, ${sum(scored, 'windows')} windows; now rescaled and shifted.`);
  const standard = outOfHundred(scored);
  const worst = rewrites.map((rewrite) => outOfHundred(scoreAll(series.map(rewrite), standardCost)));
  const days = series.reduce((all, one) => all + daysOf(one), 0);
  return [
    line('standard', standard, 'points', 62),
    line('standard_worst', Math.min(standard, ...worst), 'points', 58),
    line('low_fp', outOfHundred(scoreAll(series, lowFalseCost)), 'points'),
    line('false_episodes_per_day', sum(scored, 'falseRows') / days, 'a series'),
    ...folders(series, scored),
  ];
};

/** The rows of one series at which the product, as it ships, raises a signal or one that is worse. */
export function flagged({ at, value }: Pick<Series, 'at' | 'value'>): number[] {
  const sight = openSight({ metrics: [metric], inventory, calendar: calendarSchema.parse({}) });
  const series = [{ metric: metric.name, subject: 'one', part: '' }];
  const read = { series: Int32Array.of(0), values: new Float64Array(1) };
  const raised = new Map<string, string>();
  const rows: number[] = [];
  for (let row = 0; row < at.length; row += 1) {
    read.values[0] = value[row] as number;
    for (const { key, openedAt, band } of sight.see(at[row] as number, read, series).open) {
      const episode = `${key} ${openedAt}`;
      const before = raised.get(episode);
      if (before === 'critical' || before === band) continue;
      raised.set(episode, band);
      rows.push(row);
    }
  }
  return rows;
}

/** A server with one metric, of which nobody knows which direction is bad. */
const [metric] = metricsSchema.parse({
  metrics: [
    {
      name: 'value',
      says: 'value',
      query: 'value',
      unit: '',
      bad: 'either',
      about: 'server',
      label: 'instance',
      // It may have no natural zero.
      least_deviation: 0,
    },
  ],
}).metrics as [Metric];
const inventory: Inventory = {
  services: [
    {
      ...{ id: 'all', name: 'All', criticality: 1, owner: 'p-one' as PersonId, team: 'one' },
      ...{ dependsOn: [], revenuePerMinute: 0, windows: [] },
    },
  ],
  servers: [{ id: 'one', class: 'one', environment: 'one', services: ['all'] }],
};

/** The same series in other units, elsewhere and at another time: what an honest detector takes no notice of. */
const rewrites: ((series: Series) => Series)[] = [
  (series) => rewritten(series, (x) => x * 1_000),
  (series) => rewritten(series, (x) => x * 0.01),
  (series) => {
    const range = rangeOf(series.value);
    return rewritten(series, (x) => x + 10 * range);
  },
  (series) => rewritten(series, (x) => -x),
  (series) => ({ ...series, at: series.at.map((at) => at + 3 * 86_400 + 7 * 3_600) }),
];

function rewritten(series: Series, by: (x: number) => number): Series {
  return { ...series, value: series.value.map(by) };
}

function rangeOf(values: Float64Array): number {
  const read = values.filter(Number.isFinite);
  return read.reduce((a, b) => Math.max(a, b), -Infinity) - read.reduce((a, b) => Math.min(a, b), Infinity);
}

function scoreAll(series: Series[], falseCost: number): Scored[] {
  return series.map((one) => scoreFile(one.at.length, flagged(one), one.windows, falseCost));
}

function folders(series: Series[], scored: Scored[]) {
  const names = [...new Set(series.map(({ folder }) => folder))];
  return names.flatMap((name) => {
    const inside = scored.filter((_, place) => series[place]?.folder === name);
    return sum(inside, 'windows') > 0 ? [line(`folder_${name}`, outOfHundred(inside), 'points', 40)] : [];
  });
}

/** Days from the first row that is scored to the last. */
function daysOf({ at }: Series): number {
  return ((at.at(-1) as number) - (at[unscored(at.length)] as number)) / 86_400;
}

function sum(files: Scored[], of: 'windows' | 'falseRows'): number {
  return files.reduce((all, file) => all + file[of], 0);
}

function line(metric: string, value: number, unit: string, bar?: number): Omit<Line, 'bench' | 'machine'> {
  const held =
    bar === undefined ? { against: null, ratio: null } : { against: `bar ${bar}`, ratio: value / bar };
  return { metric, value, unit, ...held };
}
