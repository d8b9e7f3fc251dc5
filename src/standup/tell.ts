import { randomUUID } from 'node:crypto';
import type { By } from '../audit/entry.ts';
import type { Charter } from '../charter/charter.ts';
import { type Store, save } from '../jobs/save.ts';
import type { People } from '../people/people.ts';
import { type Cadence, cadencesOf, dueNow, sinceOf } from './due.ts';
import { rowsBetween } from './read.ts';
import { standup } from './standup.ts';
import { insert, lastDay, lastTold, membersToAsk, type Row } from './store.ts';

/** What telling the team's mornings needs. */
export interface Morning {
  store: Store;
  people: Pick<People, 'withRole' | 'find'>;
  /** All who work here; the first speaks for the team. */
  team(): Charter[];
  /** Days without one, as 2026-12-25. */
  holidays: string[];
  by: By;
  /** When they began to work here; undefined: long ago. */
  began(): Promise<Date | undefined>;
  now(): Date;
}

/**
 * Tells the stand-ups that are due now. Safe to call twice, at the same time and after a crash: one row a cadence and
 * day. One that fails keeps no other from being told; then the first failure is thrown, for the job's retry.
 */
export async function tellStandups(morning: Morning): Promise<void> {
  const failed: unknown[] = [];
  for (const cadence of cadencesOf(morning.team()))
    await tell(morning, cadence).catch((error) => void failed.push(error));
  if (failed.length > 0) throw failed[0];
}

async function tell(morning: Morning, cadence: Cadence): Promise<void> {
  const { store, holidays, by } = morning;
  const now = morning.now();
  const toldFor = await lastDay(store.db, cadence);
  const due = dueNow(cadence, { holidays, toldFor, began: await morning.began() }, now);
  if (due.kind === 'nothing') return;
  const row = await told(morning, cadence, { day: due.day, now });
  await save(store, async (tx) => {
    if (!(await insert(tx, row))) return { result: undefined, entries: [], jobs: [] };
    const { id, day, cron, timezone, workers, asked } = row;
    const { since, until, needs } = row.told;
    const counts = { needs: needs.lines.length + needs.more, lines: linesOf(row), asked: asked.length };
    const of = { since: since.toISOString(), until: until.toISOString() };
    return {
      result: undefined,
      entries: [
        { kind: 'standup.told', by, facts: { standup: id, day, cron, timezone, workers, ...of, ...counts } },
      ],
      jobs: [{ name: 'show', subject: `standup:${id}` }],
    };
  });
}

async function told(
  { store: { db }, people, team: teamNow }: Morning,
  cadence: Cadence,
  { day, now }: { day: string; now: Date },
): Promise<Row> {
  const team = teamNow();
  const { workers } = cadence;
  const since = sinceOf(await lastTold(db, workers), now);
  const telling = { title: titleOf(day), workers, team, people, since, until: now };
  const rows = await rowsBetween(db, since, now);
  const [first] = team;
  // People are one team, whatever hours its workers keep: they are asked once a day.
  const asked = first && workers.includes(first.worker) ? await membersToAsk(db, first.worker) : [];
  return {
    ...cadence,
    ...{ id: randomUUID(), day, toldAt: now, told: standup(rows, telling) },
    asked: asked.filter((person) => people.find(person)),
  };
}

function linesOf({ told: { workers, besides } }: Row): number {
  return workers.reduce((sum, { lines, more }) => sum + lines.length + more, besides.lines);
}

const date = new Intl.DateTimeFormat('en-GB', {
  ...{ timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' },
});

/** `2026-11-23` → "Stand-up, Monday 23 November". */
function titleOf(day: string): string {
  return `Stand-up, ${date.format(new Date(`${day}T12:00:00Z`)).replace(',', '')}`;
}
