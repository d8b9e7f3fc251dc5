import type { Inventory, Server } from '../inventory/inventory.ts';
import { traffic } from './company.ts';
import { few } from './few-series.ts';
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
  /** It tells when something ends, in unix seconds; the level is how many seconds are left. */
  ends?: true;
  /** How far it follows what all metrics of its server follow together, as a share of the level. */
  joint?: { by: number; seed: number };
  seed: number;
}

/** A series before it has a server or service. */
export type Plain = Omit<Series, 'labels' | 'seed' | 'joint'> & { follows?: number };

const gigabyte = 2 ** 30;
const memory: Record<string, number> = { web: 5, app: 9, db: 22, cache: 12, queue: 6, search: 14 };
const disk: Record<string, number> = { web: 38, app: 41, db: 210, cache: 30, queue: 64, search: 120 };

/** All series of a company, those of one metric next to each other. */
export function seriesOf({ servers, services }: Inventory, seed: number): Series[] {
  const onServers = (metric: string, labels: Record<string, string>, plain: (server: Server) => Plain) =>
    servers.map((server) =>
      made(metric, { job: 'node', instance: server.id, ...labels }, plain(server), seed),
    );
  const onlyOn = (of: string, metric: string, plain: Plain) =>
    servers
      .filter((server) => server.class === of)
      .map((server) => made(metric, { job: of, instance: server.id }, plain, seed));
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
      return { kind: 'counter', level: 1.3, day: 0.26, week: 0.08, noise: 0.03, follows: 0.05 };
    }),
    ...onServers('node_disk_io_time_seconds_total', { device: 'sda' }, () => {
      return { kind: 'counter', level: 0.14, day: 0.12, week: 0.04, noise: 0.03, follows: 0.14 };
    }),
    ...onServers('node_network_receive_drop_total', { device: 'eth0' }, () => {
      return { kind: 'counter', level: 2.2, day: 0.1, week: 0.03, noise: 0.03, follows: 0.14 };
    }),
    ...onlyOn('db', 'pg_stat_activity_count', {
      kind: 'gauge',
      level: 64,
      day: 0.2,
      week: 0.06,
      noise: 0.05,
    }),
    ...onlyOn('cache', 'redis_keyspace_hit_ratio', {
      kind: 'gauge',
      level: 0.82,
      day: 0.01,
      week: 0,
      noise: 0.01,
    }),
    ...onlyOn('queue', 'rabbitmq_queue_messages', {
      kind: 'gauge',
      level: 140,
      day: 0.2,
      week: 0.06,
      noise: 0.1,
    }),
    ...few.flatMap(({ metric, on = [], of = [], labels, plain }) => [
      ...servers
        .filter((server) => on.includes(server.class))
        .map(({ id }) => made(metric, { ...labels, instance: id }, plain, seed)),
      ...services
        .filter(({ id }) => of.includes(id))
        .map(({ id }) => made(metric, { ...labels, service: id }, plain, seed)),
    ]),
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
function made(
  name: string,
  labels: Record<string, string>,
  { follows, ...plain }: Plain,
  seed: number,
): Series {
  const own = seedOf(name + JSON.stringify(labels), seed);
  return {
    ...plain,
    level: plain.level * (0.85 + 0.3 * share(own, -1)),
    labels: { __name__: name, ...labels },
    seed: own,
    ...(follows && { joint: { by: follows, seed: seedOf(`load of ${labels.instance}`, seed) } }),
  };
}
