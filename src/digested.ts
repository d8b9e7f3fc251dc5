// The weekly digest in chat: told once a week where leaders read, with the rows behind it in its thread.
import { openApprovals } from './approvals/read.ts';
import { firstNoted } from './audit/noted.ts';
import type { Card } from './chat/card.ts';
import { keepPicture } from './chat/pictures.ts';
import { linkTo, type View } from './chat/show.ts';
import { digestCard, rowsCard, type Shown } from './digest/card.ts';
import { trendAlt, trendOf } from './digest/chart.ts';
import { type Digest, type Written, weekAt } from './digest/digest.ts';
import { digestOf, keepDigest, writtenOf } from './digest/read.ts';
import { type Open, openOf } from './digest/to-decide.ts';
import type { Core } from './handlers.ts';
import type { IncidentId } from './ids.ts';
import { openProposals } from './incidents/post-mortem/proposals.ts';
import { lateTasks } from './incidents/post-mortem/read.ts';
import type { Subject } from './jobs/job.ts';
import { dayIn } from './jobs/occasion.ts';
import { save } from './jobs/save.ts';
import type { Drawing } from './monitoring/chart/picture.ts';
import type { Period } from './scorecards/facts.ts';

/** Writes and tells the digest that is due, once: nothing when it was told, or nothing was recorded before it was due. */
export async function tellDigest(core: Core, drawing: Drawing): Promise<void> {
  const { store, responder, reporting, charter, log } = core;
  const now = responder.now();
  const { day, due, week } = weekAt(reporting, now);
  if (await digestOf(store.db, day)) return;
  const first = await firstNoted(store.db);
  if (!first || first >= due) return;
  const written = await reckoned(core, day, week);
  const spec = trendOf(written);
  const png =
    spec && (await drawing.plot(spec).catch((error) => log.warn(`The digest has no picture: ${error}`)));
  await save(store, async (tx) => {
    const picture = png ? { id: await keepPicture(tx, png), alt: trendAlt(written) } : null;
    if (!(await keepDigest(tx, written, picture, now))) return { result: undefined, entries: [], jobs: [] };
    const subject: Subject = `digest:${day}`;
    const told = written.figures.filter(({ value }) => value !== null).length;
    const facts = { day, from: written.from, to: written.to, figures: written.figures.length, told };
    const by = { worker: charter.worker, charter: `${charter.worker}@${charter.version}` };
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
  const rows = rowsCard({ digest, by: desk.by }, await linksOf(core, digest));
  const views: View[] = [];
  for (const place of site.places.leadership) {
    const card = digestCard(await shownOf(core, digest, place));
    const thread = { subject: `digest:${day}`, part: 'page' };
    views.push({ part: 'page', place, card }, { part: 'rows', place, thread, card: rows });
  }
  return views;
}

/** What `/roster digest` answers: the last week's, or with *now* what is known of this one. */
export async function digestTold(core: Core, rest: string): Promise<Card> {
  const { store, responder, reporting, site } = core;
  const now = responder.now();
  const { day, week } = weekAt(reporting, now);
  const [place = ''] = site.places.leadership;
  if (rest.trim().toLowerCase() === 'now') {
    const today = dayIn(reporting.digest.timezone, now);
    const written = await reckoned(core, today, { from: week.to, to: now });
    return digestCard(await shownOf(core, { ...written, picture: null }, place));
  }
  const told = await digestOf(store.db, day);
  const digest = told ?? { ...(await reckoned(core, day, week)), picture: null };
  return digestCard(await shownOf(core, digest, place));
}

function reckoned({ store, reporting, site, team }: Core, day: string, period: Period): Promise<Written> {
  const { inventory } = site;
  return writtenOf(store.db, { day, period, reporting, inventory, charters: team.workers() });
}

async function shownOf(core: Core, digest: Digest, place: string): Promise<Shown> {
  const { desk, reporting } = core;
  return { digest, by: desk.by, open: await openAt(core, place), personHour: reporting.value.person_hour };
}

/** What waits for a decision, with where to read it on the same surface. */
async function openAt({ store, responder, site }: Core, place: string): Promise<Open[]> {
  const { db } = store;
  const [surface] = place.split(':');
  const approvals = await openApprovals(db);
  const there = site.places.approvals.find((one) => one.startsWith(`${surface}:`));
  const links = new Map<string, string>();
  for (const { id } of approvals) {
    const link = there && (await linkTo(db, `approval:${id}`, 'question', there));
    if (link) links.set(id, link);
  }
  const proposals = (await openProposals(db)).map(({ incident, because }) => ({ incident, says: because }));
  const late = await lateTasks(db, responder.now());
  return openOf({ approvals, proposals, late, linkOf: ({ id }) => links.get(id) });
}

/** Where the incidents that its figures name can be read. */
async function linksOf(
  { store, site }: Core,
  { figures }: Digest,
): Promise<(id: IncidentId) => string | undefined> {
  const [place = ''] = site.places.ops;
  const shown = figures.flatMap(({ rows }) => rows.slice(0, 8)).filter((row) => row.startsWith('inc-'));
  const links = new Map<string, string>();
  for (const id of new Set(shown)) {
    const link = await linkTo(store.db, `incident:${id}`, 'parent', place);
    if (link) links.set(id, link);
  }
  return (id) => links.get(id);
}
