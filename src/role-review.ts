// Role reviews in chat and on the command line: told once a quarter where leaders read, asked for at any time, put forward.
import { z } from 'zod';
import { proposeHeld } from './adopting.ts';
import { firstNoted } from './audit/noted.ts';
import { type Charter, versionOf } from './charter/charter.ts';
import { charterHeld, charterInForce, chartersInForce, compare } from './charter/force.ts';
import type { Card } from './chat/card.ts';
import type { Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import type { View } from './chat/show.ts';
import { say } from './commanded.ts';
import { rehearsalOf } from './dry-run.ts';
import type { Core } from './handlers.ts';
import type { WorkerId } from './ids.ts';
import type { Manifests } from './manifests.ts';
import { holidaysOf } from './monitoring/calendar.ts';
import type { Answer, Place } from './operator.ts';
import type { Person } from './people/people.ts';
import type { Db } from './postgres/database.ts';
import { proposals, reviewCard } from './scorecards/review/card.ts';
import { changedBy, misfit } from './scorecards/review/change.ts';
import { keptReview, type Reviewer, reviewsOf, wordsOf } from './scorecards/review/read.ts';
import {
  type Quarter,
  quarterDue,
  quarterNamed,
  quarterOf,
  type Words,
  type Written,
} from './scorecards/review/review.ts';
import { tellReviewsDue } from './scorecards/review/tell.ts';

/** Writes and tells the reviews of the quarter that is over, once each. */
export async function tellReviews(core: Core): Promise<void> {
  const { store, reporting, holidays, charter, responder } = core;
  const by = { worker: charter.worker, charter: versionOf(charter) };
  await tellReviewsDue({
    ...{ store, reporting, holidays, by, now: responder.now },
    write: async (quarter) => reviewsOf(store.db, reviewerOf(core), await chartersInForce(store.db), quarter),
  });
}

/** A review where leaders read; of `rex:2026-Q3` Rex's third quarter. */
export async function reviewViews(core: Core, id: string): Promise<View[]> {
  const [worker = '', quarter = ''] = id.split(':');
  const written = await keptReview(core.store.db, worker as WorkerId, quarter);
  if (!written) return [];
  const card = await cardOf(core, written);
  return core.site.places.leadership.map((place) => ({ part: 'review', place, card }));
}

/** What `/roster review` answers: the last quarter's, or with *now* what is known of this one. */
export async function reviewTold(core: Core, rest: string): Promise<Card> {
  const { store, reporting, holidays, responder, team, desk } = core;
  const [name = '', when = ''] = rest.trim().toLowerCase().split(/\s+/);
  const charter = team.workers().find(({ worker }) => worker === name);
  const workers = team.workers().map(({ worker }) => worker);
  if (!charter) return say(desk, `Say "/roster review <worker> [now]": wanted ${workers.join(', ')}.`);
  const now = responder.now();
  const soFar = when === 'now' || !(await isRecorded(store.db, quarterDue(reporting, holidays, now)));
  const asked = soFar ? quarterOf(reporting, now) : quarterDue(reporting, holidays, now);
  const written = await writtenFor(store.db, reviewerOf(core), charter, asked, now);
  return cardOf(core, written, soFar);
}

/** What a press of *Put forward* does: the changed charter goes the way of every adoption, and somebody else approves it. */
export async function putForward(
  core: Core,
  { worker, quarter: name }: Extract<Intent, { do: 'put-forward' }>,
  person: Person,
): Promise<Reply> {
  const { store, reporting, responder, charter: voice } = core;
  const note = (text: string): Reply => ({ kind: 'note', text });
  if (!person.roles.includes('governor')) return note('Only a governor can do this: ask one of them.');
  const quarter = quarterNamed(reporting, name);
  const charter = await charterInForce(store.db, worker);
  if (!quarter || !charter) return note('There is no such worker or quarter any more.');
  const written = await writtenFor(store.db, reviewerOf(core), charter, quarter, responder.now());
  const { kind, moves, because } = written.proposal;
  if (moves.length === 0) return note('This proposes no change of the charter that could be put forward.');
  const objection = misfit(charter, moves);
  if (objection) return note(`${objection} "/roster review ${worker}" says what is proposed now.`);
  const held = charterHeld(changedBy(charter, moves));
  const why = `Put forward after the role review of ${quarter.name}, to ${proposals[kind]}: ${because.join(' ')}`;
  const request = `review ${worker} ${quarter.name}`;
  const by = { worker: voice.worker, person: person.id, request };
  return note(await proposeHeld(responder.gateway, held, await compare(store.db, held), by, why));
}

const month = z.string().regex(/^20\d\d-Q[1-4]$/, 'wanted a quarter such as 2026-Q3');
export const reviewAsked = z.strictObject({
  worker: z.string(),
  quarter: month.optional(),
  soFar: z.boolean(),
});

/** Answers the command line: a worker's review, with what people wrote. */
export async function reviewAskedFor(
  { db, now, reviewing }: Place,
  { worker, quarter: name, soFar }: z.infer<typeof reviewAsked>,
): Promise<Answer> {
  const charters = await chartersInForce(db);
  const charter = charters.find((one) => one.worker === worker);
  const wanted = charters.map((one) => one.worker).join(', ');
  if (!charter)
    return { kind: 'wrong', because: `There is no worker ${worker}: wanted ${wanted || 'none yet'}.` };
  if (!reviewing) return { kind: 'wrong', because: 'Nothing is known here to review with.' };
  const { holidays, ...reviewer } = reviewing();
  const { reporting } = reviewer;
  const due = quarterDue(reporting, holidays, now());
  const last = !soFar && (await isRecorded(db, due)) ? due : quarterOf(reporting, now());
  const quarter = (name && quarterNamed(reporting, name)) || last;
  const written = await writtenFor(db, reviewer, charter, quarter, now());
  return { kind: 'json', value: { written, words: await wordsIn(db, written) } };
}

/** What the command line reviews with, as a site at work does. */
export function reviewingOf(
  settings: Parameters<typeof rehearsalOf>[0],
  manifests: Manifests,
): NonNullable<ReturnType<NonNullable<Place['reviewing']>>> {
  const { weigher } = rehearsalOf(settings, manifests);
  const riskOf = (name: string) => weigher.tools.find((one) => one.name === name)?.risk;
  const { reporting, calendar } = manifests;
  return { reporting, inventory: weigher.inventory, riskOf, holidays: holidaysOf(calendar) };
}

/** Whether anything of a quarter is recorded; where nothing is, what is asked of is the running one. */
async function isRecorded(db: Db, { period }: Quarter): Promise<boolean> {
  const first = await firstNoted(db);
  return first !== undefined && first < period.to;
}

/** As it was kept, else from the rows as they are now. */
async function writtenFor(
  db: Db,
  reviewer: Reviewer,
  charter: Charter,
  { name, period, before }: Quarter,
  now: Date,
): Promise<Written> {
  const kept = await keptReview(db, charter.worker, name);
  if (kept) return kept;
  const until = { from: period.from, to: period.to < now ? period.to : now };
  const [written] = await reviewsOf(db, reviewer, [charter], { name, period: until, before });
  if (!written) throw new Error(`The review of ${charter.worker} was not written.`);
  return written;
}

async function cardOf({ store, team }: Core, written: Written, soFar = false): Promise<Card> {
  const words = await wordsIn(store.db, written);
  return reviewCard({ written, words, by: team.byOf(written.worker), soFar });
}

function wordsIn(db: Db, { worker, from, to }: Written): Promise<Words> {
  return wordsOf(db, worker, { from: new Date(from), to: new Date(to) });
}

function reviewerOf({ reporting, site, responder }: Core): Reviewer {
  const { tools } = responder.gateway;
  const riskOf = (name: string) => tools.find((one) => one.name === name)?.risk;
  return { reporting, inventory: site.inventory, riskOf };
}
