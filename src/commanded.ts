// What `/roster` and its words mean: the reading commands, and those that govern.

import { closeBreaker, halfOpenBreaker } from './actions/breaker.ts';
import { type Known, kill, kills, type Switched, scopeOf, unkill, unknownScope } from './actions/kill.ts';
import { reads } from './actions/may-read.ts';
import { proposeChanged } from './adopting.ts';
import { openApprovals } from './approvals/read.ts';
import { homeFor } from './at-home.ts';
import type { Card } from './chat/card.ts';
import type { Reply } from './chat/door.ts';
import { watch } from './closely.ts';
import { declaredCard, declareForm } from './declared.ts';
import { type Asker, asked } from './deed-asked.ts';
import { dryRunTold } from './dry-run.ts';
import type { Core } from './handlers.ts';
import { readProposed } from './manifests.ts';
import { standupAsked } from './morning.ts';
import type { Person } from './people/people.ts';
import { reports } from './reported.ts';
import { mutesTold, unmuted } from './signalled.ts';
import { type Command, command, commands, introduction, isCommand } from './workers/command.ts';
import type { Desk } from './workers/tell.ts';
import { Refused } from './written.ts';

/** What each word does besides those that only read; the app for Teams lists them too, in manifests/teams. */
export const does = {
  home: 'what waits for you, what the workers do and did for you',
  fleet: '[a worker] what each is doing and why, its health, cost and queue',
  habits: '[on or off] how you decide, for you alone, and whether a note comes once a month',
  review: '<worker> [now] how a worker did in the last quarter, and what is proposed for its role',
  rate: '<worker> <1-5> [a line] how good a worker is, by a governor, once a week',
  digest: '[now] the last week on one page, or what is known of this one',
  scorecard: '<worker> its figures of the last four weeks, beside its targets',
  calibration: 'how sure workers said they were, beside how often they were right',
  maturity: 'which level this site is on, and what is missing for the next',
  declare: '[<service> <what is wrong>] open an incident by hand',
  mutes: 'what is muted or expected, by whom and until when',
  unmute: '<number> let it be told again',
  watch:
    '[<server or service> [minutes or off]] look at it six times as often, for an hour unless said otherwise',
  runbook: '[name, and a server or service] what its steps would do there, nothing is run',
  kill: '[all, a worker or a tool] stop at once',
  unkill: '[all, a worker or a tool] let work again',
  kills: 'which kill switches are thrown',
  breaker: '<tool> [half] close its circuit breaker, or let one through that decides',
  adopt: '[policy or a worker] propose what changed in manifests/: the policy and the charters',
  ask: '<worker> <tool> name=value … ask a worker for a deed',
};

/** A message in which a command stood. */
export interface Said {
  /** What is asked for under the same id is asked for once. */
  id: string;
  /** Nobody but the one who said it reads the answer. */
  direct: boolean;
}

/** Where a command comes from: the surface, such as `slack`, that links lead to, and the message it stands in, if it stands in one. */
interface From {
  surface: string;
  said?: Said | undefined;
}

/** Answers a command to the one who gave it: to them alone where it was typed, else where it was said. */
export async function commanded(core: Core, person: Person, text: string, from: From): Promise<Reply> {
  const known = knownBy(core, person, from);
  const { desk, notes } = core;
  // A form opens only where a command was typed: a message has nothing to open it with.
  if (from.said === undefined && /^\s*declare\s*$/i.test(text)) {
    await notes.note({ kind: 'command.answered', by: { person: person.id }, facts: { command: 'declare' } });
    return { kind: 'form', form: declareForm };
  }
  return { kind: 'card', card: await command(desk, known, text, { notes, by: { person: person.id } }) };
}

/** Whether the words of a mention are a command. */
export function isGiven(core: Core, person: Person, text: string): boolean {
  return isCommand(knownBy(core, person, { surface: '' }), text);
}

function knownBy(core: Core, person: Person, { surface, said: message }: From): Command[] {
  const request = message?.id;
  const said = (own: Own): Command => ({ ...own, says: does[own.word] });
  const first = said({ word: 'home', answer: () => homeFor(core, person, surface) });
  const own = [
    ...declaring(core, person, request),
    ...reports(core, person, { surface, said: message }),
    ...quieting(core, person),
    ...watching(core, person),
    ...governing(core, person, request),
  ];
  const common = commands.map((one) => (one.word === 'standup' ? standup(core, person, one) : one));
  return [first, ...common, ...own.map(said), ...core.site.commands];
}

export type Own = Omit<Command, 'says'> & { word: keyof typeof does };

/** The first card a channel sees: what Roster is, what waits for a decision, and every word it knows. */
export async function greeting(core: Core, person: Person | undefined): Promise<Card> {
  const { desk, store } = core;
  const known = person ? knownBy(core, person, { surface: '' }) : [...commands, ...core.site.commands];
  const waiting = (await openApprovals(store.db)).map(({ question }) => question.what);
  return introduction(desk, known, waiting);
}

