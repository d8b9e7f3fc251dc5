import type { Inventory } from '../inventory/inventory.ts';
import { SystemFailed } from '../systems/http.ts';
import type { Numbered } from '../systems/prometheus/columns.ts';
import { cyclesOf, learnSpan, type Reading, reachOf, type Span, spansOf } from './backtest/history.ts';
import { openPosting, type Posted } from './backtest/posted.ts';
import { type KnownIncident, type Report, reportOf } from './backtest/report.ts';
import { thresholdsOf } from './backtest/thresholds.ts';
import type { Calendar } from './calendar.ts';
import { foundBy } from './finding.ts';
import { type Lookout, openLookout } from './lookout/lookout.ts';
import { openSample } from './lookout/sample.ts';
import { type Metric, queryOf } from './metric.ts';
import type { Teams } from './routing.ts';
import { openSight, type Sight } from './sight.ts';

export interface Wanted extends Reading {
  inventory: Inventory;
  calendar: Calendar;
  /** What teams wish to be told of. */
  teams?: Teams | undefined;
  /** How many days are tested; three weeks before them are learnt. */
  days: number;
  /** From one cycle to the next. */
  stepSeconds: number;
  now: Date;
  /** Incidents known to have been; undefined when nobody knows. */
  incidents: KnownIncident[] | undefined;
  /** Told how far it is, now and then. */
  say(line: string): void;
}

export type Backtested = { kind: 'report'; report: Report } | { kind: 'refused'; because: string };

const secondsOfDay = 86_400;
const learntDays = 21;

/**
 * What would have been posted over the last days with the shipped settings: the site's own history streamed through a
 * sight in virtual time. Changes nothing anywhere. *Refused* when no metric has a history; throws `SystemFailed` when
 * Prometheus gives no answer.
 */
export async function backtest(wanted: Wanted): Promise<Backtested> {
  const { metrics, inventory, calendar, days, stepSeconds: step, now, say } = wanted;
  const failures = new Map<string, number>();
  const reading = { ...wanted, prometheus: passingOver(wanted, failures) };
  const to = Math.floor(now.getTime() / 1_000 / step) * step;
  const asked = { from: to - (learntDays + days) * secondsOfDay, to };
  const { since, series } = await reachOf(reading, asked);
  if (since === undefined) return { kind: 'refused', because: nothing(metrics, failures) };
  const { learnt, tested } = spansOf(Math.max(since, asked.from), to, days, step);
  say(
    `${series} series, back to ${dayOf(since)}: learning ${daysOf(learnt)} days, then testing ${daysOf(tested)}.`,
  );
  const sight = openSight({ metrics, inventory, calendar });
  const sample = openSample();
  await learnSpan(reading, sight, learnt, series, sample.put);
  say(`What is usual is learnt up to ${dayOf(learnt.to)}.`);
  const lookout = openLookout({ sight, metrics, inventory, cycleMs: step * 1_000, sample });
  const streamed = await stream(reading, {
    ...{ sight, lookout, inventory, tested, step, series, say },
    teams: wanted.teams,
  });
  const report = reportOf({
    ...{ from: tested.from, to, learntFrom: learnt.from, stepSeconds: step },
    cycles: streamed.cycles,
    series: streamed.series.length,
    metrics: new Set(streamed.series.map(({ metric }) => metric)).size,
    notes: [
      ...shortened(since, asked, tested, days),
      ...unread(metrics, streamed.series, failures),
      ...strangers(metrics, streamed.series, inventory),
    ],
    posted: streamed.posted,
    thresholds: thresholdsOf(sight, metrics, to),
    incidents: wanted.incidents,
    inventory,
    timezone: calendar.timezone,
  });
  return { kind: 'report', report };
}

interface Streaming {
  sight: Sight;
  lookout: Lookout;
  inventory: Inventory;
  teams: Teams | undefined;
  tested: Span;
  step: number;
  series: number;
  say(line: string): void;
}

