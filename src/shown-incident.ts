// What is shown of an incident: its parent, its thread, what leaders read.
import { actionsOf } from './actions/read.ts';
import { approvalsOf } from './approvals/read.ts';
import { inThread } from './asked.ts';
import type { Card } from './chat/card.ts';
import { linkTo, type View } from './chat/show.ts';
import type { Core } from './handlers.ts';
import type { ActionId, IncidentId } from './ids.ts';
import { incidentCard, type Told } from './incidents/card.ts';
import { foretelling } from './incidents/foretold.ts';
import type { Logged } from './incidents/incident.ts';
import { latePosts } from './incidents/post-mortem/card.ts';
import { runbookProposalOf } from './incidents/post-mortem/proposals.ts';
import { postMortemOf } from './incidents/post-mortem/read.ts';
import { runbookCard } from './incidents/post-mortem/runbook-card.ts';
import { incident as findIncident, logOf } from './incidents/read.ts';
import { stepAt } from './incidents/remediate.ts';
import { stepsOf } from './incidents/steps/read.ts';
import { threadOf } from './incidents/thread.ts';
import { windowOf } from './incidents/verify.ts';
import { service as findService } from './inventory/inventory.ts';
import { saysOf } from './monitoring/metric.ts';
import { signalsOf } from './monitoring/read.ts';
import { referencesOf } from './records/read.ts';
import { thumbsOf } from './scorecards/feedback/vote.ts';
import { updateViews } from './updated.ts';

export async function incidentViews(showing: Core, id: IncidentId): Promise<View[]> {
  const { db } = showing.store;
  const incident = await findIncident(db, id);
  if (!incident) return [];
  const approvals = await approvalsOf(db, id);
  const open = approvals.find(({ status }) => status === 'open');
  const { metrics } = showing.responder.monitor;
  const actions = await actionsOf(db, id);
  const records = await referencesOf(
    db,
    actions.map((action) => action.id),
  );
  const told = {
    incident,
    recordsOf: (action: ActionId) => records.get(action) ?? [],
    signals: await signalsOf(db, id),
    entries: await logOf(db, id),
    service: findService(showing.site.inventory, incident.service),
    by: showing.desk.by,
    byOf: showing.team.byOf,
    withRole: (roles: string[]) => showing.people.withRole(...roles).map((one) => one.id),
    says: (name: string) => saysOf(metrics, name),
    asks: showing.people.withRole(...showing.charter.cadence.escalates_to).map((one) => one.id),
    verifyMs: windowOf(showing.responder, incident),
    steps: await stepsOf(db, id),
    canByHand: Boolean(incident.runbook && stepAt(showing.responder.runbooks, incident.runbook)),
    timezone: showing.charter.cadence.standup.timezone,
    waitingFor: open ? `${open.question.what}.` : undefined,
    postMortem: await postMortemOf(db, id),
    ...(incident.endedAt && { thumbs: await thumbsOf(db, `incident:${id}`) }),
    now: showing.responder.now(),
  };
  const proposal = await runbookProposalOf(db, id);
  const thread = { subject: `incident:${id}`, part: 'parent' };
  const views: View[] = [];
  for (const place of showing.site.places.ops) {
    const asked: { part: string; card: Card; at: Date }[] = told.postMortem
      ? latePosts(told.postMortem, showing.team.byOf(incident.worker))
      : [];
    if (proposal) {
      const card = runbookCard(proposal, showing.team.byOf(incident.worker));
      asked.push({ part: 'runbook', card, at: proposal.at });
    }
    for (const approval of approvals) {
      const card = await inThread(showing, approval, incident, place);
      asked.push({ part: approval.id, card, at: approval.askedAt });
    }
    const here: Told = { ...told, linkTo: await linksIn(showing, told, place) };
    const posts = threadOf(here, actions, asked);
    views.push({ part: 'parent', place, card: incidentCard(here) });
    views.push(...posts.map(({ part, card }) => ({ part, place, thread, card })));
  }
  return [...views, ...(await updateViews(showing, { ...told, linkTo: () => undefined }))];
}

/** Where the other incidents that this one names can be read in a place. */
async function linksIn(
  { store }: Core,
  { signals, entries }: Pick<Told, 'signals' | 'entries'>,
  place: string,
): Promise<Told['linkTo']> {
  const like = foretelling(signals).flatMap(({ foretold }) => foretold.like);
  const named = new Set([...like, ...entries.flatMap(namedIn)]);
  const links = new Map<IncidentId, string>();
  for (const id of named) {
    const link = await linkTo(store.db, `incident:${id}`, 'parent', place);
    if (link) links.set(id, link);
  }
  return (id) => links.get(id);
}

/** The other incident that a person put together with this one, or apart from it. */
function namedIn({ kind, facts }: Logged): IncidentId[] {
  switch (kind) {
    case 'merged':
      return [facts.into];
    case 'took-in':
    case 'split':
      return [facts.from];
    case 'split-off':
      return [facts.to];
    default:
      return [];
  }
}
