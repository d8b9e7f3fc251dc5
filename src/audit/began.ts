import type { ActionId } from '../ids.ts';
import type { Db } from '../postgres/database.ts';
import type { Chain } from './record.ts';
import { firstAt, newestWith } from './store.ts';

/** Where the audit says that an action began to run: the entry's number and its hash (hex). */
export async function beganAt(
  db: Db,
  chain: Chain,
  action: ActionId,
): Promise<{ seq: number; hash: string } | undefined> {
  const found = await newestWith(db, chain, { kind: 'action.running', word: action });
  return found && { seq: found.seq, hash: Buffer.from(found.hash).toString('hex') };
}

/** When the site's record begins; undefined while nothing is in it. */
export function recordBegan(db: Db, chain: Chain): Promise<Date | undefined> {
  return firstAt(db, chain);
}
