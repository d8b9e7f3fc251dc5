import { partnered } from './faults/place.ts';
import type { Plain } from './series.ts';

/** A metric that only servers of some classes have, or some services. */
interface Few {
  metric: string;
  /** The classes of servers, or the services, that have it. */
  on?: string[];
  of?: string[];
  labels: Record<string, string>;
  plain: Plain;
}

/** What is known of some of them besides, under the names that their exporters give it. */
export const few: Few[] = [
  {
    metric: 'pg_locks_count',
    on: ['db'],
    labels: { job: 'db', mode: 'exclusivelock' },
    plain: steady(9, 0.1),
  },
  {
    metric: 'node_filesystem_files_free',
    on: ['web', 'queue'],
    labels: { job: 'node', mountpoint: '/' },
    plain: steady(640_000, 0.006),
  },
  // Renewed every night, so that they never grow old.
  {
    metric: 'probe_ssl_earliest_cert_expiry',
    on: ['web', 'app'],
    labels: { job: 'blackbox' },
    plain: { ...steady(450_000, 0.01), ends: true },
  },
  {
    metric: 'coredns_dns_responses_total',
    on: ['app'],
    labels: { job: 'coredns', rcode: 'SERVFAIL' },
    plain: { kind: 'counter', level: 0.6, day: 0.1, week: 0.03, noise: 0.03 },
  },
  {
    metric: 'node_timex_offset_seconds',
    on: ['web', 'search'],
    labels: { job: 'node' },
    plain: steady(0.002, 0.1),
  },
  {
    metric: 'pg_stat_activity_max_tx_duration',
    on: ['db'],
    labels: { job: 'db', state: 'active' },
    plain: steady(1.6, 0.12),
  },
  { metric: 'pg_replication_lag_seconds', on: ['db'], labels: { job: 'db' }, plain: steady(0.4, 0.12) },
  {
    metric: 'node_cpu_seconds_total',
    on: ['app'],
    labels: { job: 'node', mode: 'steal' },
    plain: { kind: 'counter', level: 0.03, day: 0.05, week: 0.02, noise: 0.03 },
  },
  {
    metric: 'envoy_cluster_upstream_rq_timeout',
    of: partnered,
    labels: { job: 'envoy', envoy_cluster_name: 'partner' },
    plain: { kind: 'counter', level: 0.08, day: 0.1, week: 0.03, noise: 0.03 },
  },
];

/** A gauge that hardly knows what hour it is. */
function steady(level: number, noise: number): Plain {
  return { kind: 'gauge', level, day: 0.01, week: 0, noise };
}
