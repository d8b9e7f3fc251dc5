// Governors rate workers: by a command, or from the card of a role review.
import type { Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import type { Core } from './handlers.ts';
import type { Person } from './people/people.ts';
import { rate } from './scorecards/feedback/rate.ts';
import { mostLine } from './scorecards/feedback/vote.ts';

type Rating = Extract<Intent, { do: 'rate' }>;
const usage =
  'Say "/roster rate <worker> <1-5> [a line]", such as "/roster rate rex 4 quick, and tells too much".';

/** What `/roster rate` answers: a sentence. */
export async function rated(core: Core, person: Person, rest: string): Promise<string> {
  const [, name = '', stars = '', words = ''] = /^\s*(\S+)\s+(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  return (await keep(core, person, { name, stars, words })).because;
}

/** What a press of *Rate* opens: for governors alone. */
export function pressRate(core: Core, intent: Rating, person: Person): Reply {
  const because = objection(core, person, intent.worker);
  if (because) return { kind: 'note', text: because };
  const stars = {
    name: 'stars',
    label: 'From 1 to 5',
    hint: '5 is the best.',
    least: 1,
    most: 1,
    line: true as const,
  };
  const line = {
    name: 'line',
    label: 'Why?',
    hint: 'If you like.',
    least: 0,
    most: mostLine,
    line: true as const,
  };
  return {
    kind: 'form',
    form: {
      title: `Rate ${nameOf(core, intent.worker)}`,
      submit: 'Rate',
      intent,
      field: stars,
      more: [line],
    },
  };
}

/** What its form does. */
export async function submitRate(
  core: Core,
  { worker }: Rating,
  person: Person,
  { text, more }: { text: string; more: Record<string, string> },
): Promise<Reply> {
  const kept = await keep(core, person, { name: worker, stars: text.trim(), words: more.line ?? '' });
  return kept.kind === 'kept' ? { kind: 'nothing' } : { kind: 'note', text: kept.because };
}

interface Given {
  name: string;
  stars: string;
  words: string;
}

async function keep(
  core: Core,
  person: Person,
  { name, stars, words }: Given,
): Promise<{ kind: 'kept' | 'refused'; because: string }> {
  const worker = core.team.workers().find((one) => one.worker === name.toLowerCase())?.worker;
  const because = objection(core, person, name);
  if (because || !worker) return { kind: 'refused', because: because ?? usage };
  if (!/^[1-5]$/.test(stars)) return { kind: 'refused', because: `Wanted a number from 1 to 5. ${usage}` };
  const given = { worker, person: person.id, stars: Number(stars), words };
  await rate(core.store, given, core.reporting, core.responder.now());
  const called = nameOf(core, worker);
  return {
    kind: 'kept',
    because: `${called} is rated ${stars} of 5 by you this week; a later rating in this week takes its place.`,
  };
}

function objection({ team }: Core, person: Person, name: string): string | undefined {
  if (!person.roles.includes('governor')) return 'Only a governor can do this: ask one of them.';
  if (name === '') return usage;
  const workers = team.workers().map(({ worker }) => worker as string);
  if (workers.includes(name.toLowerCase())) return undefined;
  return `There is no worker called "${name.slice(0, 40)}": wanted ${workers.join(', ')}.`;
}

function nameOf({ team }: Core, worker: string): string {
  return team.workers().find((one) => one.worker === worker)?.name ?? worker;
}
