import type { WorkerId } from '../ids.ts';
import type { Db } from '../postgres/database.ts';
import type { Kind } from './entry.ts';
import { firstOfEachChain, newestByWorker, textsOfKinds } from './store.ts';
import { type Told, told } from './told.ts';

/** The entries of these kinds, of every chain, from `from` until before `to`, in order; a trial's past by when it was lived. */
export async function noted(db: Db, kinds: Kind[], { from, to }: { from: Date; to: Date }): Promise<Told[]> {
  const texts = await textsOfKinds(db, kinds, micros(from), micros(to));
  // A quoted word may look like a kind.
  const all = texts.map(dated).filter(({ entry }) => (kinds as string[]).includes(entry.kind));
  const within = all.filter(({ at }) => Date.parse(at) >= from.getTime() && Date.parse(at) < to.getTime());
  return within.toSorted((a, b) => a.seq - b.seq);
}

function dated(text: string): Told {
  const entry = told(text);
  return { ...entry, at: entry.entry.lived ?? entry.at };
}

/** As the entries write it: UTC with microseconds. */
function micros(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}

/** When the first entry of any chain was written; undefined while there is none. */
export async function firstNoted(db: Db): Promise<Date | undefined> {
  const texts = await firstOfEachChain(db);
  const times = texts.map((text) => new Date(dated(text).at));
  return times.length > 0 ? new Date(Math.min(...times.map((at) => at.getTime()))) : undefined;
}

/** Further back nobody looks for a sign of life: it would take longer the longer there is none. */
const newestEntries = 5_000;

/** The newest entry of each worker, and its newest that tells of a cycle, among the newest 5,000. */
export async function signsOfLife(db: Db): Promise<{ worker: WorkerId; at: Date; cycle: boolean }[]> {
  const signs = await newestByWorker(db, newestEntries);
  return signs.map(({ worker, at, cycle }) => ({ worker: worker as WorkerId, at: new Date(at), cycle }));
}
