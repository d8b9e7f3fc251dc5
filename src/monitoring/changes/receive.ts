import type { By, Entry } from '../../audit/entry.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { type Store, save } from '../../jobs/save.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import type { ToldChange } from '../../systems/change.ts';
import { type Change, changeOf } from './change.ts';
import { keep, loadOf, loadSince } from './store.ts';

const by: By = { roster: 'changes' };

/** Keeps the changes that are not known yet, in one transaction; returns how many those are. */
export function receiveChanges(
  store: Store,
  told: ToldChange[],
  inventory: Inventory,
  now: Date,
): Promise<number> {
  return save(store, async (tx) => {
    const entries: Entry[] = [];
    // In one order everywhere: two deliveries at once wait for each other and never both for both.
    for (const one of told.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
      const change = changeOf(one, inventory, now);
      if (await keep(tx, one.key, change)) entries.push(entryOf(change));
    }
    return { result: entries.length, entries, jobs: [] };
  });
}

/** The changes that may have touched a service since then, newest first. */
export function changesOf(db: Db | Tx, service: string, since: Date): Promise<Change[]> {
  return loadOf(db, service, since);
}

/** All changes since then, newest first, also those that touch no service of the inventory. */
export function changesSince(db: Db | Tx, since: Date): Promise<Change[]> {
  return loadSince(db, since);
}

function entryOf({ what, outcome, subject, services, environment, version, at }: Change): Entry {
  const [service] = services;
  const because = ['It is not known to touch any service of the inventory.'];
  return {
    kind: 'change.told',
    by,
    ...(services.length === 1 && { about: { service } }),
    facts: { what, outcome, at: at.toISOString(), services: services.length },
    words: { subject, ...(environment && { environment }), ...(version && { version }) },
    ...(services.length === 0 && { because }),
  };
}
