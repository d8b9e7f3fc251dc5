// The weekly digest in chat: told once a week where leaders read, with the rows behind it in its thread.
import { openApprovals } from './approvals/read.ts';
import { besides } from './asked.ts';
import { firstNoted } from './audit/noted.ts';
import { versionOf } from './charter/charter.ts';
import type { Card } from './chat/card.ts';
import { keepPicture } from './chat/pictures.ts';
import { linksTo, linkTo, type View } from './chat/show.ts';
import { unearnedNow } from './demoted.ts';
import { digestCard, rowsCard, rowsNamed, type Shown, weekSays } from './digest/card.ts';
import { trendAlt, trendOf } from './digest/chart.ts';
import { type Digest, type Written, weekAt } from './digest/digest.ts';
import { digestOf, keepDigest, writtenOf } from './digest/read.ts';
import { type Open, openOf } from './digest/to-decide.ts';
import { pastProgress } from './estate/past/progress.ts';
import type { Core } from './handlers.ts';
import type { IncidentId } from './ids.ts';
import { openProposals } from './incidents/post-mortem/proposals.ts';
import { lateTasks } from './incidents/post-mortem/read.ts';
import type { Subject } from './jobs/job.ts';
import { dayIn } from './jobs/occasion.ts';
import { save } from './jobs/save.ts';
import { directPlaces } from './people/direct.ts';
import { scorecardCard } from './scorecards/card.ts';
import type { Period } from './scorecards/facts.ts';
import { type Dimension, dimensions } from './scorecards/kpi.ts';
import { foundationOf } from './scored.ts';

/** How long metrics are waited for when nobody waits for an answer. */
const patienceMs = 60_000;

/** Writes and tells the digest that is due, once, when a trial's past is whole: nothing when it was told, or nothing was recorded before it was due. */
export async function tellDigest(core: Core): Promise<void> {
  const { store, responder, reporting, charter, drawing, log } = core;
  if ((await pastProgress(store.db)).kind === 'living') return;
  const now = responder.now();
  const { day, due, week } = weekAt(reporting, now);
  if (await digestOf(store.db, day)) return;
  const first = await firstNoted(store.db);
  if (!first || first >= due) return;
  const written = await reckoned(core, day, week, patienceMs);
  const spec = trendOf(written);
  const png =
    spec && (await drawing.plot(spec).catch((error) => log.warn(`The digest has no picture: ${error}`)));
  await save(store, async (tx) => {
    const picture = png ? { id: await keepPicture(tx, png), alt: trendAlt(written) } : null;
    if (!(await keepDigest(tx, written, picture, now))) return { result: undefined, entries: [], jobs: [] };
    const subject: Subject = `digest:${day}`;
    const told = written.figures.filter(({ value }) => value !== null).length;
    const facts = { day, from: written.from, to: written.to, figures: written.figures.length, told };
    const by = { worker: charter.worker, charter: versionOf(charter) };
    return {
      result: undefined,
      entries: [{ kind: 'digest.told', by, facts }],
      jobs: [{ name: 'show', subject }],
    };
  });
}

/** Where leaders read: the page, and in its thread the rows behind it. */
export async function digestViews(core: Core, day: string): Promise<View[]> {
  const { store, site, desk } = core;
  const digest = await digestOf(store.db, day);
  if (!digest) return [];
  const linkOf = await linksOf(core, digest);
  const sides = Object.keys(dimensions) as Dimension[];
  const posts = [
    ...digest.workers.flatMap((one) => workerPost(core, digest, one)),
    ...sides.map((side) => ({ part: `rows-${side}`, card: rowsCard({ digest, by: desk.by, side }, linkOf) })),
  ];
  const waiting = await waitingNow(core);
  const views: View[] = [];
  for (const place of site.places.leadership) {
    const thread = { subject: `digest:${day}`, part: 'page' };
    views.push({ part: 'page', place, card: digestCard(await shownOf(core, digest, place, waiting)) });
    views.push(...posts.map((post) => ({ ...post, place, thread })));
  }
  return [...views, ...(await directViews(core, digest, waiting))];
}

