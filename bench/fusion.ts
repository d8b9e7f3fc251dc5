// How well simultaneous anomalies become one signal that names where they begin: days of injected faults, streamed
// minute by minute through the shipped fusion. Not the detector: what is usual comes from fusion-z.ts.

import type { Inventory, Service } from '../src/inventory/inventory.ts';
import type { Fused, Role } from '../src/monitoring/fusion/evidence.ts';
import { type FuseSettings, fuseSettings, openFusion } from '../src/monitoring/fusion/fuse.ts';
import { type Counted, count, type Minute, sum } from './fusion-score.ts';
import { type Scorer, type SeriesKind, scorerOf } from './fusion-z.ts';
import type { Bench } from './measure.ts';
import { type Column, type Day, readDays, readFaults } from './nezha.ts';

/** What each column is, as a metrics manifest would say it; columns not named here are not watched. */
const manifest: Record<string, SeriesKind & { metric: string; role: Role }> = {
  'cpuusage(m)': { metric: 'cpu_used', role: 'internal', bad: 'up', least: 0.02 },
  'memoryusage(mi)': { metric: 'memory_used', role: 'internal', bad: 'up', least: 0.02 },
  'podserverlatencyp95(s)': { metric: 'server_latency_p95', role: 'outcome', bad: 'up', least: 0.02 },
  'podclientlatencyp95(s)': { metric: 'client_latency_p95', role: 'outcome', bad: 'up', least: 0.02 },
  'podsuccessrate(%)': { metric: 'success_rate', role: 'outcome', bad: 'down', least: 0.02 },
  'podworkload(ops)': { metric: 'requests', role: 'load', bad: 'either', least: 0.02 },
  syscallread: { metric: 'syscalls_read', role: 'load', bad: 'either', least: 0.02 },
  syscallwrite: { metric: 'syscalls_write', role: 'load', bad: 'either', least: 0.02 },
  networkreceivebytes: { metric: 'network_received', role: 'load', bad: 'either', least: 0.02 },
  networktransmitbytes: { metric: 'network_sent', role: 'load', bad: 'either', least: 0.02 },
  caller_latency: { metric: 'latency', role: 'outcome', bad: 'up', least: 0.02 },
};

export const fusion: Bench = async ({ data, say }) => {
  const folder = data ?? '../shared/data/nezha-ob';
  const days = readDays(folder);
  if (typeof days === 'string') {
    say(`fusion: ${days}`);
    return [];
  }
  const counted = days.map((day) => {
    const minutes = streamed(day, historiesOf(folder, day, days));
    const found = count(minutes, readFaults(folder, day));
    say(`fusion: ${day.name}: ${found.right} of ${found.faults} faults named.`);
    return found;
  });
  return lines(sum(counted));
};

/** A day through the shipped fusion, minute by minute, with what is usual learnt from `histories`. */
export function streamed(
  day: Day,
  histories: Map<string, number[]>,
  settings: FuseSettings = fuseSettings,
): Minute[] {
  const watched = day.columns.flatMap((column) => watchedOf(column, histories));
  const fusion = openFusion(inventoryOf(day.columns), settings);
  const slots = Int32Array.from(watched, ({ series }) => fusion.slotOf(series));
  const known = new Set<string>();
  return day.minutes.map((minute) => {
    const { open } = fusion.fuse(minute * 60, slots, readingsOf(watched, minute));
    const opened = open.filter(({ key, openedAt }) => !known.has(`${key} ${openedAt}`));
    for (const { key, openedAt } of opened) known.add(`${key} ${openedAt}`);
    const named = (of: typeof open) => of.map(({ service }) => service);
    return { minute, named: named(open), opened: named(opened) };
  });
}

interface Watched {
  series: Fused;
  score: Scorer;
  values: Map<number, number>;
}

function watchedOf(column: Column, histories: Map<string, number[]>): Watched[] {
  const kind = manifest[column.name];
  const history = histories.get(keyOf(column)) ?? [];
  if (!kind || history.length < leastHistory) return [];
  const { service: subject, callee, values } = column;
  const series: Fused = { metric: kind.metric, about: 'service', subject, role: kind.role };
  return [
    {
      series: callee === undefined ? series : { ...series, callee },
      score: scorerOf(history, kind),
      values,
    },
  ];
}

/** Fewer minutes of history than this say nothing. */
const leastHistory = 45;

function readingsOf(watched: Watched[], minute: number) {
  const scored = watched.map(({ score, values }) => {
    const value = values.get(minute) ?? Number.NaN;
    return { value, ...score(value) };
  });
  return {
    value: Float64Array.from(scored, ({ value }) => value),
    z: Float32Array.from(scored, ({ z }) => z),
    mean: Float64Array.from(scored, ({ mean }) => mean),
    deviation: Float64Array.from(scored, ({ deviation }) => deviation),
    // A day of history: every baseline is young.
    learning: new Uint8Array(scored.length).fill(1),
    seldom: new Uint8Array(scored.length),
    raised: new Uint8Array(scored.length),
    open: new Uint8Array(scored.length),
  };
}

/** By series: the values of the other days' minutes that are later than their last fault + 600 s. */
export function historiesOf(folder: string, day: Day, days: Day[]): Map<string, number[]> {
  const histories = new Map<string, number[]>();
  for (const other of days.filter((one) => one !== day)) {
    const last = Math.max(...readFaults(folder, other).map(({ at }) => at)) + 600;
    for (const column of other.columns) {
      const calm = [...column.values].filter(([minute]) => minute * 60 > last);
      const values = calm.sort(([a], [b]) => a - b).map(([, value]) => value);
      histories.set(keyOf(column), [...(histories.get(keyOf(column)) ?? []), ...values]);
    }
  }
  return histories;
}

function keyOf({ service, callee, name }: Column): string {
  return [service, callee, name].join(' ');
}

function inventoryOf(columns: Column[]): Inventory {
  const ids = [
    ...new Set(columns.flatMap(({ service, callee }) => (callee ? [service, callee] : [service]))),
  ];
  const services = ids.map((id): Service => {
    const calls = columns.flatMap(({ service, callee }) => (service === id && callee ? [callee] : []));
    const rest = { owner: id as Service['owner'], team: id, revenuePerMinute: 0, windows: [] };
    return { id, name: id, criticality: 2, dependsOn: [...new Set(calls)], ...rest };
  });
  return { services, servers: [] };
}

function lines({ faults, right, any, clear, alarmed, opened, openedRight }: Counted) {
  const share = (metric: string, hits: number, of: number) => ({
    metric,
    value: hits / of,
    unit: 'share',
    ...{ against: null, ratio: null, hits, of },
  });
  return [
    { ...share('recall', right, faults), against: 'bar 49 of 56', ratio: right / faults / (49 / 56) },
    share('recall_any', any, faults),
    { ...share('alarmed_share', alarmed, clear), against: 'bar .02', ratio: alarmed / clear / 0.02 },
    share('named_right', openedRight, opened),
    { metric: 'signals_per_fault', value: opened / faults, unit: 'signals', against: null, ratio: null },
  ];
}