/** The tested days, cycle by cycle. */
async function stream(
  reading: Reading,
  { sight, lookout, inventory, teams, tested, step, series, say }: Streaming,
) {
  const post = openPosting(inventory, teams);
  const posted: Posted[] = [];
  let known: readonly Numbered[] = [];
  let cycles = 0;
  for await (const { at, read, series: numbered } of cyclesOf(reading, tested, step, series)) {
    const seen = sight.see(at, read, numbered);
    const besides = lookout.see(at, { ...read, missing: [], unread: [] }, seen);
    posted.push(...post(at, [...seen.open.map(foundBy), ...besides]));
    known = numbered;
    cycles += 1;
    if ((at - tested.from) % secondsOfDay < step && at > tested.from)
      say(
        `Day ${Math.round((at - tested.from) / secondsOfDay)} of ${daysOf(tested)}: ${posted.length} signals so far.`,
      );
  }
  return { posted, cycles, series: known };
}

/** A metric that is refused is counted and passed over, as in a cycle; who gives no answer at all ends it. */
function passingOver(
  { prometheus, metrics, cycleMs }: Reading,
  failures: Map<string, number>,
): Reading['prometheus'] {
  const names = new Map(metrics.map((metric) => [queryOf(metric, cycleMs), metric.name]));
  return {
    queryRange: async (promql, ...range) => {
      try {
        return await prometheus.queryRange(promql, ...range);
      } catch (error) {
        if (!(error instanceof SystemFailed) || error.status === undefined) throw error;
        const because = `${names.get(promql)} could not be read: ${error.message}`;
        failures.set(because, (failures.get(because) ?? 0) + 1);
        return [];
      }
    },
  };
}

function nothing(metrics: Metric[], failures: Map<string, number>): string {
  const [because] = failures.keys();
  return (
    because ??
    `Prometheus has no history of any of the ${metrics.length} metrics in metrics.yaml: correct their queries.`
  );
}

function shortened(since: number, asked: Span, tested: Span, days: number): string[] {
  if (since <= asked.from) return [];
  const reach = `The history reaches back to ${dayOf(since)} only`;
  const short = tested.to - tested.from < days * secondsOfDay;
  return [
    `${reach}: ${short ? `${daysOf(tested)} days are tested instead of ${days}` : 'less than three weeks are learnt before the tested days'}.`,
  ];
}

/** Metrics of which nothing was there, and those that failed at times. */
function unread(metrics: Metric[], series: readonly Numbered[], failures: Map<string, number>): string[] {
  const seen = new Set(series.map(({ metric }) => metric));
  const empty = metrics.map(({ name }) => name).filter((name) => !seen.has(name));
  const failed = [...failures].map(([because, times]) =>
    times > 1 ? `${because} (${times} times)` : because,
  );
  return [...(empty.length > 0 ? [`Nothing was measured of ${empty.join(', ')}.`] : []), ...failed];
}

/** Series about nothing in the inventory, which nobody would hear of. */
function strangers(
  metrics: Metric[],
  series: readonly Numbered[],
  { servers, services }: Inventory,
): string[] {
  const about = new Map(metrics.map((metric) => [metric.name, metric.about]));
  const known = {
    server: new Set(servers.map(({ id }) => id)),
    service: new Set(services.map(({ id }) => id)),
  };
  const strange = series.filter(({ metric, subject }) => !known[about.get(metric) ?? 'server'].has(subject));
  if (strange.length === 0) return [];
  const names = [...new Set(strange.map(({ subject }) => subject))];
  return [
    `${strange.length} series are about nothing in the inventory and were left out: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}. Correct the label in metrics.yaml, or add them to inventory.yaml.`,
  ];
}

function dayOf(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function daysOf({ from, to }: Span): string {
  return String(Math.round(((to - from) / secondsOfDay) * 10) / 10);
}
