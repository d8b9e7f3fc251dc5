import { brief } from '../reading.ts';
import type { Noisy } from './advice.ts';
import type { Count, Report } from './report.ts';
import type { Threshold } from './thresholds.ts';

/** How many signals there are, in words. */
export function perWeekSaid({ posted, total }: Report): string {
  return posted === 0 ? 'nothing' : `${counted(posted, 'signal')}, ${weekly(total.perWeek)} a week`;
}

/** What known incidents have to do with it, in words. */
export function incidentsSaid({ incidents, posted }: Report): string {
  if (incidents === null) return 'no known incidents to hold it against';
  const { known, coinciding } = incidents;
  const found = known.filter(({ signals }) => signals > 0).length;
  if (known.length === 0 && coinciding === 0) return 'no known incident in these days';
  return `${coinciding} of ${posted} coincide with ${found} of ${counted(known.length, 'known incident')}`;
}

/** The whole report for a terminal. Pure. */
export function reportSaid(report: Report): string {
  const { hours, timezone, services, teams, total, noisiest, thresholds } = report;
  return [
    ...headOf(report),
    ...(report.posted > 0
      ? [
          ...section('By service', countsSaid(services)),
          ...section(latestTitle(report), signalsSaid(report)),
          ...section(
            'By team; the channel ops has all of them',
            countsSaid([...teams, { ...total, name: 'ops' }]),
          ),
          ...section(`By hour of the day, 00 to 23 (${timezone})`, [hours.join(' ')]),
        ]
      : []),
    ...(noisiest.length > 0
      ? section('Noisiest series, of signals no known incident explains', noisySaid(noisiest))
      : []),
    ...(thresholds.length > 0 ? section(thresholdsTitle, thresholdsSaid(thresholds)) : []),
    ...report.loud.map(
      (team) =>
        `\n${team} would hear of more than one signal a day that no known incident explains: see the noisiest series.`,
    ),
  ].join('\n');
}

const thresholdsTitle =
  'Static thresholds for metrics.yaml, quiet on these days (4 σ and 6 σ beyond the worst hour of the week)';

function headOf(report: Report): string[] {
  const { from, to, learntFrom, days, stepSeconds, cycles, series, metrics, held, learning, threads, notes } =
    report;
  const day = (iso: string) => `${minute(iso)} UTC`;
  const spare = [
    held > 0 ? `${held} more were held back by maintenance windows or by what a team is told of` : '',
    learning > 0 ? `${learning} were raised while what is usual was still being learnt` : '',
  ].filter((part) => part !== '');
  return [
    `${counted(round(days), 'day')}, ${day(from)} to ${day(to)}: ${cycles} cycles of ${stepSeconds} s over ${series} series of ${metrics} metrics; learnt since ${day(learntFrom)}.`,
    `Would have been posted: ${perWeekSaid(report)}${report.posted > 0 ? `, in ${counted(threads, 'thread')}` : ''}.`,
    ...spare.map((part) => `${part}.`),
    `Held against what is known (± 30 min, on its service or one call away): ${incidentsSaid(report)}.`,
    ...notes,
  ];
}

function section(title: string, lines: string[]): string[] {
  return ['', title, ...lines.map((line) => `  ${line}`)];
}

const mostSignals = 20;

function latestTitle({ signals }: Report): string {
  return signals.length > mostSignals
    ? `The latest ${mostSignals} signals (UTC); --json has all`
    : 'Signals (UTC)';
}

function signalsSaid({ signals }: Report): string[] {
  return signals.slice(-mostSignals).map(({ at, service, server, band, held, incident, ...one }) => {
    const { metric, subject, value, usual } = one;
    const series = `${metric} of ${subject} ${brief(value ?? Number.NaN)}, usually ${brief(usual ?? Number.NaN)}`;
    const where = server ? `${service} on ${server}` : service;
    const besides = [incident ?? '', held ?? ''].filter((part) => part !== '').map((part) => `; ${part}`);
    const what = metric === null ? 'all of it together' : series;
    return `${minute(at)}  ${band.padEnd(8)}  ${where}: ${what}${besides.join('')}`;
  });
}

function countsSaid(counts: Count[]): string[] {
  const rows = counts.map(({ name, watch, critical, perWeek }) => [
    name,
    `${watch}`,
    `${critical}`,
    weekly(perWeek),
  ]);
  return table([['', 'watch', 'critical', 'a week'], ...rows]);
}

function noisySaid(noisy: Noisy[]): string[] {
  return table([
    ['', 'signals', 'critical', 'what to do'],
    ...noisy.map(({ metric, subject, signals, critical, advice }) => [
      `${metric} of ${subject}`,
      `${signals}`,
      `${critical}`,
      advice.because,
    ]),
  ]);
}

function thresholdsSaid(thresholds: Threshold[]): string[] {
  return table([
    ['', 'watch_at', 'critical_at', 'unit', ''],
    ...thresholds.map(({ metric, unit, watchAt, criticalAt, because, now }) => {
      const none = now.watchAt === null && now.criticalAt === null;
      const before = none ? '' : `; now ${yaml(now.watchAt)} and ${yaml(now.criticalAt)}`;
      return [metric, yaml(watchAt), yaml(criticalAt), unit, because + before];
    }),
  ]);
}

/** A number as it may stand in metrics.yaml. */
function yaml(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 1e6 ? value.toExponential().replace('e+', 'e') : `${value}`;
}

/** Columns as wide as their widest, numbers to the right; the last as it is. */
function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, place) => Math.max(...rows.map((row) => (row[place] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, place) => {
        const width = widths[place] ?? 0;
        if (place === row.length - 1) return cell;
        return isNumber(rows, place) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function isNumber([, ...rows]: string[][], place: number): boolean {
  return rows.every((row) => /^[\d.e–]+$/.test(row[place] ?? ''));
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** A number of things, in words. */
export function counted(count: number, of: string): string {
  return `${count} ${of}${count === 1 ? '' : 's'}`;
}

function weekly(perWeek: number): string {
  return perWeek >= 10 ? perWeek.toFixed(0) : perWeek.toFixed(1);
}

function round(days: number): number {
  return Math.round(days * 10) / 10;
}
