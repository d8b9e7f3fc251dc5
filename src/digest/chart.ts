import type { TopLevelSpec } from 'vega-lite';
import { configuration, ink } from '../monitoring/chart/chart.ts';
import { kpi, valueSays } from '../scorecards/kpis.ts';
import type { Written } from './digest.ts';

/** What is drawn, in reading order. */
const panels = ['mttr', 'alone', 'user-minutes', 'false-alarms'] as const;
/** In pixels, of one panel; drawn at twice that. */
const panel = { width: 356, height: 150 };

/** The trend of the weeks as one picture of four panels; undefined before two weeks say anything. Pure. */
export function trendOf(written: Written): TopLevelSpec | undefined {
  const drawn = panels.filter((id) => known(written, id).length >= 2);
  if (drawn.length === 0) return undefined;
  const rows = [panels.slice(0, 2), panels.slice(2)];
  return {
    background: '#ffffff',
    padding: { left: 16, right: 20, top: 14, bottom: 10 },
    config: { ...configuration, title: { ...configuration.title, fontSize: 17, limit: 420 } },
    spacing: 26,
    vconcat: rows.map((ids) => ({
      hconcat: ids.map((id) => panelOf(written, id)),
      spacing: 30,
      bounds: 'flush',
    })),
  } as TopLevelSpec;
}

/** What the picture shows, in words. Pure. */
export function trendAlt(written: Written): string {
  const each = panels.map((id) => {
    const said = known(written, id).map(
      ({ from, value }) => `${label(written, from)} ${says(written, id, value)}`,
    );
    return `${kpi(id).says}: ${said.length > 0 ? said.join(', ') : 'not enough data'}.`;
  });
  return `Bar charts by week, beginning on the day named. ${each.join(' ')}`;
}

function known({ weeks }: Written, id: string): { from: string; value: number }[] {
  return weeks.flatMap(({ from, values }) => {
    const value = values[id];
    return value === null || value === undefined ? [] : [{ from, value }];
  });
}

function panelOf(written: Written, id: (typeof panels)[number]) {
  const { weeks } = written;
  const { says: name, target, unit, better } = kpi(id);
  const by = unit === 'share' ? 100 : 1;
  const rows = weeks.map(({ from, values }, place) => {
    const value = values[id] ?? null;
    return {
      week: label(written, from),
      value: value === null ? null : value * by,
      // A short one: it stands on a bar.
      told: value === null ? '–' : says(written, id, value).replace(/ (min|%)$/, ''),
      now: place === weeks.length - 1,
    };
  });
  const named = rows.filter((_, place) => (rows.length - place) % 2 === 1).map(({ week }) => week);
  const most = Math.max(
    ...rows.map(({ value }) => value ?? 0),
    unit === 'share' && better === 'more' ? 100 : 0,
    (target ?? 0) * by,
  );
  const x = {
    field: 'week',
    type: 'ordinal',
    sort: rows.map(({ week }) => week),
    axis: { ...weekAxis, values: named },
  };
  const y = {
    field: 'value',
    type: 'quantitative',
    axis: null,
    scale: { domain: [0, most > 0 ? most * 1.18 : 1] },
  };
  const latest = weeks.at(-1)?.values[id] ?? null;
  const wanted =
    target === undefined ? '' : `wanted ${better === 'more' ? '≥' : '≤'} ${says(written, id, target)}`;
  return {
    ...panel,
    title: {
      text: `${name}: ${latest === null ? 'not enough data' : says(written, id, latest)}`,
      subtitle: wanted || ' ',
      subtitleFontSize: 14,
      subtitleColor: ink.quiet,
    },
    data: { values: rows },
    layer: [
      {
        mark: { type: 'bar', cornerRadiusEnd: 2, width: { band: 0.72 } },
        encoding: { x, y, color: { field: 'now', type: 'nominal', legend: null, scale: colours } },
      },
      ...(target === undefined
        ? []
        : [
            {
              data: { values: [{ value: target * by }] },
              mark: { type: 'rule', color: ink.off, strokeDash: [5, 4], strokeWidth: 1.6 },
              encoding: { y },
            },
          ]),
      // Legible over the line of what is wanted.
      { mark: { ...number, color: '#ffffff', stroke: '#ffffff', strokeWidth: 4 }, encoding: { x, y, text } },
      { mark: { ...number, color: ink.text }, encoding: { x, y, text } },
    ],
  };
}

const number = { type: 'text', baseline: 'bottom', dy: -4, fontSize: 14 };
const text = { field: 'told' };
const colours = { domain: [true, false], range: [ink.line, '#b9cadb'] };
const weekAxis = {
  ...{ title: null, labelAngle: 0, labelFontSize: 13, ticks: false, domainColor: ink.grid },
  ...{ labelPadding: 6, labelOverlap: 'parity' },
};

function says({ currency }: Written, id: string, value: number): string {
  return valueSays(kpi(id), value, currency);
}

/** The day a week begins on, by the digest's clocks: 16 Nov. */
function label({ timezone }: Written, from: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: timezone, day: 'numeric', month: 'short' }).format(
    new Date(from),
  );
}
