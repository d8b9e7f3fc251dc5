// How well simultaneous anomalies become one signal that names where they begin: days of injected faults, streamed
// minute by minute through the whole sight, as the product sees them: detector, then fusion.

import type { Inventory, Service } from '../src/inventory/inventory.ts';
import { calendarSchema } from '../src/monitoring/calendar.ts';
import { type Metric, metricsSchema } from '../src/monitoring/metric.ts';
import { openSight } from '../src/monitoring/sight.ts';
import type { Columns, Numbered } from '../src/systems/prometheus/columns.ts';
import { type Counted, count, type Minute, sum } from './fusion-score.ts';
import type { Bench } from './measure.ts';
import { type Column, type Day, readDays, readFaults } from './nezha.ts';

/** What each column is, as a metrics manifest says it; columns not named here are not watched. */
export const manifest: Record<string, Pick<Metric, 'name' | 'role' | 'bad'>> = {
  'cpuusage(m)': { name: 'cpu_used', role: 'internal', bad: 'up' },
  'memoryusage(mi)': { name: 'memory_used', role: 'internal', bad: 'up' },
  'podserverlatencyp95(s)': { name: 'server_latency_p95', role: 'outcome', bad: 'up' },
  'podclientlatencyp95(s)': { name: 'client_latency_p95', role: 'outcome', bad: 'up' },
  'podsuccessrate(%)': { name: 'success_rate', role: 'outcome', bad: 'down' },
  'podworkload(ops)': { name: 'requests', role: 'load', bad: 'either' },
  syscallread: { name: 'syscalls_read', role: 'load', bad: 'either' },
  syscallwrite: { name: 'syscalls_write', role: 'load', bad: 'either' },
  networkreceivebytes: { name: 'network_received', role: 'load', bad: 'either' },
  networktransmitbytes: { name: 'network_sent', role: 'load', bad: 'either' },
  caller_latency: { name: 'latency', role: 'outcome', bad: 'up' },
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

/** A series' past: unix seconds and values, oldest first. */
type History = [number, number][];

/** A day through the shipped sight, minute by minute, with what is usual learnt from `histories`. */
export function streamed(day: Day, histories: Map<string, History>): Minute[] {
  const watched = day.columns.flatMap((column) => {
    const kind = manifest[column.name];
    const part = column.callee ?? '';
    return kind ? [{ ...column, one: { metric: kind.name, subject: column.service, part } }] : [];
  });
  const sight = openSight({
    metrics: metrics(),
    inventory: inventoryOf(day.columns),
    calendar: calendarSchema.parse({}),
  });
  for (const { one, ...column } of watched) sight.learn(one, histories.get(keyOf(column)) ?? []);
  const series: Numbered[] = watched.map(({ one }) => one);
  const known = new Set<string>();
  return day.minutes.map((minute) => {
    const { open } = sight.see(minute * 60, columnsAt(watched, minute), series);
    const opened = open.filter(({ key, openedAt }) => !known.has(`${key} ${openedAt}`));
    for (const { key, openedAt } of opened) known.add(`${key} ${openedAt}`);
    const named = (of: typeof open) => of.map(({ service }) => service);
    return { minute, named: named(open), opened: named(opened) };
  });
}

function metrics(): Metric[] {
  const all = Object.values(manifest).map(({ name, role, bad }) => ({
    ...{ name, role, bad, says: name, query: name, unit: '', about: 'service', label: 'service' },
    ...(name === 'latency' && { calls: 'callee' }),
  }));
  return metricsSchema.parse({ metrics: all }).metrics;
}

function columnsAt(watched: Pick<Column, 'values'>[], minute: number): Columns {
  const read = watched.flatMap(({ values }, nth): History => {
    const value = values.get(minute);
    return value === undefined ? [] : [[nth, value]];
  });
  return {
    series: Int32Array.from(read, ([nth]) => nth),
    values: Float64Array.from(read, ([, value]) => value),
  };
}

/**
 * By series: the values of the other days' minutes that are later than their last fault + 600 s, moved by whole days to
 * lie before this one.
 */
export function historiesOf(folder: string, day: Day, days: Day[]): Map<string, History> {
  const histories = new Map<string, History>();
  const first = Math.floor((day.minutes[0] ?? 0) / minutesADay);
  for (const [nth, other] of days.filter((one) => one !== day).entries()) {
    const last = Math.max(...readFaults(folder, other).map(({ at }) => at)) + 600;
    const back = Math.floor((other.minutes[0] ?? 0) / minutesADay) - (first - days.length + 1 + nth);
    for (const column of other.columns) {
      const calm = [...column.values].filter(([minute]) => minute * 60 > last).sort(([a], [b]) => a - b);
      const moved = calm.map(([minute, value]): History[number] => [
        (minute - back * minutesADay) * 60,
        value,
      ]);
      histories.set(keyOf(column), [...(histories.get(keyOf(column)) ?? []), ...moved]);
    }
  }
  return histories;
}

const minutesADay = 24 * 60;

function keyOf({ service, callee, name }: Omit<Column, 'values'>): string {
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
