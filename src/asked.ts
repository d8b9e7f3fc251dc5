// Approvals in chat: a question in the channel of approvals and in the thread of its incident, linked to each other.
import { action as findAction } from './actions/read.ts';
import type { Approval } from './approvals/approval.ts';
import { approvalCard, enquiryCard, reminderCard } from './approvals/card.ts';
import { enquiriesOf } from './approvals/enquiry.ts';
import { approval as findApproval } from './approvals/read.ts';
import type { Card } from './chat/card.ts';
import { linkTo, type View } from './chat/show.ts';
import type { Core } from './handlers.ts';
import type { ApprovalId } from './ids.ts';
import type { Incident } from './incidents/incident.ts';
import { incident as findIncident } from './incidents/read.ts';
import { thumbsOf } from './scorecards/feedback/vote.ts';

/** A question as it stands in the thread of its incident. */
export async function inThread(
  showing: Core,
  approval: Approval,
  { pausedBy }: Incident,
  place: string,
): Promise<Card> {
  const there = besides(place, showing.site.places.approvals);
  const url = there && (await linkTo(showing.store.db, `approval:${approval.id}`, 'question', there));
  const about = around(showing, approval, url, 'The same in the approvals channel');
  const byHand = await stepOf(showing, approval);
  return approvalCard(approval, { ...about, paused: pausedBy !== null, byHand });
}

/** The incident of whose runbook it is a step. */
async function stepOf({ store }: Core, { action: id, incident, status }: Approval) {
  if (!incident || status !== 'open') return undefined;
  return (await findAction(store.db, id))?.step == null ? undefined : incident;
}

/** Of these places the one on the same surface: a link leads nobody to a surface they are not on. */
export function besides(place: string, others: string[]): string | undefined {
  const [surface] = place.split(':');
  return others.find((other) => other.startsWith(`${surface}:`));
}

/** A question as it stands by itself, with what was asked about it. */
export async function approvalViews(showing: Core, id: ApprovalId): Promise<View[]> {
  const { db } = showing.store;
  const approval = await findApproval(db, id);
  if (!approval) return [];
  const enquiries = await enquiriesOf(db, id);
  const incident = approval.incident ? await findIncident(db, approval.incident) : undefined;
  const paused = Boolean(incident?.pausedBy);
  const byHand = await stepOf(showing, approval);
  const views: View[] = [];
  for (const place of showing.site.places.approvals) {
    const about = { ...(await aboutIn(showing, approval, place)), paused, byHand };
    const thread = { subject: `approval:${id}`, part: 'question' };
    views.push({ part: 'question', place, card: approvalCard(approval, about) });
    for (const one of enquiries)
      views.push({
        part: `enquiry-${one.id}`,
        place,
        thread,
        card: enquiryCard(one, showing.team.byOf(approval.worker), await thumbsOf(db, `enquiry:${one.id}`)),
      });
    // Posted once, when it was due, and left as it stands.
    if (approval.reminded > 0) {
      const part = approval.reminded === 1 ? 'reminder' : 'second-reminder';
      views.push({ part, place, thread, card: reminderCard(approval, about) });
    }
  }
  return views;
}

async function aboutIn(showing: Core, approval: Approval, place: string) {
  const { id, incident } = approval;
  const there = besides(place, showing.site.places.ops);
  const url =
    incident && there ? await linkTo(showing.store.db, `incident:${incident}`, id, there) : undefined;
  return around(showing, approval, url, `The same in the thread of ${incident}`);
}

function around({ team, people }: Core, approval: Approval, url: string | undefined, text: string) {
  const answered = approval.answers.map(({ person }) => person);
  const may = people.withRole(...approval.terms.seats.flat()).map(({ id }) => id);
  const asks = may.filter((id) => !approval.excluded.includes(id) && !answered.includes(id));
  return { by: team.byOf(approval.worker), asks, links: url ? [{ url, text }] : [] };
}
