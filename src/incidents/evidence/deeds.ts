import type { Action } from '../../actions/action.ts';
import { actionsSince } from '../../actions/read.ts';
import type { Db } from '../../postgres/database.ts';
import { type About, collected, type Found } from './gathered.ts';

const backMs = 24 * 3_600_000;
const most = 4;

/** What workers did on these services and servers in the last day, newest first. */
export function deeds(db: Db, subjects: string[], about: About): Promise<Found<Action>> {
  const { now } = about;
  const range = { from: new Date(now.getTime() - backMs), to: now };
  const query = `actions on ${subjects.join(', ')}`;
  return collected({ ...about, source: 'Changes by workers', query, range }, async () => {
    const all = await actionsSince(db, range.from);
    const items = all
      .filter(
        ({ target, startedAt }) =>
          startedAt && target.split(/[^\w.-]+/).some((one) => subjects.includes(one)),
      )
      .sort((a, b) => (b.startedAt?.getTime() ?? 0) - (a.startedAt?.getTime() ?? 0));
    if (items.length === 0) return { items, found: 'none in the last day', nothing: true };
    const lines = items.slice(0, most).map(({ question, status, startedAt }) => {
      return `${question.what}: ${status}, begun ${startedAt?.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    });
    const more = items.length - lines.length;
    return { items, found: [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('; ') };
  });
}
