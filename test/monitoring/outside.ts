import { fernwood } from '../../src/estate/company.ts';
import { openNumbering } from '../../src/estate/past/reader.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { servicesOn } from '../../src/inventory/inventory.ts';
import { calendarSchema } from '../../src/monitoring/calendar.ts';
import { type Finding, foundBy } from '../../src/monitoring/finding.ts';
import { learn } from '../../src/monitoring/learn.ts';
import { openLookout } from '../../src/monitoring/lookout/lookout.ts';
import { openSample } from '../../src/monitoring/lookout/sample.ts';
import { askedOf, type Metric, queryOf } from '../../src/monitoring/metric.ts';
import { type Monitor, openMonitor } from '../../src/monitoring/monitor.ts';
import type { Reading } from '../../src/monitoring/reading.ts';
import type { Routing } from '../../src/monitoring/routing.ts';
import { openSight } from '../../src/monitoring/sight.ts';
import { aboutOf } from '../../src/systems/prometheus/columns.ts';
import type { Prometheus } from '../../src/systems/prometheus/read.ts';
import type { Source } from '../../src/systems/prometheus/source.ts';

/** Nobody wished for anything. */
export const unrouted: Routing = { ops: [], teams: {} };

const usual = 100;
/** What never varied is taken to vary by 2 %. */
const deviation = 2;

/** A Prometheus in which everything is as usual until it is told otherwise. */
export interface Measures {
  prometheus: Prometheus;
  /** From now on this series is so many deviations off, in the direction that hurts. */
  set(metric: string, subject: string, z: number): void;
  /** This series no longer answers. */
  lose(metric: string, subject: string): void;
  /** This metric can no longer be read at all. */
  fail(metric: string): void;
  /** Everything is as usual again. */
  reset(): void;
}

export function openMeasures(metrics: Metric[], { services, servers }: Inventory, cycleMs: number): Measures {
  const off = new Map<string, number>();
  const failing = new Set<string>();
  const subjects = ({ about }: Metric) => (about === 'service' ? services : servers).map(({ id }) => id);
  const asked = (promql: string) => {
    const metric = metrics.find((one) => queryOf(one, cycleMs) === promql);
    if (!metric) throw new Error(`Nobody watches ${promql}.`);
    if (failing.has(metric.name)) throw new Error('Prometheus answered 503.');
    return metric;
  };
  const read = ({ name, bad }: Metric, subject: string) => {
    const z = off.get(`${name} ${subject}`) ?? 0;
    return usual + z * deviation * (bad === 'up' ? 1 : -1);
  };
  return {
    prometheus: {
      query: async (promql, at) => {
        const metric = asked(promql);
        const series = subjects(metric).map((id) => ({
          labels: { [metric.label]: id },
          value: read(metric, id),
          at,
        }));
        return series.filter(({ value }) => !Number.isNaN(value));
      },
      queryRange: async (promql, from, to) => {
        const metric = asked(promql);
        const hours = Math.floor((to.getTime() - from.getTime()) / 3_600_000);
        const values = Array.from({ length: hours }, (_, nth): [number, number] => {
          return [from.getTime() / 1_000 + nth * 3_600, usual];
        });
        return subjects(metric).map((id) => ({ labels: { [metric.label]: id }, values }));
      },
    },
    set: (metric, subject, z) => void off.set(`${metric} ${subject}`, z),
    lose: (metric, subject) => void off.set(`${metric} ${subject}`, Number.NaN),
    fail: (metric) => void failing.add(metric),
    reset: () => {
      off.clear();
      failing.clear();
    },
  };
}

/** Cycles read through the given Prometheus, in this thread. */
export function sourceOf(
  prometheus: Pick<Prometheus, 'query'>,
  metrics: Metric[],
  cycleMs: number,
): Pick<Source, 'cycle' | 'series' | 'close'> {
  const { series, numberOf } = openNumbering();
  return {
    series,
    cycle: async (at) => {
      const missing: string[] = [];
      const unread: string[] = [];
      const read: [number, number][] = [];
      for (const metric of metrics) {
        const samples = await prometheus.query(queryOf(metric, cycleMs), at).catch((error: Error) => {
          missing.push(`${metric.name} could not be read: ${error.message}`);
          unread.push(metric.name);
          return [];
        });
        for (const { labels, value } of samples) {
          const about = aboutOf(askedOf(metric, cycleMs), labels);
          if (about && Number.isFinite(value))
            read.push([numberOf({ metric: metric.name, ...about }), value]);
        }
      }
      return {
        series: Int32Array.from(read, ([number]) => number),
        values: Float64Array.from(read, ([, value]) => value),
        ...{ missing, unread },
      };
    },
    close: async () => {},
  };
}

/** A monitor of Fernwood that has learnt what is usual there. */
export async function monitorOver(
  prometheus: Prometheus,
  metrics: Metric[],
  cycleMs: number,
  now: Date,
): Promise<Monitor> {
  const [inventory, sample] = [fernwood, openSample()];
  const sight = openSight({ metrics, inventory, calendar: calendarSchema.parse({}) });
  await learn(prometheus, metrics, { cycleMs, sight, now, since: undefined, learnt: sample.put });
  const lookout = openLookout({ sight, metrics, inventory, cycleMs, sample });
  return openMonitor(sourceOf(prometheus, metrics, cycleMs), sight, metrics, cycleMs, lookout);
}

/** What fusion makes of one critical series alone. */
export function findingOf({ says: _, unit: __, ...reading }: Reading): Finding {
  const { about, subject, z } = reading;
  const [service] =
    about === 'service'
      ? [subject]
      : servicesOn(fernwood, subject)
          .toSorted((a, b) => a.criticality - b.criticality)
          .map(({ id }) => id);
  const member = { ...reading, band: 'critical' as const, learning: false };
  return foundBy({
    key: `${about}:${subject}`,
    service: service ?? subject,
    server: about === 'server' ? subject : null,
    ...{ score: z, band: 'critical', learning: false, members: [member] },
    because: ['It is alone.'],
    openedAt: 0,
  });
}
