import { randomUUID } from 'node:crypto';
import type { By } from '../audit/entry.ts';
import type { ApprovalId } from '../ids.ts';
import type { Consequences } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import type { Approval } from './approval.ts';
import { showJobs } from './shown.ts';
import { insert } from './store.ts';

export type Asked = Pick<
  Approval,
  'action' | 'worker' | 'digest' | 'policy' | 'charter' | 'incident' | 'terms' | 'excluded' | 'question'
>;

/** Puts a question to the people its terms name. Returns what must be committed with it. */
export async function ask(tx: Tx, by: By, asked: Asked): Promise<Consequences> {
  const id = `apr-${randomUUID()}` as ApprovalId;
  const { expires, half } = await insert(tx, { id, ...asked });
  const about = { approval: id, action: asked.action, incident: asked.incident ?? undefined };
  const { digest, terms, excluded, question } = asked;
  // What the card shows is kept with it, so that what was consented to can be told later.
  const { what, target, arguments: given, risk, confidence, expected, rollback, because } = question;
  const shown = { what, target, arguments: given, risk, confidence, expected, rollback, because };
  return {
    entries: [
      {
        kind: 'approval.asked',
        by,
        about,
        versions: { policy: asked.policy },
        facts: { digest, terms, excluded, shown, expiresAt: expires.toISOString() },
        words: { why: question.why, evidence: question.evidence.join('\n') },
      },
    ],
    jobs: [
      ...showJobs({ id, incident: asked.incident }),
      { name: 'remind-approval', approval: id, after: half },
      { name: 'lapse-approval', approval: id, after: expires },
    ],
  };
}
