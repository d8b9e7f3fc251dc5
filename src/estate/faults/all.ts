import { badDeployment } from './bad-deployment.ts';
import { cacheStampede } from './cache-stampede.ts';
import { certificateExpiry } from './certificate-expiry.ts';
import { connectionPool } from './connection-pool.ts';
import { cpuRunaway } from './cpu-runaway.ts';
import { crashLoop } from './crash-loop.ts';
import { dependencyDown } from './dependency-down.ts';
import { dnsFailure } from './dns-failure.ts';
import type { Fault } from './fault.ts';
import { fullDisk } from './full-disk.ts';
import { inodeExhaustion } from './inode-exhaustion.ts';
import { lockContention } from './lock-contention.ts';
import { memoryLeak } from './memory-leak.ts';
import { networkLoss } from './network-loss.ts';
import { noisyNeighbour } from './noisy-neighbour.ts';
import { ntpDrift } from './ntp-drift.ts';
import { processDown } from './process-down.ts';
import { queueBacklog } from './queue-backlog.ts';
import { replicationLag } from './replication-lag.ts';
import { slowQueries } from './slow-queries.ts';
import { storageController } from './storage-controller.ts';

/** The ways to break that the trial offers: each has a cause that is found and a runbook that mends it. */
export const faults: Fault[] = [
  badDeployment,
  memoryLeak,
  fullDisk,
  processDown,
  cpuRunaway,
  connectionPool,
  queueBacklog,
  crashLoop,
  lockContention,
  inodeExhaustion,
  certificateExpiry,
  dnsFailure,
  ntpDrift,
  networkLoss,
  slowQueries,
  replicationLag,
  dependencyDown,
  cacheStampede,
  storageController,
  noisyNeighbour,
];
