import type { Inventory } from '../../src/inventory/inventory.ts';
import { type Metric, queryOf } from '../../src/monitoring/metric.ts';
import type { Prometheus } from '../../src/systems/prometheus/read.ts';

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
