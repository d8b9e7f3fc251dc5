import { randomUUID } from 'node:crypto';
import { ask } from '../approvals/ask.ts';
import type { By, Json } from '../audit/entry.ts';
import type { ActionId, IncidentId, WorkerId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import type { Decision } from '../policy/decide.ts';
import type { Tx } from '../postgres/database.ts';
import type { Action, Status } from './action.ts';
import { type Gateway, type Weighed, weigh } from './gateway.ts';
import { insert, loadStep } from './store.ts';

export interface Proposal {
  worker: WorkerId;
  incident: IncidentId | null;
  /** Which step of the runbook; proposing a step twice gives the first one's action. */
  step: number | null;
  tool: string;
  arguments: unknown;
  confidence: number;
  why: string;
  evidence: string[];
  expected: string;
}

/**
 * Puts a deed before the gateway: it is decided, written down and, as decided, made due, asked for or
 * refused, in one transaction. Throws when tool, arguments or worker are not known here.
 */
export function propose(gateway: Gateway, proposal: Proposal): Promise<ActionId> {
  return save(gateway, async (tx) => {
    const weighed = await weigh(gateway, tx, proposal);
    if (weighed.kind === 'unknown') throw new Error(weighed.because);
    const action = actionFor(proposal, weighed);
    if (!(await insert(tx, action))) {
      const first = await loadStep(tx, proposal.incident as IncidentId, proposal.step as number);
      return { result: first?.id ?? action.id, entries: [], jobs: [] };
    }
    const by: By = { worker: action.worker, charter: action.charter };
    const asked = weighed.decision.kind === 'ask' ? await askFor(tx, action, weighed.decision) : nothing;
    const jobs = [...asked.jobs];
    if (!asked.jobs.length) jobs.push({ name: 'advance-action', action: action.id });
    const entry = {
      kind: 'action.proposed' as const,
      by,
      about: { action: action.id, incident: action.incident ?? undefined },
      versions: { policy: action.policy, tool: `${action.tool}@${action.toolVersion}` },
      facts: { ...decided(weighed), arguments: action.arguments as Json, digest: action.digest },
      because: weighed.decision.because,
      words: { why: proposal.why },
    };
    return { result: action.id, entries: [entry, ...asked.entries], jobs };
  });
}

const nothing: Consequences = { entries: [], jobs: [] };

function actionFor(proposal: Proposal, { tool, decision, bound, digest }: Weighed) {
  const { why, evidence, expected, confidence } = proposal;
  const given = bound.arguments;
  const question = {
    what: tool.what(given),
    target: bound.target,
    why,
    evidence,
    risk: tool.risk,
    confidence,
    expected,
    rollback: tool.rollback(given),
    because: decision.because,
  };
  return {
    id: `act-${randomUUID()}` as ActionId,
    incident: proposal.incident,
    step: proposal.step,
    worker: proposal.worker,
    ...bound,
    digest,
    confidence,
    question,
    status: statusFor(decision),
    decision,
  };
}

function statusFor({ kind }: Decision): Status {
  return kind === 'ask' ? 'waiting' : 'ready';
}

/** Asks the people that the decision's terms name. */
export function askFor(
  tx: Tx,
  action: Pick<Action, 'id' | 'worker' | 'charter' | 'digest' | 'incident' | 'question'>,
  decision: Decision,
): Promise<Consequences> {
  const { id, worker, charter, digest, incident, question } = action;
  if (!decision.terms) throw new Error(`The decision on ${id} is to ask, and names nobody.`);
  return ask(
    tx,
    { worker, charter },
    { action: id, worker, digest, incident, terms: decision.terms, question },
  );
}

/** The facts and the decision as the audit keeps them. */
export function decided({ facts, decision }: Weighed): { [name: string]: Json } {
  return JSON.parse(JSON.stringify({ facts, decision: { kind: decision.kind, said: decision.said } }));
}
