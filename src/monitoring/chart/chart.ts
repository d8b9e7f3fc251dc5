import type { TopLevelSpec } from 'vega-lite';
import { amount, amounts, scaleOf } from '../amount.ts';
import { headroom, type Mark, markLayers } from './marks.ts';
import { clockIn, timeAxis } from './time-axis.ts';

/** One metric of one subject over the last hours, beside what was usual. */
export interface Chart {
  /** What the metric is called for people, and of what it is. */
  says: string;
  subject: string;
  unit: string;
  /** Oldest first, at least two, some 1,500 at most. */
  points: ChartPoint[];
  /** From when to when it was not as usual. */
  unusual: { from: Date; to: Date };
  /** The site's zone, such as Europe/Berlin. */
  timezone: string;
  /** What is pointed at, oldest first. */
  marks?: Mark[];
}

export interface ChartPoint {
  /** Unix seconds. */
  at: number;
  /** NaN where nothing was measured. */
  value: number;
  /** What was usual then and how far it varies (one standard deviation), in the metric's unit; NaN where not known. */
  mean: number;
  deviation: number;
}

/** How far from the mean the band of what is usual reaches, in standard deviations: where *watch* begins. */
const reach = 2.8;
/** In pixels; drawn at twice that. */
export const size = { width: 800, height: 360 };
export const ink = {
  text: '#1f2937',
  quiet: '#5b6676',
  grid: '#e8ecf1',
  line: '#27496d',
  usual: '#cfe0ef',
  off: '#c8372d',
};

/** The chart as a Vega-Lite specification, with its data. Pure. */
export function specOf(chart: Chart): TopLevelSpec {
  const { unusual } = chart;
  const rows = rowsOf(chart);
  const stretch = [{ from: unusual.from.getTime() / 1_000, to: unusual.to.getTime() / 1_000 }];
  const x = {
    field: 'at',
    type: 'quantitative',
    axis: timeAxis(spanOf(chart), chart.timezone),
    scale: { domain: spanOf(chart), nice: false },
  };
  const y = (field: string) => ({ field, type: 'quantitative', ...valueAxis(chart, rows) });
  const coloured = (datum: string) => ({ datum, type: 'nominal', scale: colours, legend });
  return {
    ...size,
    autosize: { type: 'fit', contains: 'padding' },
    padding: { left: 14, right: 22, top: 14, bottom: 12 },
    background: '#ffffff',
    config: configuration,
    title: titleOf(chart),
    data: { values: rows },
    layer: [
      {
        mark: { type: 'area', opacity: 1, clip: true },
        encoding: { x, y: y('low'), y2: { field: 'high' }, color: coloured(names.usual) },
      },
      {
        data: { values: stretch },
        mark: { type: 'rect', color: ink.off, opacity: 0.09, clip: true },
        encoding: { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' } },
      },
      {
        mark: { type: 'line', strokeWidth: 1.2, strokeDash: [5, 4], color: '#7f9dbb' },
        encoding: { x, y: y('mean') },
      },
      {
        mark: { type: 'line', strokeWidth: 2.2, strokeJoin: 'round' },
        encoding: { x, y: y('value'), color: coloured(names.measured) },
      },
      {
        mark: { type: 'line', strokeWidth: 3, strokeJoin: 'round', strokeCap: 'round' },
        encoding: { x, y: y('off'), color: coloured(names.off) },
      },
      {
        data: { values: rows.filter(({ at }) => at === worstOf(chart)?.at) },
        mark: { type: 'point', filled: true, size: 70, opacity: 1, color: ink.off, stroke: '#ffffff' },
        encoding: { x, y: y('off') },
      },
      ...markLayers(chart.marks ?? [], spanOf(chart)),
    ],
  } as TopLevelSpec;
}

/** What the chart shows, in words: for those who cannot see it, and where no picture can be shown. */
export function altOf(chart: Chart): string {
  const { says, subject, unit, points, unusual, timezone, marks = [] } = chart;
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? 0;
  const clock = clockIn(timezone);
  const band = bandAt(chart);
  const worst = worstOf(chart);
  const usual = band ? ` Usual is ${amounts(band.low, band.high, unit)}.` : '';
  const off = worst
    ? ` From ${clock(unusual.from.getTime() / 1_000)} to ${clock(unusual.to.getTime() / 1_000)} it is not as usual, furthest at ${clock(worst.at)} with ${amount(worst.value, unit)}.`
    : '';
  const marked = marks.map((one) => `${one.says} ${clock(one.at.getTime() / 1_000)}`).join(', ');
  const pointed = marked ? ` Marked: ${marked}.` : '';
  return `Line chart of ${says} of ${subject} from ${clock(first)} to ${clock(last)} (${timezone}).${usual}${off}${pointed}`;
}

const names = { measured: 'measured', usual: `usual (mean ± ${reach} σ)`, off: 'not as usual' };
const colours = { domain: [names.measured, names.usual, names.off], range: [ink.line, ink.usual, ink.off] };
export const legend = {
  title: null,
  orient: 'top',
  direction: 'horizontal',
  symbolType: 'square',
  symbolStrokeWidth: 0,
};

const font = 'Inter';
/** Fonts, axes and legend of every chart. */
export const configuration = {
  font,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: 22,
    fontWeight: 600,
    color: ink.text,
    offset: 10,
    limit: 720,
  },
  axis: {
    labelColor: ink.quiet,
    titleColor: ink.quiet,
    labelFontSize: 16,
    titleFontSize: 15,
    titleFontWeight: 400,
  },
  legend: {
    labelColor: ink.quiet,
    labelFontSize: 16,
    symbolSize: 180,
    labelLimit: 300,
    columnPadding: 18,
    offset: 8,
  },
};

