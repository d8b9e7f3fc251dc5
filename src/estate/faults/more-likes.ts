import type { Like } from './look-alikes.ts';
import { on, withPartners } from './place.ts';

/** CPU time that others take, beside what is used. */
export const stolen = 'stolen';

/** What looks like the faults of databases, networks, clocks and neighbours. */
export const moreLikes: Like[] = [
  {
    of: 'lock-contention',
    says: 'an index is built beside the traffic: it takes many locks, and nobody waits for them',
    places: on('db'),
    bends: { pg_locks_count: 1.2 },
    over: 10,
    logs: { every: 8, text: (_, nth) => `index: ${nth * 3} % built, lock by lock` },
  },
  {
    of: 'inode-exhaustion',
    says: 'a delivery of many small files is unpacked, and removed once it is read',
    places: on('queue', 'web'),
    bends: { node_filesystem_files_free: -0.25 },
    over: 20,
    logs: { every: 9, text: (_, nth) => `delivery: ${nth * 900} files unpacked` },
  },
  {
    of: 'certificate-expiry',
    says: 'a certificate with a shorter life is put in place on purpose, and all accept it',
    places: on('web', 'app'),
    bends: { probe_ssl_earliest_cert_expiry: -0.4 },
    over: 2,
    logs: { every: 15, text: ({ service }) => `${service}: certificate reloaded, three days left` },
  },
  {
    of: 'dns-failure',
    says: 'a list of addresses is checked, many of whose domains are no more',
    places: on('app'),
    bends: { coredns_dns_responses_total: 2 },
    over: 5,
    logs: { every: 10, text: (_, nth) => `address check: ${nth * 40} domains looked up, 3 of 4 are there` },
  },
  {
    of: 'ntp-drift',
    says: 'a clock is led to another time source by and by, and nobody minds the difference',
    places: on('web', 'search'),
    bends: { node_timex_offset_seconds: 70 },
    over: 20,
    logs: { every: 12, text: ({ server }) => `chronyd on ${server}: selected source 10.20.0.5, slewing` },
  },
  {
    of: 'network-loss',
    says: 'a backup fills the network of a server, and its packets are sent again',
    places: on('app', 'queue', 'cache'),
    bends: { node_network_receive_drop_total: 1.4 },
    over: 10,
    logs: { every: 8, text: (_, nth) => `backup: ${nth} GB sent to the archive` },
  },
  {
    of: 'slow-queries',
    says: 'a yearly report asks one long question, and nobody waits for its answer',
    places: on('db'),
    bends: { pg_stat_activity_max_tx_duration: 12, node_disk_io_time_seconds_total: 0.5 },
    over: 30,
    logs: { every: 12, text: (_, nth) => `report: month ${1 + (nth % 12)} of last year read` },
  },
  {
    of: 'replication-lag',
    says: 'much is loaded at once, and the standby is a little behind until it has it too',
    places: on('db'),
    bends: { pg_replication_lag_seconds: 12 },
    over: 20,
    logs: { every: 7, text: (_, nth) => `load: ${nth * 20_000} rows copied` },
  },
  {
    of: 'dependency-down',
    says: 'a partner is slow for a while, and answers when it is asked again',
    places: withPartners,
    bends: { envoy_cluster_upstream_rq_timeout: 4 },
    over: 10,
    logs: { every: 6, text: ({ service }) => `${service}: the partner answered the second time` },
  },
  {
    of: 'cache-stampede',
    says: 'new prices go live, and what the cache holds of the old ones is made anew piece by piece',
    places: on('cache'),
    bends: { redis_keyspace_hit_ratio: -0.2 },
    over: 10,
    logs: { every: 9, text: (_, nth) => `prices: ${nth * 300} items refreshed` },
  },
  {
    of: 'storage-controller',
    says: 'the disks of a server are checked against each other, as every month',
    places: on('search', 'web'),
    bends: { node_disk_io_time_seconds_total: 1.3, node_cpu_seconds_total: 0.15 },
    over: 20,
    logs: { every: 14, text: (_, nth) => `kernel: md0: data-check ${nth} % done` },
  },
  {
    of: 'noisy-neighbour',
    says: 'another virtual machine of the host starts, and there are cores for both',
    places: on('app'),
    bends: { [stolen]: 5 },
    over: 6,
    logs: { every: 15, text: ({ server }) => `hypervisor agent on ${server}: a neighbour has started` },
  },
];
