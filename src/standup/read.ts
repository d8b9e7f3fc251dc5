import { actionsSince } from '../actions/read.ts';
import { openApprovals } from '../approvals/read.ts';
import type { Byline, Card } from '../chat/card.ts';
import { lateTasks } from '../incidents/post-mortem/read.ts';
import { incidentsSince } from '../incidents/read.ts';
import type { Db } from '../postgres/database.ts';
import { standup, standupCard } from './standup.ts';

const dayMs = 86_400_000;

/** The stand-up of the day before `now`, as a card; a Monday's tells of the weekend too. */
export async function standupAt(db: Db, by: Byline, now: Date): Promise<Card> {
  const days = now.getUTCDay() === 1 ? 3 : 1;
  const since = new Date(now.getTime() - days * dayMs);
  const [incidents, actions, approvals, late] = await Promise.all([
    incidentsSince(db, since),
    actionsSince(db, since),
    openApprovals(db),
    lateTasks(db, now),
  ]);
  return standupCard(standup({ incidents, actions, approvals, late, since }), by);
}
