// The team's morning on this site: who is told of, where it stands, what it is so far.
import { recordBegan } from './audit/began.ts';
import type { Charter } from './charter/charter.ts';
import { versionOf } from './charter/charter.ts';
import type { Card } from './chat/card.ts';
import type { View } from './chat/show.ts';
import type { Core } from './handlers.ts';
import type { Store } from './jobs/save.ts';
import type { Calendar } from './monitoring/calendar.ts';
import type { People, Person, Places } from './people/people.ts';
import { setMember } from './standup/people.ts';
import { type Standing, standupSoFar, toldCard } from './standup/read.ts';
import type { Morning } from './standup/tell.ts';
import type { Team } from './team.ts';

interface Parts {
  store: Store;
  people: People;
  team: Team;
  /** Of the worker that speaks for the team. */
  charter: Charter;
  calendar: Calendar;
  now(): Date;
}

/** What telling the stand-ups needs on this site. */
export function morningOf({ store, people, team, charter: voice, calendar, now }: Parts): Morning {
  return {
    ...{ store, people, now },
    by: { worker: voice.worker, charter: versionOf(voice) },
    began: () => recordBegan(store.db, store.chain),
    holidays: calendar.holidays.map(({ date }) => date),
    team: () => {
      const all = team.workers();
      const first = all.filter(({ worker }) => worker === voice.worker);
      return [...first, ...all.filter((one) => !first.includes(one))];
    },
  };
}

/** A stand-up that was told, in the team's places. */
export async function standupViews({ store, desk, site }: Core, id: string): Promise<View[]> {
  const views: View[] = [];
  for (const place of site.places.ops) {
    const card = await toldCard({ db: store.db, by: desk.by }, id, standingIn(site.places, place));
    if (card) views.push({ part: 'standup', place, card });
  }
  return views;
}

/** What it would tell now, with links that lead to the surface of `place`, such as `slack:C01OPS` or `slack:`. */
export function soFar(
  { store, people, team, now }: Morning,
  by: Card['by'],
  places: Places,
  place: string | undefined,
): Promise<Card> {
  const there = onSurface(places.ops, place ?? '') ?? places.ops[0];
  const standing = there === undefined ? undefined : standingIn(places, there);
  return standupSoFar({ db: store.db, people, team: team(), by, now: now() }, standing);
}

/** The stand-up so far; `join` and `leave` say whether one wants to be asked for one's own, answered by a sentence. */
export async function standupAsked(
  core: Core,
  { id, accounts }: Person,
  words: string,
): Promise<Card | string> {
  const { store, desk, responder, morning, site } = core;
  const wants = words.trim().toLowerCase();
  if (wants === '') return soFar(morning, desk.by, site.places, accounts[0]);
  if (wants === 'join' || wants === 'leave') return setMember(store, id, wants, responder.now());
  return 'Say "standup" for what it is so far, "standup join" to be asked for yours, or "standup leave".';
}

function standingIn(places: Places, place: string): Standing {
  return { place, questions: onSurface(places.approvals, place) };
}

/** Of these places the one on the same surface: a link leads nobody to a surface they are not on. */
function onSurface(places: string[], place: string): string | undefined {
  const [surface = ''] = place.split(':');
  return places.find((one) => one.startsWith(`${surface}:`));
}
