import type { PersonId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { server as findServer, type Inventory, serversOf } from './inventory.ts';
import { named } from './near.ts';
import { endWatched, loadWatched, putWatched, type Watched } from './store.ts';

/** For how long somebody wants something watched closely, in minutes; 0 ends it. */
export interface Wish {
  /** A server's or service's id, or a service's name. */
  name: string;
  minutes: number;
}

/** Without a time it is for an hour. */
const usualMinutes = 60;
const mostMinutes = 24 * 60;

/** What "db-01 closely for 30 minutes", "db-01 30" or "db-01 off" wishes. Pure. */
export function wishIn(words: string): Wish {
  const [, name = '', number, off] =
    /^(.*?)(?:\s+closely)?(?:\s+(?:for\s+)?(\d{1,9})\s*(?:m|min|minutes?)?|\s+(off))?$/i.exec(words.trim()) ??
    [];
  return { name: name.trim(), minutes: off ? 0 : number === undefined ? usualMinutes : Number(number) };
}

interface Asked {
  store: Store;
  inventory: Inventory;
  person: PersonId;
  why: string;
  now: Date;
}

/**
 * Has something watched closely for a while, or no longer; the answer is a sentence for who asked. Asked again, the
 * new time counts. Safe to call twice.
 */
export async function watchClosely(asked: Asked, { name, minutes }: Wish): Promise<string> {
  const { store, inventory, person, why, now } = asked;
  const found = named(inventory, name);
  if (found.kind === 'unknown')
    return `There is no server or service called "${name.slice(0, 40)}": did you mean ${found.near.join(', ')}?`;
  if (minutes > mostMinutes)
    return `That is longer than a day (${mostMinutes} minutes): ask again when it is over. Nothing was changed.`;
  const { id } = found;
  const kind = findServer(inventory, id) ? 'server' : 'service';
  const about = { [kind]: id };
  const until = new Date(now.getTime() + minutes * 60_000);
  return save(store, async (tx) => {
    if (minutes === 0) {
      const ended = await endWatched(tx, `${kind}:${id}`, now);
      return {
        result: ended ? `${id} is watched as usual again.` : `Nobody asked to have ${id} watched closely.`,
        entries: ended ? [{ kind: 'watch.ended', by: { person }, about }] : [],
        jobs: [],
      };
    }
    await putWatched(tx, { subject: `${kind}:${id}`, until, why, person }, now);
    const facts = { until: until.toISOString(), minutes };
    return {
      result: `${id} is watched closely for ${minutes} minutes: its signals come sooner. "/roster watch ${id} off" ends it.`,
      entries: [{ kind: 'watch.asked', by: { person }, about, facts }],
      jobs: [],
    };
  });
}

/** What people asked to have watched closely at `now`. */
export function wishes(db: Db | Tx, now: Date): Promise<Watched[]> {
  return loadWatched(db, now);
}

/** What is looked at where something is watched: itself, and of a service the servers it runs on. Pure. */
export function withServers(inventory: Inventory, subject: string): string[] {
  const [kind, id = ''] = subject.split(/:(.*)/s);
  const servers = kind === 'service' ? serversOf(inventory, id) : [];
  return [subject, ...servers.map((one) => `server:${one.id}`)];
}
