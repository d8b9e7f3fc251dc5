import type { Entry } from '../audit/entry.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { ApprovalId, PersonId } from '../ids.ts';
import { type Consequences, type Store, save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { type Answer, type Approval, type Judged, judge } from './approval.ts';
import { showJobs } from './shown.ts';
import { addAnswer, lock, setStatus } from './store.ts';

interface Answered {
  approval: ApprovalId;
  person: { id: PersonId; roles: string[] };
  answer: Answer;
}

/** What taking answers needs: refused ones change nothing, and are counted with all others that are refused. */
export interface Answering extends Store {
  refusals: Refusals;
}

/** Takes a person's answer: each counts once and the last one needed decides, whoever else is clicking. Safe to call twice. */
export async function answer(answering: Answering, answered: Answered): Promise<Judged> {
  const judged = await save<Judged>(answering, async (tx) => {
    const found = await lock(tx, answered.approval);
    if (!found) return { result: unknown, entries: [], jobs: [] };
    const said = judge(found.approval, answered.person, answered.answer, found.now);
    if (said.kind !== 'recorded') return { result: said, entries: [], jobs: [] };
    await keep(tx, answered, said.complete);
    return { result: said, ...consequences(found.approval, answered, said.complete) };
  });
  // Outside the transaction, which holds the approval's lock and has nothing else to write.
  if (judged.kind !== 'recorded' && judged.kind !== 'type-target')
    await answering.refusals.attempted(refusal(answered, judged.because));
  return judged;
}

const unknown: Judged = { kind: 'expired', because: 'This request is not known here any more.' };

async function keep(tx: Tx, { approval, person, answer: given }: Answered, complete: boolean): Promise<void> {
  const reason = given.kind === 'reject' ? given.reason : null;
  const typed = given.kind === 'approve' && given.typed !== undefined;
  await addAnswer(tx, approval, {
    person: person.id,
    roles: person.roles,
    answer: given.kind,
    reason,
    typed,
  });
  if (complete) await setStatus(tx, approval, given.kind === 'approve' ? 'approved' : 'rejected');
}

function consequences(
  approval: Approval,
  { person, answer: given }: Answered,
  complete: boolean,
): Consequences {
  const about = { approval: approval.id, action: approval.action, incident: approval.incident ?? undefined };
  const { digest, terms } = approval;
  const entry: Entry = {
    kind: 'approval.answered',
    by: { person: person.id },
    about,
    facts: { answer: given.kind, complete, digest, roles: person.roles, terms },
  };
  if (given.kind === 'reject') entry.words = { reason: given.reason };
  const advance = complete ? [{ name: 'advance-action' as const, action: approval.action }] : [];
  return { entries: [entry], jobs: [...advance, ...showJobs(approval)] };
}

function refusal({ approval, person, answer: given }: Answered, because: string): Entry {
  const facts = { intent: given.kind };
  return { kind: 'door.refused', by: { person: person.id }, about: { approval }, facts, because: [because] };
}
