// How somebody decides, in chat: told once a month where that person alone reads, and asked for at any time.
import { versionOf } from './charter/charter.ts';
import type { Card } from './chat/card.ts';
import type { View } from './chat/show.ts';
import { say } from './commanded.ts';
import type { Core } from './handlers.ts';
import type { Person } from './people/people.ts';
import { habitsCard } from './scorecards/trust/card.ts';
import { noteOf, ownHabits, switchNotes, tellHabits } from './scorecards/trust/note.ts';

/** Tells what is due, to those who can be told anything alone. */
export function tellTrust(core: Core): Promise<void> {
  const { store, reporting, holidays, charter, directPlaces, responder } = core;
  const by = { worker: charter.worker, charter: versionOf(charter) };
  const reachable = (person: Person['id']) => directPlaces(person).length > 0;
  return tellHabits({ ...{ store, reporting, holidays, by, reachable }, now: responder.now });
}

/** A note where the one it is of can read it, and nowhere else. */
export async function noteViews({ store, reporting, desk, directPlaces }: Core, id: string): Promise<View[]> {
  const habits = await noteOf(store.db, id, reporting);
  if (!habits) return [];
  const card = habitsCard(habits, { by: desk.by, reporting, off: false });
  return directPlaces(habits.person).map((place) => ({ part: 'note', place, card }));
}

/** What `/roster habits` answers: one's own, and only where nobody else reads along. */
export async function habitsTold(
  { store, reporting, desk, responder }: Core,
  { id }: Person,
  { rest, alone }: { rest: string; alone: boolean },
): Promise<Card> {
  const wanted = rest.trim().toLowerCase();
  if (wanted === 'on' || wanted === 'off') {
    await switchNotes(store, id, wanted === 'off', responder.now());
    const once = 'notes on how you decide come to you once a month, when there is something to say.';
    return say(
      desk,
      wanted === 'off' ? 'Notes on how you decide come to you no more.' : `From now on ${once}`,
    );
  }
  if (!alone)
    return say(desk, 'This is told to you alone: say "habits" to me directly, or /roster habits in Slack.');
  const { habits, off } = await ownHabits(store.db, id, reporting, responder.now());
  return habitsCard(habits, { by: desk.by, reporting, off });
}
