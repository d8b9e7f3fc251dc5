import type { Entry } from '../audit/entry.ts';
import type { ApprovalId, PersonId } from '../ids.ts';
import { type Consequences, type Store, save } from '../jobs/save.ts';
import { type Answer, type Approval, type Judged, judge } from './approval.ts';
import { showJobs } from './shown.ts';
import { lock, settle } from './store.ts';

interface Answered {
  approval: ApprovalId;
  person: { id: PersonId; roles: string[] };
  answer: Answer;
}

/** Takes a person's answer: decided exactly once, whoever else is clicking. Safe to call twice. */
export function answer(store: Store, answered: Answered): Promise<Judged> {
  return save<Judged>(store, async (tx) => {
    const found = await lock(tx, answered.approval);
    if (!found) {
      const because = 'This request is not known here any more.';
      return {
        result: { kind: 'expired', because },
        entries: [refusal(answered, because)],
        jobs: [],
      };
    }
    const judged = judge(found.approval, answered.person, answered.answer, found.now);
    if (judged.kind !== 'recorded')
      return { result: judged, entries: [refusal(answered, judged.because)], jobs: [] };
    const reason = answered.answer.kind === 'reject' ? answered.answer.reason : null;
    const status = answered.answer.kind === 'approve' ? 'approved' : 'rejected';
    await settle(tx, answered.approval, { status, by: answered.person.id, reason });
    return { result: judged, ...consequences(found.approval, answered) };
  });
}

function consequences(approval: Approval, { person, answer: given }: Answered): Consequences {
  const about = { approval: approval.id, action: approval.action, incident: approval.incident ?? undefined };
  const entry: Entry = {
    kind: 'approval.answered',
    by: { person: person.id },
    about,
    facts: { answer: given.kind, digest: approval.digest, roles: person.roles, terms: approval.terms },
  };
  if (given.kind === 'reject') entry.words = { reason: given.reason };
  return {
    entries: [entry],
    jobs: [{ name: 'advance-action', action: approval.action }, ...showJobs(approval)],
  };
}

function refusal({ approval, person, answer: given }: Answered, because: string): Entry {
  const facts = { intent: given.kind };
  return { kind: 'door.refused', by: { person: person.id }, about: { approval }, facts, because: [because] };
}
