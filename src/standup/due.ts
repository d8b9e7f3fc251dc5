// The stand-up: the team's morning. What the workers did, do next, are blocked by and need, from recorded rows; what
// people tell of theirs beside it. Not an opinion, not a plan made up for the occasion, and no question nobody wanted.
import type { Charter } from '../charter/charter.ts';
import type { WorkerId } from '../ids.ts';
import { dayIn, occasion, type Recurring } from '../jobs/occasion.ts';

/** Workers that are told of at the same time, in one post. */
export interface Cadence extends Recurring {
  workers: WorkerId[];
}

/** The cadences that these charters say, each once, in the order of the charters. Pure. */
export function cadencesOf(charters: Charter[]): Cadence[] {
  const found: Cadence[] = [];
  for (const { worker, cadence } of charters) {
    const { timezone } = cadence.standup;
    const cron = cadence.standup.cron.trim().replace(/\s+/g, ' ');
    const same = found.find((one) => one.cron === cron && one.timezone === timezone);
    if (same) same.workers.push(worker);
    else found.push({ cron, timezone, workers: [worker] });
  }
  return found;
}

export type Due = { kind: 'due'; day: string } | { kind: 'nothing'; because: string };

/**
 * Whether a stand-up is to be told now: an occasion of the local day has passed since the team `began` to work here, the
 * day is no holiday, and none was told for it; `toldFor` is the last day that one was told for. A day that is over is
 * left out. Pure.
 */
export function dueNow(
  recurring: Recurring,
  {
    holidays,
    toldFor,
    began,
  }: { holidays: string[]; toldFor?: string | undefined; began?: Date | undefined },
  now: Date,
): Due {
  const { at, day } = occasion(recurring, now);
  const { timezone } = recurring;
  if (dayIn(timezone, at) !== dayIn(timezone, now))
    return { kind: 'nothing', because: 'There is none today, or not yet.' };
  if (began !== undefined && at < began)
    return { kind: 'nothing', because: 'Nobody worked here yet when it was time.' };
  if (holidays.includes(day)) return { kind: 'nothing', because: `${day} is a holiday.` };
  if (toldFor !== undefined && toldFor >= day)
    return { kind: 'nothing', because: `The one of ${day} was told.` };
  return { kind: 'due', day };
}

const mostDays = 7;

/** From when on a stand-up tells: since the last one, at most seven days. Pure. */
export function sinceOf(last: Date | undefined, now: Date): Date {
  const most = new Date(now.getTime() - mostDays * 86_400_000);
  return last && last > most ? last : most;
}
