import type { SignalId } from '../../ids.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { type Expected, isStanding, type Mute, type Silence } from './silence.ts';
import { countVotes, loadOn, loadOpen } from './store.ts';
import { extraSigmas, voteDays } from './vote.ts';

/** The mutes and the calendar as they stand at `now`, oldest first: what `silenced` asks for. */
export async function silences(db: Db | Tx, now: Date): Promise<{ mutes: Mute[]; calendar: Expected[] }> {
  const standing = (await loadOpen(db, now)).filter((one) => isStanding(one, now));
  return {
    mutes: standing.filter((one) => one.kind === 'mute'),
    calendar: standing.filter((one) => one.kind === 'expected'),
  };
}

/** All that people said on one signal, oldest first, ended or not. */
export function saidOn(db: Db | Tx, id: SignalId): Promise<Silence[]> {
  return loadOn(db, id);
}

/** How many σ more each fingerprint takes at `now`, because people had no use for it; those that take none are not in it. */
export async function raisedBars(db: Db | Tx, now: Date): Promise<Map<string, number>> {
  const votes = await countVotes(db, new Date(now.getTime() - voteDays * dayMs));
  return new Map(votes.map(({ fingerprint, people }) => [fingerprint, extraSigmas(people)]));
}

const dayMs = 86_400_000;
