import type { Charter } from '../charter/charter.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { Period } from '../scorecards/facts.ts';
import type { Given } from '../scorecards/kpi.ts';
import type { Foundation } from '../scorecards/maturity.ts';
import { factsOf } from '../scorecards/read.ts';
import { notesTold } from '../scorecards/trust/note.ts';
import { type Digest, periodBefore, type Written, weeksUntil, write } from './digest.ts';
import { insert, load } from './store.ts';

/** The digest that was told on a local day such as 2026-11-23. */
export function digestOf(db: Db, day: string): Promise<Digest | undefined> {
  return load(db, day);
}

interface Asked extends Given {
  day: string;
  period: Period;
  charters: Charter[];
  foundation: Foundation;
}

/** What a digest would say of a period, read from the rows as they are now. */
export async function writtenOf(db: Db, { day, period, charters, ...given }: Asked): Promise<Written> {
  const weeks = weeksUntil(period, given.reporting);
  const earliest = [...weeks, periodBefore(period, weeks)].map(({ from }) => from.getTime());
  const since = new Date(Math.min(...earliest));
  const written = write({ ...given, day, period, charters, facts: await factsOf(db, period, since) });
  const habitsTold = await notesTold(db, period);
  return { ...written, ...(habitsTold && { habitsTold }) };
}

/** Keeps what a digest says, as it is told; false when that day has one. */
export function keepDigest(tx: Tx, written: Written, picture: Digest['picture'], at: Date): Promise<boolean> {
  return insert(tx, written, picture, at);
}
