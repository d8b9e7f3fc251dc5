// What is shown where: for every subject the rows it is made from, the cards, the places.
import type { Action } from './actions/action.ts';
import { action as findAction } from './actions/read.ts';
import { approvalsOf, approval as findApproval } from './approvals/read.ts';
import { approvalViews } from './asked.ts';
import { type Checkpoint, checkpointAt, checkpointLine } from './audit/checkpoint.ts';
import type { Byline, Card } from './chat/card.ts';
import type { Account } from './chat/door.ts';
import { show, subjectAt, type View } from './chat/show.ts';
import type { Surface } from './chat/surface.ts';
import { digestViews } from './digested.ts';
import { pastCard } from './estate/past/card.ts';
import { pastProgress } from './estate/past/progress.ts';
import type { Core } from './handlers.ts';
import type { ActionId, ApprovalId, IncidentId, PersonId, SignalId } from './ids.ts';
import type { Job, Subject } from './jobs/job.ts';
import { save } from './jobs/save.ts';
import { signalsOf } from './monitoring/read.ts';
import { standupViews } from './morning.ts';
import { recordLine } from './records/card.ts';
import { type Reference, referencesOf } from './records/read.ts';
import { reviewViews } from './role-review.ts';
import { incidentViews } from './shown-incident.ts';
import { heldViews, signalViews } from './signalled.ts';
import { noteViews } from './trusted.ts';
import { answerViews } from './workers/hear.ts';

/** What a message shows as the record stands now; undefined when it shows nothing of ours. */
export async function cardAt(
  core: Core,
  { account, place, message }: { account: Account; place: string; message: string },
): Promise<Card | undefined> {
  const at = await subjectAt(core.store.db, place, message, account);
  if (!at) return undefined;
  const views = await viewsOf(core, at.subject as Subject);
  return views.find((view) => view.part === at.part && view.place === at.place)?.card;
}

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

async function viewsOf(showing: Core, subject: Subject): Promise<View[]> {
  const [kind, id = ''] = subject.split(/:(.*)/s);
  switch (kind) {
    case 'incident':
      return incidentViews(showing, id as IncidentId);
    case 'approval':
      return approvalViews(showing, id as ApprovalId);
    case 'delivery':
      return answerViews(showing, id);
    case 'standup':
      return standupViews(showing, id);
    case 'digest':
      return digestViews(showing, id);
    case 'outcome':
      return outcomeViews(showing, id as ActionId);
    case 'signal':
      return signalViews(showing, id as SignalId);
    case 'held':
      return heldViews(showing, id);
    case 'note':
      return noteViews(showing, id);
    case 'review':
      return reviewViews(showing, id);
    case 'checkpoint':
      return checkpointViews(showing, Number(id));
    case 'past':
      return pastViews(showing);
    default:
      throw new Error(`Nothing is known of the subject ${subject}.`);
  }
}

/** What came of a deed that a person asked for, told to that person. */
async function outcomeViews({ store, team, site }: Core, id: ActionId): Promise<View[]> {
  const action = await findAction(store.db, id);
  if (!action?.requestedBy || !action.endedAt) return [];
  const records = (await referencesOf(store.db, [id])).get(id);
  const card = outcomeCard({ ...action, records }, action.requestedBy, team.byOf(action.worker));
  return site.places.ops.map((place) => ({ part: 'outcome', place, card }));
}

type Ended = Pick<Action, 'question' | 'status' | 'output'> & { records?: Reference[] | undefined };

/** How the end of a deed looks to who asked for it. */
export function outcomeCard(
  { question, status, output, records = [] }: Ended,
  person: PersonId,
  by: Byline,
): Card {
  const title = `${question.what}: ${status}`;
  const told = output ? [{ kind: 'quote' as const, text: output }] : [];
  return {
    by,
    tone: status === 'done' ? 'good' : 'warning',
    title,
    blocks: [{ kind: 'text', text: [{ person }, ' you asked for this.'] }, ...told, ...recordLine(records)],
    fallback: [{ person }, ` what you asked for: ${title}`],
  };
}

/** A checkpoint where others see it: whoever rewrites the chain contradicts it. */
async function checkpointViews({ store, desk, site }: Core, seq: number): Promise<View[]> {
  const checkpoint = await checkpointAt(store.db, store.chain, seq);
  if (!checkpoint) return [];
  const card = checkpointCard(checkpoint, desk.by);
  return site.places.leadership.map((place) => ({ part: 'checkpoint', place, card }));
}

/** One message where the team reads, edited as it goes. */
async function pastViews({ store, desk, site }: Core): Promise<View[]> {
  const card = pastCard(await pastProgress(store.db), desk.by);
  return card ? site.places.ops.map((place) => ({ part: 'past', place, card })) : [];
}

/** How a checkpoint looks. */
export function checkpointCard(checkpoint: Checkpoint, by: Byline): Card {
  const line = checkpointLine(checkpoint);
  return {
    by,
    tone: checkpoint.contradicts ? 'critical' : 'neutral',
    title: `Audit checkpoint at entry ${checkpoint.seq}`,
    blocks: [{ kind: 'context', text: line }],
    fallback: line,
  };
}

/** An approval stands in two places that link to each other, a signal links to its incident: when one is new, the other learns of it. */
async function linkedWith({ store }: Showing, subject: Subject): Promise<Subject[]> {
  const [kind, id = ''] = subject.split(/:(.*)/s);
  if (kind === 'approval') {
    const found = await findApproval(store.db, id as ApprovalId);
    return found?.incident ? [`incident:${found.incident}`] : [];
  }
  if (kind !== 'incident') return [];
  const approvals = await approvalsOf(store.db, id as IncidentId);
  const signals = await signalsOf(store.db, id as IncidentId);
  return [
    ...approvals.map((one): Subject => `approval:${one.id}`),
    ...signals.map((one): Subject => `signal:${one.id}`),
  ];
}

/** Makes subjects due to be shown. */
export function due({ store }: Pick<Showing, 'store'>, subjects: Subject[]): Promise<void> {
  const jobs = subjects.map((subject): Job => ({ name: 'show', subject }));
  return save(store, async () => ({ result: undefined, entries: [], jobs }));
}