function standup(core: Core, person: Person, common: Command): Command {
  const answer: Command['answer'] = async (desk, rest) => {
    const told = await standupAsked(core, person, rest);
    return typeof told === 'string' ? say(desk, told) : told;
  };
  return { ...common, answer };
}

/** What is broken, by a person's word: everybody may say it. */
function declaring(core: Core, { id: person }: Person, request: string | undefined): Own[] {
  return [{ word: 'declare', answer: (_, rest) => declaredCard(core, { person, request }, rest) }];
}

/** What is kept from being told: everybody may see it. */
function quieting(core: Core, person: Person): Own[] {
  return [
    { word: 'runbook', answer: (_, rest) => dryRunTold(core, rest) },
    { word: 'mutes', answer: () => mutesTold(core) },
    { word: 'unmute', answer: async (desk, rest) => say(desk, await unmuted(core, rest, person)) },
  ];
}

/** What is watched closely: everybody may see it. */
function watching(core: Core, person: Person): Own[] {
  return [{ word: 'watch', answer: async (desk, rest) => say(desk, await watch(core, person, rest)) }];
}

/** What stops, starts and asks: all but *ask* are for governors. */
function governing(core: Core, person: Person, request: string | undefined): Own[] {
  const { store } = core;
  const governor = (act: (rest: string) => Promise<string>) => async (desk: Desk, rest: string) => {
    const may = person.roles.includes('governor');
    return say(desk, may ? await act(rest) : 'Only a governor can do this: ask one of them.');
  };
  const onScope =
    (act: (scope: NonNullable<ReturnType<typeof scopeOf>>) => Promise<Switched>) => async (rest: string) => {
      const known = knownTo(core);
      const scope = scopeOf(rest, known);
      return scope ? (await act(scope)).because : unknownScope(rest, known);
    };
  return [
    {
      word: 'kill',
      first: true,
      answer: governor(onScope((scope) => kill(store, scope, person.id))),
    },
    {
      word: 'unkill',
      answer: governor(onScope((scope) => unkill(store, scope, person.id))),
    },
    {
      word: 'kills',
      answer: async (desk) => say(desk, await thrown(core)),
    },
    {
      word: 'breaker',
      answer: governor((rest) => closing(core, person, rest)),
    },
    {
      word: 'adopt',
      answer: governor((rest) => adopting(core, rest, { person: person.id, request })),
    },
    {
      word: 'ask',
      answer: async (desk, rest) => say(desk, await asked(core, rest, { person: person.id, request })),
    },
  ];
}

function knownTo({ team, responder }: Core): Known {
  return {
    workers: team.workers().map(({ worker }) => worker as string),
    tools: [...responder.gateway.tools.map(({ name }) => name), ...reads],
  };
}

async function thrown({ store }: Core): Promise<string> {
  const all = await kills(store.db);
  if (all.length === 0) return 'No kill switch is thrown.';
  return all
    .map(({ scope, at }) => `${scope}, since ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`)
    .join('; ');
}

async function adopting(core: Core, rest: string, by: Asker): Promise<string> {
  const { responder, charter, manifestsFolder } = core;
  try {
    return await proposeChanged(
      responder.gateway,
      readProposed(manifestsFolder),
      { worker: charter.worker, ...by },
      rest,
    );
  } catch (error) {
    if (error instanceof Refused) return error.because.join(' ');
    throw error;
  }
}

async function closing(core: Core, person: Person, rest: string): Promise<string> {
  const [tool = '', how] = rest.trim().split(/\s+/);
  if (!knownTo(core).tools.includes(tool)) return `There is no tool called "${tool.slice(0, 40)}".`;
  // Of every worker whose charter names it.
  const having = core.team
    .workers()
    .filter(({ authority }) => Object.values(authority).flat().includes(tool));
  if (how === 'half') {
    for (const { worker } of having) await halfOpenBreaker(core.store, { worker, tool }, person.id);
    return `The circuit breaker of ${tool} is half open: the next one decides, success closes it and failure opens it again.`;
  }
  if (how !== undefined) return `Say "/roster breaker ${tool}" to close it, or "… half" to let one through.`;
  for (const { worker } of having) await closeBreaker(core.store, { worker, tool }, person.id);
  return `The circuit breaker of ${tool} is closed: what failed before no longer counts.`;
}

/** A sentence as a card; its title is all of it when it is short. */
export function say({ by }: Pick<Desk, 'by'>, text: string): Card {
  return {
    by,
    tone: 'neutral',
    title: text.slice(0, 140),
    blocks: text.length > 140 ? [{ kind: 'text', text }] : [],
    fallback: text,
  };
}
