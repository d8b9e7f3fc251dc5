import { action as findAction } from '../actions/read.ts';
import { answerEnquiry, enquiry as findEnquiry } from '../approvals/enquiry.ts';
import { approval as findApproval } from '../approvals/read.ts';
import type { Store } from '../jobs/save.ts';

/** Answers a question on an approval from the record: what every rule said, and on what evidence. Safe to call twice. */
export async function explain(store: Store, id: number): Promise<void> {
  const asked = await findEnquiry(store.db, id);
  if (!asked || asked.answer !== null) return;
  const approval = await findApproval(store.db, asked.approval);
  const action = approval && (await findAction(store.db, approval.action));
  if (!approval || !action)
    return answerEnquiry(store, asked, 'The record of this request is not here any more.');
  const rules = action.decision.said.map(({ rule, kind, because }) => `${rule}: ${kind}. ${because}`);
  const lines = [
    'From the record, without a language model.',
    `Why: ${approval.question.why}`,
    ...approval.question.evidence,
    `Expected: ${approval.question.expected}`,
    `If it goes wrong: ${approval.question.rollback}`,
    'What each rule said:',
    ...rules,
  ];
  return answerEnquiry(store, asked, lines.join('\n'));
}
