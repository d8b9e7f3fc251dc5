import type { Critical, Watching } from './cycle.ts';
import { cycle } from './cycle.ts';

interface Timing {
  now(): Date;
  /** Names this process among others that share the lease. */
  process: string;
  log: { warn(message: string): void };
}

/**
 * Runs a cycle every `cycleMs` until stopped; of several processes one runs each. A cycle that fails is
 * said in the log and the next one is tried: what a crash cuts off is read again, nothing waits in memory.
 */
export function startWatch(watching: Watching, { now, process, log }: Timing): { stop(): Promise<void> } {
  const { cycleMs } = watching.monitor;
  let critical: Critical = new Set();
  let stopped = false;
  let wake = () => {};

  async function turn() {
    const holder = await watching.claims.claim('watch', process, 3 * cycleMs);
    // What was critical when this process last looked, however long ago, is not the cycle before.
    critical = holder === process ? await cycle(watching, critical, now()) : new Set();
  }

  async function loop() {
    while (!stopped) {
      const began = now().getTime();
      await turn().catch((error) =>
        log.warn(`A monitoring cycle failed: ${error instanceof Error ? error.message : error}`),
      );
      const rest = Math.max(0, cycleMs - (now().getTime() - began));
      if (!stopped) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, rest);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
    await watching.claims.release('watch', process);
  }

  const ended = loop();
  return {
    stop: () => {
      stopped = true;
      wake();
      return ended;
    },
  };
}
