import { badDeployment } from './bad-deployment.ts';
import type { Fault } from './fault.ts';
import { fullDisk } from './full-disk.ts';
import { memoryLeak } from './memory-leak.ts';

/** Every way for the company to break. */
export const faults: Fault[] = [badDeployment, memoryLeak, fullDisk];
