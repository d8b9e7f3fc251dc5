import { badDeployment } from './bad-deployment.ts';
import { connectionPool } from './connection-pool.ts';
import { cpuRunaway } from './cpu-runaway.ts';
import { crashLoop } from './crash-loop.ts';
import type { Fault } from './fault.ts';
import { fullDisk } from './full-disk.ts';
import { memoryLeak } from './memory-leak.ts';
import { processDown } from './process-down.ts';
import { queueBacklog } from './queue-backlog.ts';

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
];
