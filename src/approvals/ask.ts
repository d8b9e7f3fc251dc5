import { randomUUID } from 'node:crypto';
import type { By } from '../audit/entry.ts';
import type { ApprovalId } from '../ids.ts';
import type { Consequences } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import type { Approval } from './approval.ts';
import { showJobs } from './shown.ts';
import { insert } from './store.ts';

type Asked = Pick<Approval, 'action' | 'worker' | 'digest' | 'incident' | 'terms' | 'question'>;

/** Puts a question to the people its terms name. Returns what must be committed with it. */
export async function ask(tx: Tx, by: By, asked: Asked): Promise<Consequences> {
  const id = `apr-${randomUUID()}` as ApprovalId;
  const expiresAt = await insert(tx, { id, ...asked });
  const about = { approval: id, action: asked.action, incident: asked.incident ?? undefined };
  const facts = { digest: asked.digest, terms: asked.terms, expiresAt: expiresAt.toISOString() };
  return {
    entries: [{ kind: 'approval.asked', by, about, facts }],
    jobs: [
      ...showJobs({ id, incident: asked.incident }),
      { name: 'lapse-approval', approval: id, after: expiresAt },
    ],
  };
}
