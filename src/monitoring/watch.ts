import { cycle, glance, type Watching } from './cycle.ts';

interface Timing {
  now(): Date;
  /** Names this process among others that share the lease. */
  process: string;
  log: { warn(message: string): void };
  /** What is watched closely at a time, such as `server:db-01`. */
  closely(now: Date): Promise<ReadonlySet<string>>;
}

/** What is watched closely is looked at so many times as often, but no more than once in a second. */
const closer = 6;
const leastMs = 1_000;

/** How often what is watched closely is looked at, in milliseconds. */
export function closePace(cycleMs: number): number {
  return Math.max(leastMs, cycleMs / closer);
}

/**
 * Runs a cycle every `cycleMs` until stopped, and between them looks at what is watched closely; of several processes
 * one does. A cycle that fails is said in the log and the next one is tried: what a crash cuts off is read again,
 * nothing waits in memory.
 */
export function startWatch(
  watching: Watching,
  { now, process, log, closely }: Timing,
): { stop(): Promise<void> } {
  const { cycleMs } = watching.monitor;
  const paceMs = Math.min(cycleMs, closePace(cycleMs));
  let due = 0;
  let stopped = false;
  let wake = () => {};

  async function turn() {
    const at = now();
    const isCycle = at.getTime() >= due;
    if (isCycle) due = at.getTime() + cycleMs;
    const holder = await watching.claims.claim('watch', process, 3 * cycleMs);
    if (holder !== process) return;
    if (isCycle) return cycle(watching, at);
    const only = await closely(at);
    if (only.size > 0) await glance(watching, only, at);
  }

  /** Until the next cycle or, sooner, the next look at what is watched closely. */
  function restFrom(began: number): number {
    return Math.max(0, Math.min(began + paceMs, due) - now().getTime());
  }

  async function loop() {
    while (!stopped) {
      const began = now().getTime();
      await turn().catch((error) =>
        log.warn(`A monitoring cycle failed: ${error instanceof Error ? error.message : error}`),
      );
      const rest = restFrom(began);
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
