// What a message, a click, a form and a command mean: the doors' side of the wiring.

import type { Switchboard } from './actions/kill.ts';
import { homeOf, surfaceOf } from './at-home.ts';
import type { Notes } from './audit/notes.ts';
import type { Refusals } from './audit/refusals.ts';
import type { Charter } from './charter/charter.ts';
import type { Card } from './chat/card.ts';
import type { Account, Handlers, Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import type { Standings } from './chat/standing.ts';
import { commanded, greeting, isGiven, type Said, say } from './commanded.ts';
import { howToBeKnown } from './home/card.ts';
import type { PersonId } from './ids.ts';
import type { Responder } from './incidents/responder.ts';
import type { Updates } from './incidents/stakeholders.ts';
import type { Drawing } from './monitoring/chart/picture.ts';
import type { Routing } from './monitoring/routing.ts';
import type { People, Person } from './people/people.ts';
import { notKnown, objectionTo } from './people/standing.ts';
import { press, submit } from './pressed.ts';
import type { Reporting } from './scorecards/reporting.ts';
import { cardAt } from './shown.ts';
import type { Site } from './site.ts';
import type { Morning } from './standup/tell.ts';
import type { Log } from './storage.ts';
import type { Team } from './team.ts';
import { keep } from './workers/hear.ts';
import type { Desk } from './workers/tell.ts';

/** What answering needs, without a way to post. */
export interface Core {
  store: Switchboard;
  notes: Notes;
  refusals: Refusals;
  people: People;
  standings: Standings;
  responder: Responder;
  desk: Desk;
  /** Of the worker that speaks for the team, and puts rules forward. */
  charter: Charter;
  team: Team;
  /** The stand-ups. */
  morning: Morning;
  /** Where a changed policy or charter is proposed from. */
  manifestsFolder: string;
  site: Site;
  /** Where signals go. */
  routing: Routing;
  /** Which incidents leaders are told of. */
  updates: Updates;
  /** The chat surfaces that are open, such as slack. */
  surfaces: string[];
  drawing: Drawing;
  /** When managers are told, and what figures are reckoned with. */
  reporting: Reporting;
  /** Days such as 2027-01-01 on which nobody works. */
  holidays: string[];
  /** Where a person alone reads; nowhere when they can be told nothing alone. */
  directPlaces(person: PersonId): string[];
  log: Log;
}

/** What the chat doors call. Each commits before it resolves. */
export function doorHandlers(core: Core): Handlers {
  return {
    heard: async (heard) => {
      // A switch is thrown before anything is kept: it works while the database is down, and twice is once.
      if (throwsSwitch(heard.text)) await commandedBy(core, heard.account, heard.text);
      await keep(core, heard);
    },
    pressed: (pressed) =>
      withPerson(core, pressed.account, pressed.intent, (person) => press(core, pressed.intent, person)),
    submitted: ({ account, intent, answer: text, more }) =>
      withPerson(core, account, intent, (person) => submit(core, intent, person, text, more)),
    commanded: ({ account, text }) =>
      withPerson(core, account, throwsSwitch(text) ? 'kill' : 'command', (person) =>
        commanded(core, person, text, { surface: surfaceOf(account) }),
      ),
    home: (account) => homeOf(core, account),
    current: (at) => cardAt(core, at),
    welcomed: async ({ account, direct }) => welcome(core, account, direct),
    refused: (account, because) => refuse(core, account, because),
  };
}

/** Says who is here and what to do next; to somebody nobody linked, how to be known. */
async function welcome(core: Core, account: Account, direct: boolean): Promise<Reply> {
  const person = core.people.whoIs(account);
  if (direct && !person) return { kind: 'note', text: howToBeKnown(account) };
  return { kind: 'card', card: direct ? await homeOf(core, account) : await greeting(core, person) };
}

/** What a command that somebody gave by a mention comes to, as a card; undefined when the words are none. */
export async function commandedBy(
  core: Core,
  account: Account,
  text: string,
  said?: Said,
): Promise<Card | undefined> {
  const person = core.people.whoIs(account);
  if (!person || !isGiven(core, person, text)) return undefined;
  const tried = throwsSwitch(text) ? 'kill' : 'command';
  const reply = await withPerson(core, account, tried, (one) =>
    commanded(core, one, text, { surface: surfaceOf(account), said }),
  );
  return reply.kind === 'card' ? reply.card : reply.kind === 'note' ? say(core.desk, reply.text) : undefined;
}

/** Lets act whom we know and whom the surface vouches for: the account comes from its envelope, never from a body. */
async function withPerson(
  core: Core,
  account: Account,
  tried: Tried,
  act: (person: Person) => Promise<Reply>,
): Promise<Reply> {
  const person = core.people.whoIs(account);
  const because = person ? await objection(core, account, tried) : notKnown;
  if (person && !because) return act(person);
  await refuse(core, account, because ?? notKnown, tried);
  return { kind: 'note', text: because ?? notKnown };
}

type Tried = Intent | 'command' | 'kill';

/** To stop the workers nobody waits for Slack: a governor we know may, even when Slack cannot vouch for them now. */
async function objection({ standings }: Core, account: Account, tried: Tried): Promise<string | undefined> {
  const standing = await standings.standingOf(account);
  const stops = tried === 'kill' || (typeof tried === 'object' && tried.do === 'kill');
  return stops && standing === 'unknown' ? undefined : objectionTo(standing);
}

function throwsSwitch(text: string): boolean {
  return /^\s*kill\b/i.test(text);
}

function refuse({ refusals }: Core, account: Account, because: string, tried?: Tried): Promise<void> {
  const facts = { account, tried: typeof tried === 'object' ? { ...tried } : (tried ?? 'unreadable') };
  return refusals.attempted({ kind: 'door.refused', by: { roster: 'door' }, facts, because: [because] });
}
