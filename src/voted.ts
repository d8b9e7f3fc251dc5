// What people think of an answer, or of how an incident went: the two thumbs, and what was wrong.
import { enquiry as findEnquiry } from './approvals/enquiry.ts';
import { approval as findApproval } from './approvals/read.ts';
import type { Form } from './chat/card.ts';
import type { Reply } from './chat/door.ts';
import type { Intent, Votable } from './chat/intent.ts';
import type { Core } from './handlers.ts';
import type { DeliveryId, IncidentId, WorkerId } from './ids.ts';
import { incident as findIncident } from './incidents/read.ts';
import type { Subject } from './jobs/job.ts';
import type { Person } from './people/people.ts';
import { lineOf, mostLine, sayWhatWasWrong, vote } from './scorecards/feedback/vote.ts';
import { whoAnswered } from './workers/hear.ts';

type Thumb = Extract<Intent, { do: 'vote' }>;

/** What a press on a thumb does: it counts at once, and thumbs down asks what was wrong. */
export async function pressThumb(core: Core, intent: Thumb, person: Person): Promise<Reply> {
  const { store, responder } = core;
  const { subject, up } = intent;
  const about = await aboutOf(core, subject);
  if (!about) return { kind: 'note', text: nothingThere };
  await vote(store, { ...about, subject, person: person.id, up, at: responder.now() });
  if (up) return { kind: 'nothing' };
  return { kind: 'form', form: wrongForm(intent, await lineOf(store.db, subject, person.id)) };
}

/** What the form of thumbs down does. */
export async function submitThumb(
  core: Core,
  { subject }: Thumb,
  person: Person,
  text: string,
): Promise<Reply> {
  const about = await aboutOf(core, subject);
  if (!about) return { kind: 'note', text: nothingThere };
  await sayWhatWasWrong(core.store, { ...about, subject, person: person.id }, text);
  return { kind: 'nothing' };
}

const nothingThere = 'There is nothing here to have an opinion of: it may have been opened again.';

function wrongForm(intent: Thumb, said: string | null): Form {
  const hint = intent.subject.startsWith('incident:')
    ? 'It stands beside this incident when a later one is like it.'
    : 'It is read when this worker’s role is reviewed.';
  const field = {
    name: 'line',
    label: 'In a line, if you like',
    hint,
    least: 0,
    most: mostLine,
    line: true,
  } as const;
  return {
    title: 'What was wrong?',
    submit: 'Send',
    intent,
    field: { ...field, ...(said && { value: said }) },
  };
}

/** Whose work it is, and what of ours shows the thumbs; undefined where nobody can have an opinion of it. */
async function aboutOf(
  { store }: Core,
  subject: Votable,
): Promise<{ worker: WorkerId; shows: Subject } | undefined> {
  const { db } = store;
  const [kind, id = ''] = subject.split(':');
  if (kind === 'delivery') {
    const worker = await whoAnswered(db, id as DeliveryId);
    return worker && { worker, shows: `delivery:${id}` };
  }
  if (kind === 'incident') {
    const incident = await findIncident(db, id as IncidentId);
    const over = incident?.endedAt && incident.kind === 'incident' && incident.status !== 'merged';
    return over ? { worker: incident.worker, shows: `incident:${id}` } : undefined;
  }
  const enquiry = /^\d{1,9}$/.test(id) ? await findEnquiry(db, Number(id)) : undefined;
  const approval = enquiry?.answer ? await findApproval(db, enquiry.approval) : undefined;
  return approval && { worker: approval.worker, shows: `approval:${approval.id}` };
}
