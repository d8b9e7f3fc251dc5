// The trial's past beside the running trial: begun once something stands in chat, told how far it is, taken in.
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openCheckpoints } from './audit/checkpoint.ts';
import { isAnyShown } from './chat/show.ts';
import { giveUp, noteDay, reservePast } from './estate/past/progress.ts';
import { takeIn } from './estate/past/take-in.ts';
import type { Subject } from './jobs/job.ts';
import { type Store, save } from './jobs/save.ts';
import type { Log } from './storage.ts';

export const days = 21;
/** How many times something breaks. */
export const times = 24;
export const seed = 20_261_122;
/** Between two lines that are taken in. */
const restMs = 30;
const lookMs = 1_000;

interface Wanted {
  store: Store;
  /** The data folder. */
  folder: string;
  manifests: string;
  now(): Date;
  log: Log;
}

/** Decides which past a new data folder will have. Call it before anything can happen there. */
export async function planPast({ store, now }: Pick<Wanted, 'store' | 'now'>): Promise<boolean> {
  return (await reservePast(store.db, { seed, days, now: now() })) !== undefined;
}

/** Lives through the past and takes it in, in the background. Stopping leaves it for the next start. */
export function startPast(wanted: Wanted): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  const done = live(wanted, stopping.signal, (started) => {
    child = started;
  }).catch((error) => {
    if (!stopping.signal.aborted)
      wanted.log.warn(
        `The last three weeks could not be lived through, the next start tries again: ${error instanceof Error ? error.message : error}`,
      );
  });
  return {
    stop: async () => {
      stopping.abort();
      child?.kill('SIGKILL');
      await done;
    },
  };
}

async function live(
  wanted: Wanted,
  signal: AbortSignal,
  onStart: (child: ChildProcess) => void,
): Promise<void> {
  const { store, folder, log, now } = wanted;
  const planned = await reservePast(store.db, { seed, days, now: now() });
  if (!planned) return;
  const file = join(folder, 'past.jsonl');
  while (!signal.aborted && !(await isAnyShown(store.db, 'incident')))
    await wait(lookMs, undefined, { signal });
  const begun = performance.now();
  if (!existsSync(file)) {
    if (planned.taken > 0) {
      await giveUp(store.db);
      log.warn(`${file} is gone, so the rest of the last three weeks cannot be taken in.`);
      return;
    }
    log.info('The last three weeks are lived through in the background, for figures to have rows to read.');
    const { seed: of, begins, ends } = planned;
    const asked = {
      seed: of,
      from: begins.getTime(),
      to: ends.getTime(),
      times,
      manifests: wanted.manifests,
      file,
    };
    const attempt = () => livedThrough(asked, onStart, (day) => told(wanted, day));
    await attempt().catch(async (error: Error) => {
      if (signal.aborted) throw error;
      log.warn(`The last three weeks are lived through once more, because ${error.message}`);
      await attempt();
    });
  }
  await wait(0, undefined, { signal });
  if ((await takeIn({ db: store.db, site: store.chain, file, restMs, signal })) === 'stopped') return;
  // What was taken in is witnessed once: nothing is added to that chain any more.
  await openCheckpoints({ db: store.db, chain: 'trial-past', folder, now }).take({ anyway: true });
  const seconds = Math.round((performance.now() - begun) / 1_000);
  log.info(`The last three weeks are there: lived through and taken in within ${seconds} s.`);
  await show(store);
}

/** In a process of its own, so that nobody here waits for it. Rejects when it fails. */
function livedThrough(
  asked: object,
  onStart: (child: ChildProcess) => void,
  onDay: (day: number) => Promise<void>,
): Promise<void> {
  return new Promise((done, failed) => {
    const child = fork(new URL('./live-past.ts', import.meta.url), [JSON.stringify(asked)]);
    onStart(child);
    let telling: Promise<unknown> = Promise.resolve();
    child.on('message', ({ day }: { day: number }) => {
      telling = telling.then(() => onDay(day)).catch(() => {});
    });
    child.once('error', failed);
    child.once('exit', (code) =>
      telling.then(() => (code === 0 ? done() : failed(new Error(`its process ended with ${code}.`)))),
    );
  });
}

async function told({ store, log }: Wanted, day: number): Promise<void> {
  await noteDay(store.db, day);
  if (day % 3 === 0) log.info(`Living through the last three weeks: day ${day} of ${days}.`);
  await show(store);
}

function show(store: Store): Promise<void> {
  const subject: Subject = 'past:trial';
  return save(store, async () => ({ result: undefined, entries: [], jobs: [{ name: 'show', subject }] }));
}
