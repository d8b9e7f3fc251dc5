import type { Inventory } from '../../inventory/inventory.ts';
import type { Metric } from '../../monitoring/metric.ts';
import type { Signal } from '../../monitoring/signal.ts';
import type { Call, Hint, Kind, Series, Telemetry } from '../diagnose/telemetry.ts';
import type { Gathered } from './gathered.ts';
import type { Past } from './past.ts';

/** What was found, as the ranking of where it comes from wants it; nodes are ids of services and servers. Pure. */
export function telemetryOf(gathered: Gathered): Telemetry {
  const { past, onset, calls, symptom } = gathered;
  const times = Float64Array.from(
    [...new Set(past.flatMap(({ values }) => values.map(([at]) => at)))].sort((a, b) => a - b),
  );
  const rows = new Map([...times].map((at, row) => [at, row]));
  const began = times.findIndex((at) => at >= onset.getTime() / 1_000);
  return {
    times,
    onset: began < 0 ? Math.max(0, times.length - 1) : began,
    series: past.map((one) => seriesOf(one, rows)),
    calls,
    hints: hintsOf(gathered),
    ...(symptom && { symptom }),
  };
}

function seriesOf({ metric, subject, part, values }: Past, rows: Map<number, number>): Series {
  const all = new Float64Array(rows.size).fill(Number.NaN);
  for (const [at, value] of values) all[rows.get(at) as number] = value;
  const { name, bad } = metric;
  const series = { node: subject, metric: name, kind: kindOf(metric), bad, values: all };
  return metric.calls !== undefined && part !== '' ? { ...series, node: part, caller: subject } : series;
}

/** A server's metrics are its own resources unless the manifest says otherwise; a service's are what its callers see. */
export function kindOf({ role, about, unit }: Metric): Kind {
  const told = role ?? (about === 'server' ? 'internal' : 'outcome');
  if (told === 'internal') return 'resource';
  if (told === 'load') return 'traffic';
  return /^(m|µ|n)?s$/.test(unit) ? 'latency' : 'errors';
}

/** Services depend on those they call, and on the servers they run on. */
export function callsOf({ services, servers }: Inventory): Call[] {
  return [
    ...services.flatMap(({ id, dependsOn }) => dependsOn.map((callee) => ({ caller: id, callee }))),
    ...servers.flatMap(({ id, services: runs }) => runs.map((caller) => ({ caller, callee: id }))),
  ];
}

/** Where it was noticed: on the service of the first signal with a metric of its own. */
export function symptomOf(signals: Signal[]): Telemetry['symptom'] {
  const member = signals.flatMap(({ members }) => members.slice(0, 1))[0];
  return member && { node: member.subject, metric: member.metric.split(' ')[0] ?? member.metric };
}

const recentMs = 30 * 60_000;

/**
 * What speaks for a node besides its series. The weights are set by hand: each is about what one series makes that is
 * e, or e², times as far from usual.
 */
function hintsOf({ changes, troubles, onset }: Gathered): Hint[] {
  const recent = changes.filter(({ at }) => {
    const before = onset.getTime() - at.getTime();
    return before > -60_000 && before <= recentMs;
  });
  const [deepest] = troubles.filter(({ failed }) => failed > 0);
  return [
    ...recent.flatMap(({ services, what, subject }) =>
      services.map((node): Hint => {
        return { node, from: 'change', weight: 1, says: `${subject} was ${what} shortly before.` };
      }),
    ),
    ...(deepest
      ? [{ node: deepest.service, from: 'traces' as const, weight: 1, says: tracesSay(deepest) }]
      : []),
  ];
}

function tracesSay({ service, operation, failed, seen }: Gathered['troubles'][number]): string {
  return `${service} ${operation} is the deepest that fails, ${failed} of ${seen}.`;
}