/** The page alone to each manager, with where the rest is: on the first surface that has them. */
async function directViews(core: Core, digest: Digest, waiting: Waiting): Promise<View[]> {
  const { people, reporting, surfaces, site, store } = core;
  const views: View[] = [];
  for (const { id } of people.withRole(...reporting.digest.to)) {
    const [place] = directPlaces(people, id, surfaces);
    const there = place && besides(place, site.places.leadership);
    if (!place || !there) continue;
    const rest = await linkTo(store.db, `digest:${digest.day}`, 'page', there);
    views.push({
      part: 'page',
      place,
      card: digestCard({ ...(await shownOf(core, digest, there, waiting)), rest }),
    });
  }
  return views;
}

/** A worker's own figures, signed by it; none where nothing was recorded of it. */
function workerPost({ team }: Core, digest: Digest, { worker, figures }: Digest['workers'][number]) {
  if (figures.every(({ of }) => of === 0)) return [];
  const charter = team.workers().find((one) => one.worker === worker);
  const scorecard = { name: charter?.name ?? worker, figures, currency: digest.currency };
  return [{ part: `worker-${worker}`, card: scorecardCard(scorecard, weekSays(digest), team.byOf(worker)) }];
}

/** What `/roster digest` answers: the last week's, or with *now* what is known of this one. */
export async function digestTold(core: Core, rest: string): Promise<Card> {
  const { store, responder, reporting, site } = core;
  const now = responder.now();
  const { day, week } = weekAt(reporting, now);
  const [place = ''] = site.places.leadership;
  const waiting = await waitingNow(core);
  if (rest.trim().toLowerCase() === 'now') {
    const today = dayIn(reporting.digest.timezone, now);
    const written = await reckoned(core, today, { from: week.to, to: now });
    return digestCard(await shownOf(core, { ...written, picture: null }, place, waiting));
  }
  const told = await digestOf(store.db, day);
  const digest = told ?? { ...(await reckoned(core, day, week)), picture: null };
  return digestCard(await shownOf(core, digest, place, waiting));
}

async function reckoned(core: Core, day: string, period: Period, patience?: number): Promise<Written> {
  const { store, reporting, site, team } = core;
  const given = { reporting, inventory: site.inventory, foundation: await foundationOf(core, patience) };
  return await writtenOf(store.db, { ...given, day, period, charters: team.workers() });
}

async function shownOf(core: Core, digest: Digest, place: string, waiting: Waiting): Promise<Shown> {
  const { desk, reporting, store } = core;
  const past = await pastProgress(store.db);
  const early =
    past.kind === 'living'
      ? `The trial's last three weeks are still being lived through (day ${past.day} of ${past.of}): ask again in a minute.`
      : undefined;
  const open = await openAt(core, waiting, place);
  return { digest, by: desk.by, open, personHour: reporting.value.person_hour, early };
}

type Waiting = Omit<Parameters<typeof openOf>[0], 'linkOf'>;

/** What waits for a decision now, wherever it is read. */
export async function waitingNow(core: Core): Promise<Waiting> {
  const { store, responder, team } = core;
  const { db } = store;
  const proposals = await openProposals(db);
  const lost = await unearnedNow(core);
  return {
    approvals: await openApprovals(db),
    proposals: proposals.map(({ incident, because }) => ({ incident, says: because })),
    late: await lateTasks(db, responder.now()),
    lost: lost.map((one) => ({ ...one, name: team.byOf(one.worker).name })),
  };
}

/** The same with where to read it on the surface of a place. */
async function openAt({ store, site }: Core, waiting: Waiting, place: string): Promise<Open[]> {
  const subjects = waiting.approvals.map(({ id }) => `approval:${id}`);
  const there = besides(place, site.places.approvals);
  const links = there ? await linksTo(store.db, subjects, 'question', there) : new Map<string, string>();
  return openOf({ ...waiting, linkOf: ({ id }) => links.get(`approval:${id}`) });
}

/** Where the incidents that its figures name can be read. */
async function linksOf(
  { store, site }: Core,
  { figures }: Digest,
): Promise<(id: IncidentId) => string | undefined> {
  const [place = ''] = site.places.ops;
  const shown = figures
    .flatMap(({ rows }) => rows.slice(0, rowsNamed))
    .flatMap((row) => /^inc-\d+/.exec(row)?.[0] ?? []);
  const subjects = [...new Set(shown)].map((id) => `incident:${id}`);
  const links = await linksTo(store.db, subjects, 'parent', place);
  return (id) => links.get(`incident:${id}`);
}
