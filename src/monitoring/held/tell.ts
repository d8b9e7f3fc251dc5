import { randomUUID } from 'node:crypto';
import type { By, Entry } from '../../audit/entry.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Job } from '../../jobs/job.ts';
import { type Store, save } from '../../jobs/save.ts';
import type { Tx } from '../../postgres/database.ts';
import type { Routing } from '../routing.ts';
import { silences } from '../silences/read.ts';
import { type Holding, holdOn, type List, listsDue } from './hold.ts';
import { lockWaiting, release, setListed } from './store.ts';

export interface Telling {
  store: Store;
  by: By;
  inventory: Inventory;
  routing: Routing;
  now(): Date;
}

/**
 * Lists what was held back by windows and quiet hours that are over, each signal once, and lets what is still on and
 * held by nothing else be told by itself. Safe to call twice, at the same time, and after a crash: which list tells of
 * a signal is written in the same transaction.
 */
export function tellHeld({ store, by, inventory, routing, now }: Telling): Promise<void> {
  return save(store, async (tx) => {
    const waiting = await lockWaiting(tx);
    const at = now();
    const lists = listsDue(waiting, { inventory, routing }, at);
    if (lists.length === 0) return { result: undefined, entries: [], jobs: [] };
    const holding = { inventory, routing, ...(await silences(tx, at)) };
    const told: { entries: Entry[]; jobs: Job[] }[] = [];
    for (const list of lists) told.push(await tell(tx, list, { by, holding, at }));
    return {
      result: undefined,
      entries: told.flatMap(({ entries }) => entries),
      jobs: told.flatMap(({ jobs }) => jobs),
    };
  });
}

async function tell(
  tx: Tx,
  { cause, whose, signals }: List,
  { by, holding, at }: { by: By; holding: Holding; at: Date },
): Promise<{ entries: Entry[]; jobs: Job[] }> {
  const list = `list-${randomUUID()}`;
  await setListed(
    tx,
    signals.map(({ id }) => id),
    list,
  );
  const free = signals.filter((one) => holdOn(one, holding, at) === undefined);
  const shown = await release(
    tx,
    free.map(({ id }) => id),
  );
  const entries = signals.map(({ id, service, server }): Entry => {
    const about = { signal: id, service, server: server ?? undefined };
    return { kind: 'signal.listed', by, about, facts: { list, cause, whose, shown: shown.includes(id) } };
  });
  // What a window held was not looked around yet; what was is left as it is.
  const alone = shown.flatMap((signal): Job[] => [
    { name: 'show', subject: `signal:${signal}` },
    { name: 'enrich-signal', signal },
  ]);
  return { entries, jobs: [{ name: 'show', subject: `held:${list}` }, ...alone] };
}
