import type { PersonId } from '../ids.ts';
import { type Consequences, type Store, save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { join, leave, load, setSaid } from './store.ts';

/** As much as is kept of what somebody tells. */
const mostWords = 600;

/** Somebody tells theirs with a stand-up, in place of what they told before. Within a transaction of the caller's. */
export async function tellTheirs(
  tx: Tx,
  { standup, person, words: given, now }: { standup: string; person: PersonId; words: string; now: Date },
): Promise<{ result: string } & Consequences> {
  const words = given
    .trim()
    .replace(/\s*\n\s*/g, ' · ')
    .slice(0, mostWords)
    .toWellFormed();
  if (words === '') return { result: 'Say it after "mine:", in a few words.', entries: [], jobs: [] };
  if (!(await load(tx, standup)))
    return { result: 'This stand-up is not kept any more: tell yours with the next.', entries: [], jobs: [] };
  await setSaid(tx, standup, { person, words, at: now });
  return {
    result: 'It stands in the stand-up. Tell it again and it takes its place.',
    entries: [{ kind: 'standup.said', by: { person }, facts: { standup }, words: { said: words } }],
    jobs: [{ name: 'show', subject: `standup:${standup}` }],
  };
}

/** Somebody wants to be asked for theirs, or no more; the answer is a sentence. Safe to call twice. */
export function setMember(
  store: Store,
  person: PersonId,
  wants: 'join' | 'leave',
  now: Date,
): Promise<string> {
  return save(store, async (tx) => {
    const changed = wants === 'join' ? await join(tx, person, now) : await leave(tx, person);
    const kind = wants === 'join' ? ('standup.joined' as const) : ('standup.left' as const);
    return {
      result: says[wants],
      entries: changed ? [{ kind, by: { person } }] : [],
      jobs: [],
    };
  });
}

const says = {
  join: 'You are asked for yours in the next stand-up, in one line, when you have not told it with the one before. "/roster standup leave" ends that.',
  leave: 'You are not asked for yours. You can tell it all the same: reply "mine: …" to a stand-up.',
};
