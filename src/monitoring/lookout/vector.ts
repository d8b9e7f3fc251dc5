import type { Inventory } from '../../inventory/inventory.ts';
import type { Metric } from '../metric.ts';

/** How far a single series counts, in σ. */
const most = 30;
/** Cycles that a vector is the mean of. */
export const smoothedOver = 10;

/**
 * One server in one cycle is a vector: for each metric, in their order, the mean z in the bad direction over its series
 * of the server and of the services on it; 0 where there is none.
 */
export interface Part {
  metric: Metric;
  /** Servers or services by id. */
  subjects: string[];
}

/** What each place of a server's vector is made of. */
export function partsOf(metrics: Metric[], { servers }: Inventory, server: string): Part[] {
  const services = servers.find(({ id }) => id === server)?.services ?? [];
  return metrics.map((metric) => ({ metric, subjects: metric.about === 'server' ? [server] : services }));
}

/** A z as it counts: in the bad direction, of `either` by its size; `above` is signed, NaN is passed over. */
export function counted(above: number, bad: Metric['bad']): number {
  const z = bad === 'either' ? Math.abs(above) : bad === 'down' ? -above : above;
  return Math.max(-most, Math.min(most, z));
}

/** Means over the last cycles of as many vectors as there are servers. */
export interface Smoother {
  /** The vector of one cycle of one server; `into` takes the mean over the last ten. */
  next(server: number, cycle: number, vector: ArrayLike<number>, into: number[]): void;
}

export function openSmoother(servers: number, width: number): Smoother {
  const ring = new Float32Array(servers * width * smoothedOver);
  const seen = new Uint16Array(servers);
  return {
    next: (server, cycle, vector, into) => {
      const count = Math.min(smoothedOver, (seen[server] as number) + 1);
      seen[server] = count;
      for (let place = 0; place < width; place += 1) {
        const from = (server * width + place) * smoothedOver;
        ring[from + (cycle % smoothedOver)] = vector[place] as number;
        let sum = 0;
        for (let nth = 0; nth < smoothedOver; nth += 1) sum += ring[from + nth] as number;
        into[place] = sum / count;
      }
    },
  };
}
