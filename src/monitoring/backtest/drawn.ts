import type { TopLevelSpec } from 'vega-lite';
import { configuration, ink, legend, size } from '../chart/chart.ts';
import type { Report } from './report.ts';
import { counted, incidentsSaid, perWeekSaid } from './said.ts';

const names = { watch: 'watch', critical: 'critical', incident: 'known incident' };
const colours = {
  domain: [names.watch, names.critical, names.incident],
  range: ['#e3a93b', ink.off, ink.line],
};
/** So many days have their name below them. */
const mostLabels = 10;
/** A single signal shall not look like a mountain. */
const leastHeight = 4;

/** Signals a day, stacked by band, with the known incidents above, as a Vega-Lite specification. Pure. */
export function specOfDays(report: Report): TopLevelSpec {
  const { byDay, incidents } = report;
  const rows = byDay.flatMap(({ day, watch, critical }) => [
    { day, band: names.watch, order: 1, signals: watch },
    { day, band: names.critical, order: 0, signals: critical },
  ]);
  const known = [...Map.groupBy(incidents?.known ?? [], ({ day }) => day)].map(([day, all]) => {
    return { day, times: all.length > 1 ? `×${all.length}` : '' };
  });
  const scale = { type: 'band', domain: byDay.map(({ day }) => day) };
  const x = { field: 'day', type: 'ordinal', sort: null, scale, axis: axisOf(byDay) };
  const marked = { datum: names.incident, type: 'nominal', scale: colours, legend };
  return {
    ...size,
    autosize: { type: 'fit', contains: 'padding' },
    padding: { left: 14, right: 22, top: 14, bottom: 12 },
    background: '#ffffff',
    config: configuration,
    title: titleOf(report),
    layer: [
      {
        data: { values: known },
        mark: { type: 'rule', color: ink.line, strokeDash: [3, 4], opacity: 0.6 },
        encoding: { x },
      },
      {
        data: { values: rows },
        mark: { type: 'bar', width: { band: 0.72 } },
        encoding: {
          x,
          y: { field: 'signals', type: 'quantitative', stack: true, axis: countAxis, scale: heightOf(byDay) },
          color: { field: 'band', type: 'nominal', scale: colours, legend },
          order: { field: 'order', type: 'quantitative' },
        },
      },
      {
        data: { values: known },
        mark: { type: 'point', shape: 'triangle-down', filled: true, size: 130, opacity: 1, yOffset: 7 },
        encoding: { x, y: { value: 0 }, color: marked },
      },
      {
        data: { values: known },
        mark: { type: 'text', align: 'left', dx: 9, dy: 8, fontSize: 14, color: ink.line },
        encoding: { x, y: { value: 0 }, text: { field: 'times' } },
      },
    ],
  } as TopLevelSpec;
}

const countAxis = {
  title: 'signals a day',
  tickMinStep: 1,
  format: 'd',
  tickCount: 5,
  gridColor: ink.grid,
  domain: false,
  ticks: false,
  labelPadding: 8,
};

/** With a place left above the highest day for the incidents. */
function heightOf(byDay: Report['byDay']) {
  const most = Math.max(...byDay.map(({ watch, critical }) => watch + critical));
  return { domain: [0, Math.max(leastHeight, Math.ceil(most * 1.15))], nice: false };
}

function axisOf(byDay: Report['byDay']) {
  const every = Math.max(1, Math.ceil(byDay.length / mostLabels));
  const values = byDay.map(({ day }) => day).filter((_, nth) => nth % every === 0);
  const labels = Object.fromEntries(values.map((day) => [day, nameOf(day)]));
  return {
    title: null,
    values,
    labelAngle: 0,
    labelExpr: `(${JSON.stringify(labels)})[datum.value]`,
    domainColor: ink.quiet,
    ticks: false,
    labelPadding: 8,
  };
}

/** 22 Oct */
function nameOf(day: string): string {
  return new Date(`${day}T12:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
}

function titleOf(report: Report) {
  // Some 40 and 50 letters fit: without a canvas their width is guessed, and too large.
  const text = `Backtest: ${perWeekSaid(report)}`;
  const { days, timezone } = report;
  const tested = `${counted(Math.round(days), 'day')} by the clocks of ${timezone}`;
  return {
    text,
    subtitle: [tested, incidentsSaid(report)],
    subtitleFontSize: 17,
    subtitleColor: ink.quiet,
    subtitlePadding: 5,
  };
}
