import type { Catalog } from './catalog.ts';
import type { Moment } from './moment.ts';
import { counted, openSmoother, smoothedOver } from './vector.ts';

/** The servers of a catalog as vectors, cycle by cycle. */
export interface Vectors {
  /** Places of the servers in the catalog's subjects. */
  servers: number[];
  /** One cycle, in order; calls `see` with each server's place among `servers` and its vector, used again for the next. */
  next(moment: Moment, cycle: number, see: (server: number, vector: number[]) => void): void;
}

export function openVectors(catalog: Catalog): Vectors {
  const { subjects, metrics } = catalog;
  const servers = subjects.flatMap(({ about }, place) => (about === 'server' ? [place] : []));
  const parts = servers.map((place) => {
    const { slots: own, services } = subjects[place] as Catalog['subjects'][number];
    return metrics.map(({ about }, nth): number[][] =>
      about === 'server'
        ? [own[nth] ?? []]
        : services.map((id) => catalog.byKey.get(`service:${id}`)?.slots[nth] ?? []),
    );
  });
  const smoother = openSmoother(servers.length, metrics.length);
  const now = new Float32Array(metrics.length);
  const smooth: number[] = metrics.map(() => 0);
  let first = 0;
  return {
    servers,
    next: ({ z }, cycle, see) => {
      if (first === 0) first = cycle;
      for (let server = 0; server < servers.length; server += 1) {
        for (let nth = 0; nth < metrics.length; nth += 1)
          now[nth] = meanOf(parts[server]?.[nth] ?? [], z, metrics[nth]?.bad ?? 'either');
        smoother.next(server, cycle, now, smooth);
        if (cycle - first >= smoothedOver - 1) see(server, smooth);
      }
    },
  };
}

function meanOf(of: number[][], z: Float32Array, bad: 'up' | 'down' | 'either'): number {
  let sum = 0;
  let count = 0;
  for (const slots of of)
    for (const slot of slots) {
      const one = z[slot] as number;
      if (Number.isNaN(one)) continue;
      sum += counted(one, bad);
      count += 1;
    }
  return count === 0 ? 0 : sum / count;
}
