import type { Entry } from '../audit/entry.ts';
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

/** Takes a person's answer: each counts once and the last one needed decides, whoever else is clicking. Safe to call twice. */
export function answer(store: Store, answered: Answered): Promise<Judged> {
  return save<Judged>(store, async (tx) => {
    const found = await lock(tx, answered.approval);
    if (!found) {
      const because = 'This request is not known here any more.';
      return { result: { kind: 'expired', because }, entries: [refusal(answered, because)], jobs: [] };
    }
    const judged = judge(found.approval, answered.person, answered.answer, found.now);
    if (judged.kind === 'type-target') return { result: judged, entries: [], jobs: [] };
    if (judged.kind !== 'recorded')
      return { result: judged, entries: [refusal(answered, judged.because)], jobs: [] };
    await keep(tx, answered, judged.complete);
    return { result: judged, ...consequences(found.approval, answered, judged.complete) };
  });
}

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
