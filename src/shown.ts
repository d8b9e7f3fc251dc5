// What is shown where: for every subject the rows it is made from, the cards, the places.
import { actionsOf, action as findAction } from './actions/read.ts';
import type { Approval } from './approvals/approval.ts';
import { approvalCard, enquiryCard, reminderCard } from './approvals/card.ts';
import { enquiriesOf } from './approvals/enquiry.ts';
import { approvalsOf, approval as findApproval, openApprovals } from './approvals/read.ts';
import { checkpointAt, checkpointLine } from './audit/checkpoint.ts';
import type { Card } from './chat/card.ts';
import { forgetAll, lastShown, linkTo, show, type View } from './chat/show.ts';
import type { Surface } from './chat/surface.ts';
import type { Core } from './handlers.ts';
import type { ActionId, ApprovalId, IncidentId } from './ids.ts';
import { incidentCard, type Told } from './incidents/card.ts';
import type { Incident } from './incidents/incident.ts';
import { incident as findIncident, logOf, openIncidents } from './incidents/read.ts';
import { threadOf } from './incidents/thread.ts';
import { service as findService } from './inventory/inventory.ts';
import type { Job, Subject } from './jobs/job.ts';
import { save } from './jobs/save.ts';
import { signalsOf } from './monitoring/read.ts';
import { standupAt } from './standup/read.ts';
import { answerViews } from './workers/hear.ts';

export interface Showing extends Core {
  surface: Surface;
}

/** Makes chat look like the record for one subject; what links to it is then due as well. */
export async function showSubject(showing: Showing, subject: Subject): Promise<void> {
  const views = await viewsOf(showing, subject);
  const { posted } = await show(
    { db: showing.store.db, surface: showing.surface, log: showing.log },
    subject,
    views,
  );
  if (posted > 0)
    showing.log.info(`${subject} is posted, ${Math.round(process.uptime())} s after the start.`);
  if (posted > 0) await due(showing, await linkedWith(showing, subject));
}

async function viewsOf(showing: Showing, subject: Subject): Promise<View[]> {
  const [kind, id = ''] = subject.split(/:(.*)/s);
  switch (kind) {
    case 'incident':
      return incidentViews(showing, id as IncidentId);
    case 'approval':
      return approvalViews(showing, id as ApprovalId);
    case 'delivery':
      return answerViews(showing, id);
    case 'standup':
      return [
        {
          part: 'standup',
          place: showing.site.places.ops,
          card: await standupAt(showing.store.db, showing.desk.by, new Date(id)),
        },
      ];
    case 'outcome':
      return outcomeViews(showing, id as ActionId);
    case 'checkpoint':
      return checkpointViews(showing, Number(id));
    default:
      throw new Error(`Nothing is known of the subject ${subject}.`);
  }
}

/** What came of a deed that a person asked for, told to that person. */
async function outcomeViews({ store, desk, site }: Showing, id: ActionId): Promise<View[]> {
  const action = await findAction(store.db, id);
  if (!action?.requestedBy || !action.endedAt) return [];
  const { requestedBy: person, question, status } = action;
  const title = `${question.what}: ${status}`;
  const told = action.output ? [{ kind: 'quote' as const, text: action.output }] : [];
  const card: Card = {
    by: desk.by,
    tone: status === 'done' ? 'good' : 'warning',
    title,
    blocks: [{ kind: 'text', text: [{ person }, ' you asked for this.'] }, ...told],
    fallback: [{ person }, ` what you asked for: ${title}`],
  };
  return [{ part: 'outcome', place: site.places.ops, card }];
}

/** A checkpoint where others see it: whoever rewrites the chain contradicts it. */
async function checkpointViews({ store, desk, site }: Showing, seq: number): Promise<View[]> {
  const checkpoint = await checkpointAt(store.db, store.chain, seq);
  if (!checkpoint) return [];
  const line = checkpointLine(checkpoint);
  const card: Card = {
    by: desk.by,
    tone: checkpoint.contradicts ? 'critical' : 'neutral',
    title: `Audit checkpoint at entry ${seq}`,
    blocks: [{ kind: 'context', text: line }],
    fallback: line,
  };
  return [{ part: 'checkpoint', place: site.places.leadership, card }];
}

async function incidentViews(showing: Showing, id: IncidentId): Promise<View[]> {
  const { db } = showing.store;
  const incident = await findIncident(db, id);
  if (!incident) return [];
  const approvals = await approvalsOf(db, id);
  const open = approvals.find(({ status }) => status === 'open');
  const { metrics } = showing.responder.monitor;
  const told: Told = {
    incident,
    signals: await signalsOf(db, id),
    entries: await logOf(db, id),
    service: findService(showing.site.inventory, incident.service),
    by: showing.desk.by,
    says: (name) => metrics.find((one) => one.name === name)?.says ?? name,
    asks: showing.people.withRole(...showing.charter.cadence.escalates_to).map((one) => one.id),
    verifyMs: showing.responder.verifyMs,
    waitingFor: open ? `${open.question.what}.` : undefined,
  };
  const place = showing.site.places.ops;
  const thread = { subject: `incident:${id}`, part: 'parent' };
  const asked: { part: string; card: Card; at: Date }[] = [];
  for (const approval of approvals) {
    const card = await inThread(showing, approval, incident);
    asked.push({ part: approval.id, card, at: approval.askedAt });
  }
  const posts = threadOf(told, await actionsOf(db, id), asked);
  return [
    { part: 'parent', place, card: incidentCard(told) },
    ...posts.map(({ part, card }) => ({ part, place, thread, card })),
  ];
}

