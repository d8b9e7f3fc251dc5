import type { Inventory, Server } from '../inventory/inventory.ts';
import { traffic } from './company.ts';
import { seedOf, share } from './noise.ts';

/** One series of the company: what it is usually, before any fault. */
export interface Series {
  labels: Record<string, string>;
  kind: 'gauge' | 'counter';
  /** The mean of a gauge; the mean increase of a counter in a second. */
  level: number;
  /** How far the level swings with the day and the week, as shares of it. Together below 0.45: a counter never falls. */
  day: number;
  week: number;
  /** The deviation of the noise as a share of the level; of a counter, that of its rate over three cycles. */
  noise: number;
  seed: number;
}

type Plain = Omit<Series, 'labels' | 'seed'>;

const gigabyte = 2 ** 30;
const memory: Record<string, number> = { web: 5, app: 9, db: 22, cache: 12, queue: 6, search: 14 };
const disk: Record<string, number> = { web: 38, app: 41, db: 210, cache: 30, queue: 64, search: 120 };

/** All series of a company, those of one metric next to each other. */
export function seriesOf({ servers, services }: Inventory, seed: number): Series[] {
  const onServers = (metric: string, labels: Record<string, string>, plain: (server: Server) => Plain) =>
    servers.map((server) =>
      made(metric, { job: 'node', instance: server.id, ...labels }, plain(server), seed),
    );
  const ofServices = (metric: string, plain: (of: { perSecond: number; p95: number }) => Plain) =>
    services.map(({ id }) =>
      made(metric, { job: 'apps', service: id }, plain(traffic[id] ?? { perSecond: 10, p95: 0.2 }), seed),
    );
  return [
    ...onServers('node_memory_MemAvailable_bytes', {}, ({ class: of }) => {
      return { kind: 'gauge', level: (memory[of] ?? 8) * gigabyte, day: -0.06, week: -0.02, noise: 0.018 };
    }),
    ...onServers('node_filesystem_avail_bytes', { mountpoint: '/' }, ({ class: of }) => {
      return { kind: 'gauge', level: (disk[of] ?? 50) * gigabyte, day: 0.01, week: 0.02, noise: 0.006 };
    }),
    ...onServers('node_cpu_seconds_total', { mode: 'user' }, () => {
      return { kind: 'counter', level: 1.3, day: 0.26, week: 0.08, noise: 0.03 };
    }),
    ...ofServices('http_requests_total', ({ perSecond }) => {
      return { kind: 'counter', level: perSecond, day: 0.28, week: 0.1, noise: 0.025 };
    }),
    ...ofServices('http_requests_errors_total', ({ perSecond }) => {
      return { kind: 'counter', level: perSecond * 0.012, day: 0.26, week: 0.08, noise: 0.03 };
    }),
    ...ofServices('http_request_duration_p95_seconds', ({ p95 }) => {
      return { kind: 'gauge', level: p95, day: 0.12, week: 0.04, noise: 0.04 };
    }),
  ];
}

/** Two servers of one kind are alike but not the same. */
function made(name: string, labels: Record<string, string>, plain: Plain, seed: number): Series {
  const own = seedOf(name + JSON.stringify(labels), seed);
  return {
    ...plain,
    level: plain.level * (0.85 + 0.3 * share(own, -1)),
    labels: { __name__: name, ...labels },
    seed: own,
  };
}
