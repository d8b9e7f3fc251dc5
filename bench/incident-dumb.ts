// The dumb arm of the incident bench: whatever is furthest from usual is where it is, and its metric says what it is.
import { type Inventory, servicesOn } from '../src/inventory/inventory.ts';
import type { Monitor } from '../src/monitoring/monitor.ts';

export interface Named {
  kind: string;
  service: string | undefined;
}

const kinds: Record<string, string> = {
  error_rate: 'bad-deployment',
  latency_p95: 'bad-deployment',
  memory_available: 'memory-leak',
  disk_available: 'full-disk',
  disk_io: 'full-disk',
  cpu_used: 'cpu-runaway',
  connections: 'connection-pool',
  queue_length: 'queue-backlog',
  database_locks: 'lock-contention',
  inodes_free: 'inode-exhaustion',
  certificate_left: 'certificate-expiry',
  dns_failures: 'dns-failure',
  clock_offset: 'ntp-drift',
  packet_drops: 'network-loss',
  longest_query: 'slow-queries',
  replication_lag: 'replication-lag',
  partner_timeouts: 'dependency-down',
  cache_hits: 'cache-stampede',
  cpu_stolen: 'noisy-neighbour',
};

/** What somebody would say who looks at the reddest number alone; undefined when no number is known. */
export async function dumbCause(
  monitor: Monitor,
  inventory: Inventory,
  now: Date,
): Promise<Named | undefined> {
  const { readings } = await monitor.scrape(now);
  const [worst] = readings.filter(({ z }) => Number.isFinite(z)).sort((a, b) => b.z - a.z);
  if (!worst) return undefined;
  const service = worst.about === 'service' ? worst.subject : servicesOn(inventory, worst.subject)[0]?.id;
  return { kind: kinds[worst.metric] ?? 'unknown', service };
}
