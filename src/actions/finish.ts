import type { Approval, Ended } from '../approvals/approval.ts';
import { approvalOf, noteOutcome } from '../approvals/read.ts';
import { showJobs } from '../approvals/shown.ts';
import type { Job } from '../jobs/job.ts';
import type { Consequences } from '../jobs/save.ts';
import { withoutSecrets } from '../models/secrets.ts';
import type { Tx } from '../postgres/database.ts';
import type { Action } from './action.ts';
import type { Gateway } from './gateway.ts';
import { setEnded } from './store.ts';

export interface Outcome {
  status: Ended;
  /** One sentence for people. */
  because: string;
  /** What the system outside printed: untrusted, and erasable in the audit. */
  output?: string;
}

/** What a system outside printed may hold secrets: neither row, card nor audit ever has them. */
async function clean(outcome: Outcome): Promise<Outcome> {
  const { because, output } = outcome;
  return {
    ...outcome,
    because: await withoutSecrets(because),
    ...(output !== undefined && { output: await withoutSecrets(output) }),
  };
}

type Recorded = Pick<Gateway, 'recording'>;

/** Ends an action, tells its approval and makes due what waited for it. Does nothing when it had ended. */
export async function finish(
  { recording }: Recorded,
  tx: Tx,
  action: Action,
  given: Outcome,
): Promise<Consequences> {
  const outcome = await clean(given);
  const ended = await setEnded(tx, action.id, outcome.status, outcome.output ?? outcome.because);
  if (!ended) return { entries: [], jobs: [] };
  const approval = await approvalOf(tx, action.id);
  const nothing = outcome.status === 'refused' ? ' Nothing was run.' : '';
  if (approval) await noteOutcome(tx, approval.id, `${outcome.because}${nothing}`, outcome.status);
  const entry = {
    kind: 'action.ended' as const,
    by: { worker: action.worker, charter: action.charter },
    about: { action: action.id, incident: action.incident ?? undefined },
    versions: { policy: action.policy, tool: `${action.tool}@${action.toolVersion}` },
    facts: { status: outcome.status },
    because: [outcome.because],
    ...(outcome.output ? { words: { output: outcome.output } } : {}),
  };
  const jobs: Job[] = outcomeJobs(action, approval);
  if (action.incident) jobs.push({ name: 'remediate', incident: action.incident });
  if (action.requestedBy) jobs.push({ name: 'show', subject: `outcome:${action.id}` });
  if (recording) jobs.push(...(await recording.ended(tx, action, { status: outcome.status, ...ended })));
  return { entries: [entry], jobs };
}

/** Tells the approval and the audit that the system outside took the work, under this handle. */
export async function begin(
  { recording }: Recorded,
  tx: Tx,
  action: Action,
  handle: string,
): Promise<Consequences> {
  const approval = await approvalOf(tx, action.id);
  if (approval) await noteOutcome(tx, approval.id, `Running as ${handle}…`);
  const entry = {
    kind: 'action.begun' as const,
    by: { worker: action.worker, charter: action.charter },
    about: { action: action.id, incident: action.incident ?? undefined },
    facts: { handle },
  };
  const recorded = (await recording?.begun(tx, action.id)) ?? [];
  return { entries: [entry], jobs: [...outcomeJobs(action, approval), ...recorded] };
}

/** What must be shown again when an action moved. */
export function outcomeJobs(action: Action, approval: Approval | undefined): Job[] {
  if (approval) return showJobs(approval);
  return action.incident ? [{ name: 'show', subject: `incident:${action.incident}` }] : [];
}
