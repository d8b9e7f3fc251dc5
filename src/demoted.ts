// What a worker does alone and is not right with often enough: named, and put forward to be asked for from then on.
import { proposeHeld } from './adopting.ts';
import { charterHeld, charterInForce, compare } from './charter/force.ts';
import type { Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import type { Core } from './handlers.ts';
import type { Person } from './people/people.ts';
import { saidIn } from './scorecards/read.ts';
import { type Said, type Unearned, unearned } from './scorecards/reliability.ts';
import { changedBy } from './scorecards/review/change.ts';

const yearMs = 365 * 86_400_000;

/** What was said and came of it in the last year. */
export function saidLately({ store, responder }: Core): Promise<Said[]> {
  const now = responder.now();
  return saidIn(store.db, { from: new Date(now.getTime() - yearMs), to: now });
}

/** The tools that workers run alone now, and of which fewer were right in the last year than their band stands for. */
export async function unearnedNow(core: Core): Promise<Unearned[]> {
  return unearnedOf(core, await saidLately(core));
}

/** The same of what was read already. */
export function unearnedOf({ responder, reporting, team }: Core, all: Said[]): Unearned[] {
  const charters = team.workers();
  return unearned(all, responder.gateway.policy, reporting.minimum.outcomes).filter(({ worker, tool }) => {
    const { autonomous = [], notify = [] } = charters.find((one) => one.worker === worker)?.authority ?? {};
    return [...autonomous, ...notify].includes(tool);
  });
}

/** What a press of *Let it ask* does: the narrower charter goes the way of every adoption, and somebody else approves it. */
export async function letItAsk(
  core: Core,
  { worker, tool }: Extract<Intent, { do: 'let-it-ask' }>,
  person: Person,
): Promise<Reply> {
  const note = (text: string): Reply => ({ kind: 'note', text });
  if (!person.roles.includes('governor')) return note('Only a governor can do this: ask one of them.');
  const { store, responder, charter: voice } = core;
  const charter = await charterInForce(store.db, worker);
  const found = (await unearnedNow(core)).find((one) => one.worker === worker && one.tool === tool);
  const from = (['autonomous', 'notify'] as const).find((list) => charter?.authority[list].includes(tool));
  if (!charter || !found || !from)
    return note(`${tool} is run alone no more, or is right often enough meanwhile: nothing is put forward.`);
  const held = charterHeld(changedBy(charter, [{ tool, from, to: 'ask' }]));
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const why = `${charter.name} ran ${tool} alone and was right ${percent(found.right)} of ${found.of} times, below the ${percent(found.bar)} that its band stands for.`;
  const request = `let ${worker} ask for ${tool}, version ${charter.version}`;
  const by = { worker: voice.worker, person: person.id, request };
  return note(await proposeHeld(responder.gateway, held, await compare(store.db, held), by, why));
}
