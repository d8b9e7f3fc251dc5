import type { Db } from '../../postgres/database.ts';
import type { List } from './hold.ts';
import { loadList } from './store.ts';

/** What one list tells of, as it stands now; undefined when there is none of that id. */
export function heldList(db: Db, id: string): Promise<List | undefined> {
  return loadList(db, id);
}
