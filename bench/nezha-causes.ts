// Which service an injected fault is in (Nezha), by the product's own ranking: past rows of that day alone, and no more
// than 240 s of the fault.
import type { Kind, Series, Telemetry } from '../src/incidents/diagnose/telemetry.ts';
import type { Metric } from '../src/monitoring/metric.ts';
import { type Case, judged, time, within } from './causes-score.ts';
import { manifest } from './fusion.ts';
import type { Bench } from './measure.ts';
import { type Column, type Day, readDays, readFaults } from './nezha.ts';

export const nezha: Bench = async ({ data, say }) => {
  const folder = data ?? '../shared/data/nezha-ob';
  const days = readDays(folder);
  if (typeof days === 'string') {
    say(`nezha: ${days}`);
    return [];
  }
  const byDay = days.map((day) => casesOf(folder, day));
  const { ours, dumb, took } = judged(byDay.flat());
  byDay.forEach((cases, nth) => {
    const right = judged(cases).ours.filter((place) => place === 1).length;
    say(`nezha: ${days[nth]?.name}: ${right} of ${cases.length} faults named first.`);
  });
  return [
    within('as1', ours, 1, 42, 56),
    within('as3', ours, 3),
    within('as5', ours, 5),
    within('dumb_as1', dumb, 1),
    ...time(took),
  ];
};

/** Seconds of a fault that are seen. */
const seenSeconds = 240;

/** Every fault of a day as it looked then. */
export function casesOf(folder: string, day: Day): Case[] {
  return readFaults(folder, day).map(({ at, service }) => ({ known: telemetryOf(day, at), cause: service }));
}

function telemetryOf({ columns, clock }: Day, at: number): Telemetry {
  const rows = [...clock].filter(([, time]) => time <= at + seenSeconds).sort(([a], [b]) => a - b);
  const times = Float64Array.from(rows, ([, time]) => time);
  const onset = times.findIndex((time) => time >= at);
  const minutes = rows.map(([minute]) => minute);
  return {
    ...{ times, onset: onset < 0 ? times.length : onset },
    series: columns.flatMap((column) => seriesOf(column, minutes)),
  };
}

function seriesOf({ service, callee, name, values }: Column, minutes: number[]): Series[] {
  const known = manifest[name];
  if (!known) return [];
  const { name: metric, role, bad } = known;
  const told = { metric, kind: kindOf(metric, role), bad };
  const on = Float64Array.from(minutes, (minute) => values.get(minute) ?? Number.NaN);
  return [{ node: callee ?? service, ...(callee ? { caller: service } : {}), ...told, values: on }];
}

function kindOf(metric: string, role: Metric['role']): Kind {
  if (role === 'internal') return 'resource';
  if (role === 'load') return 'traffic';
  return metric === 'success_rate' ? 'errors' : 'latency';
}
