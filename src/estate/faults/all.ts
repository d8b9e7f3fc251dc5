import { badDeployment } from './bad-deployment.ts';
import type { Fault } from './fault.ts';
import { fullDisk } from './full-disk.ts';
import { memoryLeak } from './memory-leak.ts';

/** The ways to break that the trial offers: each has a cause that is found and a runbook that mends it. */
export const faults: Fault[] = [badDeployment, memoryLeak, fullDisk];