function titleOf(chart: Chart) {
  const { says, subject, unit, timezone } = chart;
  const worst = worstOf(chart);
  const band = bandAt(chart);
  const off = worst ? `${amount(worst.value, unit)} at ${clockIn(timezone)(worst.at)}` : '';
  const usual = band ? `usually ${amounts(band.low, band.high, unit)}` : '';
  const subtitle = [off, usual].filter((part) => part !== '').join(' · ');
  const text = `${says.charAt(0).toUpperCase()}${says.slice(1)} of ${subject}`;
  return { text, subtitle, subtitleFontSize: 17, subtitleColor: ink.quiet, subtitlePadding: 5 };
}

interface Row {
  at: number;
  value: number | null;
  mean: number | null;
  low: number | null;
  high: number | null;
  /** The value within the unusual stretch. */
  off: number | null;
}

/** In the unit of the axis; a band never reaches below nothing where no value does. */
function rowsOf(chart: Chart): Row[] {
  const { points, unusual } = chart;
  const { by } = scaleOf(chart.unit, largestOf(points));
  const least = points.some(({ value }) => value < 0) ? Number.NEGATIVE_INFINITY : 0;
  const told = (value: number) => (Number.isFinite(value) ? value / by : null);
  return points.map(({ at, value, mean, deviation }) => {
    const off = at * 1_000 >= unusual.from.getTime() && at * 1_000 <= unusual.to.getTime();
    const low = told(Math.max(least, mean - reach * deviation));
    const high = told(mean + reach * deviation);
    return { at, value: told(value), mean: told(mean), low, high, off: off ? told(value) : null };
  });
}

function largestOf(points: ChartPoint[]): number {
  const all = points.flatMap(({ value, mean, deviation }) => [value, mean + reach * deviation]);
  return Math.max(0, ...all.filter(Number.isFinite).map(Math.abs));
}

/** Zero is shown where the values come near it. */
function valueAxis({ points, unit, marks = [] }: Chart, rows: Row[]) {
  const all = rows.flatMap(({ value, low, high }) => [value, low, high]).filter((one) => one !== null);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const zero = least >= 0 && least < most / 2;
  const title = scaleOf(unit, largestOf(points)).unit;
  const axis = {
    title,
    tickCount: 5,
    gridColor: ink.grid,
    domain: false,
    ticks: false,
    labelPadding: 8,
    format: '~s',
  };
  const free = headroom(marks);
  const domainMax =
    free > 0 && most > least ? { domainMax: most + ((most - (zero ? 0 : least)) * free) / (1 - free) } : {};
  return { axis, scale: { zero, nice: true, ...domainMax } };
}

function spanOf({ points }: Chart): [from: number, to: number] {
  return [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
}

/** What is usual at the end. */
function bandAt({ points }: Chart): { low: number; high: number } | undefined {
  const last = points.findLast(({ mean, deviation }) => Number.isFinite(mean + deviation));
  if (!last) return undefined;
  const low = last.mean - reach * last.deviation;
  const never = points.every(({ value }) => !(value < 0));
  return { low: never ? Math.max(0, low) : low, high: last.mean + reach * last.deviation };
}

/** The point of the stretch that is furthest from what is usual. */
function worstOf({ points, unusual }: Chart): ChartPoint | undefined {
  const inside = points.filter(
    ({ at, value }) =>
      Number.isFinite(value) && at * 1_000 >= unusual.from.getTime() && at * 1_000 <= unusual.to.getTime(),
  );
  const far = ({ value, mean }: ChartPoint) =>
    Number.isFinite(mean) ? Math.abs(value - mean) : Math.abs(value);
  return inside.toSorted((a, b) => far(b) - far(a))[0];
}