async function inThread(showing: Showing, approval: Approval, { pausedBy }: Incident): Promise<Card> {
  const url = await linkTo(
    showing.store.db,
    `approval:${approval.id}`,
    'question',
    showing.site.places.approvals,
  );
  const about = around(showing, approval, url, 'The same in the approvals channel');
  return approvalCard(approval, { ...about, paused: pausedBy !== null });
}

async function approvalViews(showing: Showing, id: ApprovalId): Promise<View[]> {
  const { db } = showing.store;
  const approval = await findApproval(db, id);
  if (!approval) return [];
  const { ops, approvals: place } = showing.site.places;
  const url = approval.incident ? await linkTo(db, `incident:${approval.incident}`, id, ops) : undefined;
  const incident = approval.incident ? await findIncident(db, approval.incident) : undefined;
  const about = {
    ...around(showing, approval, url, `The same in the thread of ${approval.incident}`),
    paused: Boolean(incident?.pausedBy),
  };
  const thread = { subject: `approval:${id}`, part: 'question' };
  const under: View[] = (await enquiriesOf(db, id)).map((one) => {
    return { part: `enquiry-${one.id}`, place, thread, card: enquiryCard(one, showing.desk.by) };
  });
  // Posted once, when it was due, and left as it stands.
  if (approval.reminded > 0) {
    const part = approval.reminded === 1 ? 'reminder' : 'second-reminder';
    under.push({ part, place, thread, card: reminderCard(approval, about) });
  }
  return [{ part: 'question', place, card: approvalCard(approval, about) }, ...under];
}

function around({ desk, people }: Showing, approval: Approval, url: string | undefined, text: string) {
  const answered = approval.answers.map(({ person }) => person);
  const may = people.withRole(...approval.terms.seats.flat()).map(({ id }) => id);
  const asks = may.filter((id) => !approval.excluded.includes(id) && !answered.includes(id));
  return { by: desk.by, asks, links: url ? [{ url, text }] : [] };
}

/** An approval stands in two places that link to each other: when one is new, the other learns of it. */
async function linkedWith({ store }: Showing, subject: Subject): Promise<Subject[]> {
  const [kind, id = ''] = subject.split(/:(.*)/s);
  if (kind === 'approval') {
    const found = await findApproval(store.db, id as ApprovalId);
    return found?.incident ? [`incident:${found.incident}`] : [];
  }
  if (kind !== 'incident') return [];
  return (await approvalsOf(store.db, id as IncidentId)).map((one): Subject => `approval:${one.id}`);
}

function due({ store }: Showing, subjects: Subject[]): Promise<void> {
  const jobs = subjects.map((subject): Job => ({ name: 'show', subject }));
  return save(store, async () => ({ result: undefined, entries: [], jobs }));
}

/** Tells the morning's stand-up in the team's channel. Told again within the hour, as after a crash, it is the same post. */
export function tellStandup({ store, charter, responder }: Showing): Promise<void> {
  const hour = new Date(responder.now().setUTCMinutes(0, 0, 0));
  const subject: Subject = `standup:${hour.toISOString()}`;
  return save(store, async () => ({
    result: undefined,
    entries: [
      {
        kind: 'standup.told',
        by: { worker: charter.worker, charter: `${charter.worker}@${charter.version}` },
      },
    ],
    jobs: [{ name: 'show', subject }],
  }));
}

/** When the workspace forgot what was shown, forgets it too and shows all that is open anew. */
export async function restoreWorkspace(showing: Showing): Promise<void> {
  const { store, surface, log, notes } = showing;
  const last = await lastShown(store.db);
  if (!last || (await surface.exists(last.spot, last.message))) return;
  await forgetAll(store.db);
  const incidents = (await openIncidents(store.db)).map((one): Subject => `incident:${one.id}`);
  const approvals = (await openApprovals(store.db)).map((one): Subject => `approval:${one.id}`);
  await notes.note({
    kind: 'workspace.lost',
    by: { roster: 'app' },
    facts: { incidents: incidents.length, approvals: approvals.length },
  });
  log.warn(
    `The chat workspace no longer has what was posted, so ${incidents.length} incidents and ${approvals.length} approvals are posted anew.`,
  );
  await due(showing, [...incidents, ...approvals]);
}
