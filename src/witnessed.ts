// The witness: checkpoints of the audit chain as they become due, into a file and, once an hour, into a channel.
import { type Checkpoint, openCheckpoints } from './audit/checkpoint.ts';
import { type Store, save } from './jobs/save.ts';
import type { Log } from './storage.ts';

const lookEveryMs = 1_000;

interface Witnessing {
  store: Store;
  /** The data folder. */
  folder: string;
  now(): Date;
  log: Log;
}

/** Looks every second whether a checkpoint is due, until stopped. A failure is said and tried again. */
export function startWitness({ store, folder, now, log }: Witnessing): { stop(): Promise<void> } {
  const checkpoints = openCheckpoints({ db: store.db, chain: store.chain, folder, now });
  let hour = -1;
  let turn = Promise.resolve();

  async function look() {
    const taken = await checkpoints.take();
    if (!taken) return;
    if (taken.contradicts)
      log.error(
        `The audit chain no longer holds what the checkpoint at entry ${taken.contradicts} witnessed: somebody rewrote it.`,
      );
    const thisHour = Math.floor(now().getTime() / 3_600_000);
    if (thisHour === hour && !taken.contradicts) return;
    hour = thisHour;
    await post(store, taken);
  }

  const timer = setInterval(() => {
    turn = turn
      .then(look)
      .catch((error) =>
        log.warn(`No audit checkpoint could be taken: ${error instanceof Error ? error.message : error}`),
      );
  }, lookEveryMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await turn;
      // Nothing that was recorded stays unwitnessed for as long as the app is down.
      await checkpoints.take({ anyway: true });
    },
  };
}

function post(store: Store, { seq }: Checkpoint): Promise<void> {
  return save(store, async () => ({
    result: undefined,
    entries: [],
    jobs: [{ name: 'show', subject: `checkpoint:${seq}` }],
  }));
}
