import { randomUUID } from 'node:crypto';
import type { Question } from '../approvals/approval.ts';
import { ask } from '../approvals/ask.ts';
import type { By, Json } from '../audit/entry.ts';
import type { ActionId, IncidentId, PersonId, WorkerId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import type { Decision } from '../policy/decide.ts';
import type { Terms } from '../policy/policy.ts';
import { termsFor } from '../policy/rules/archetype.ts';
import type { Tx } from '../postgres/database.ts';
import type { Action, Status } from './action.ts';
import { type Gateway, type Weighed, weigh } from './gateway.ts';
import { insert, loadBy } from './store.ts';

export interface Proposal {
  worker: WorkerId;
  incident: IncidentId | null;
  /** Which step of the runbook; proposing a step of one attempt twice gives the first one's action. */
  step: number | null;
  attempt?: number;
  /** What it rolls back; proposing that twice gives the first one's action. */
  undoes?: ActionId;
  /** It would prevent what is foretold and not there yet. */
  foretold?: boolean;
  /** What a person said that it comes from; proposing that twice gives the first one's action. */
  request?: string;
  tool: string;
  arguments: unknown;
  /** Who asked for it, when a person did. */
  requestedBy?: PersonId;
  confidence: number;
  why: string;
  evidence: string[];
  expected: string;
}

type Asked = Omit<Proposal, Optional> & Pick<Action, Optional>;
type Optional = 'requestedBy' | 'attempt' | 'undoes' | 'foretold' | 'request';

/**
 * Puts a deed before the gateway: it is decided, written down and, as decided, made due, asked for or
 * refused, in one transaction. Throws when tool, arguments or worker are not known here.
 */
export async function propose(gateway: Gateway, proposal: Proposal): Promise<ActionId> {
  const reliedOn = await factsNow(gateway, proposal);
  const deed: Asked = {
    ...proposal,
    requestedBy: proposal.requestedBy ?? null,
    attempt: proposal.attempt ?? 0,
    undoes: proposal.undoes ?? null,
    foretold: proposal.foretold ?? false,
    request: proposal.request ?? null,
  };
  return save(gateway, async (tx) => {
    const weighed = await weigh(gateway, tx, deed);
    if (weighed.kind === 'unknown') throw new Error(weighed.because);
    const action = { ...actionFor(deed, weighed), reliedOn };
    if (!(await insert(tx, action))) {
      const first = await loadBy(tx, action);
      return { result: first?.id ?? action.id, entries: [], jobs: [] };
    }
    const by: By = { worker: action.worker, charter: action.charter };
    const asked = weighed.decision.kind === 'ask' ? await askFor(gateway, tx, action, weighed) : nothing;
    const jobs = [...asked.jobs];
    if (!asked.jobs.length) jobs.push({ name: 'advance-action', action: action.id });
    const entry = {
      kind: 'action.proposed' as const,
      by,
      about: { action: action.id, incident: action.incident ?? undefined },
      versions: { policy: action.policy, tool: `${action.tool}@${action.toolVersion}` },
      facts: {
        ...decided(weighed),
        arguments: action.arguments as Json,
        digest: action.digest,
        ...(action.undoes && { undoes: action.undoes }),
      },
      because: weighed.decision.because,
      words: { why: proposal.why },
    };
    return { result: action.id, entries: [entry, ...asked.entries], jobs };
  });
}

const nothing: Consequences = { entries: [], jobs: [] };

function actionFor(proposal: Asked, weighed: Weighed) {
  const { why, evidence, expected, confidence } = proposal;
  const { decision, bound, digest } = weighed;
  return {
    id: `act-${randomUUID()}` as ActionId,
    incident: proposal.incident,
    step: proposal.step,
    attempt: proposal.attempt,
    undoes: proposal.undoes,
    foretold: proposal.foretold,
    request: proposal.request,
    worker: proposal.worker,
    requestedBy: proposal.requestedBy,
    ...bound,
    digest,
    confidence,
    question: questionFor(weighed, { why, evidence, expected, confidence }),
    status: statusFor(decision),
    decision,
  };
}

/** What the people who are asked see: all but the worker's words comes from the typed action as it would run now. */
export function questionFor(
  { tool, decision, bound }: Weighed,
  words: Pick<Question, 'why' | 'evidence' | 'expected' | 'confidence'>,
): Question {
  const given = bound.arguments;
  const { why, evidence, expected, confidence } = words;
  return {
    what: tool.what(given),
    target: bound.target,
    arguments: JSON.stringify(given),
    why,
    evidence,
    risk: tool.risk,
    confidence,
    expected,
    rollback: tool.inverse(given).says,
    because: decision.because,
  };
}

/** What an approval of this deed relies on, as the systems outside have it now; nothing for a deed unknown here. */
export async function factsNow(
  { tools }: Gateway,
  deed: { tool: string; arguments: unknown },
): Promise<Record<string, string>> {
  const tool = tools.find(({ name }) => name === deed.tool);
  const parsed = tool?.arguments.safeParse(deed.arguments);
  return tool && parsed?.success ? tool.reliesOn(parsed.data) : {};
}

function statusFor({ kind }: Decision): Status {
  return kind === 'ask' ? 'waiting' : 'ready';
}

type Waiting = Pick<Action, 'id' | 'worker' | 'charter' | 'policy' | 'digest' | 'incident' | 'question'>;

/** Who must answer: as the decision says, and for its risk when the decision itself would not ask. */
export function termsOf({ policy }: Gateway, { decision, facts }: Weighed): Terms {
  return decision.terms ?? termsFor(facts, policy);
}

/** Asks the people that the decision's terms name; those of its risk when the decision itself would not ask. */
export function askFor(gateway: Gateway, tx: Tx, action: Waiting, weighed: Weighed): Promise<Consequences> {
  const { id, worker, charter, policy, digest, incident, question } = action;
  const terms = termsOf(gateway, weighed);
  const by: By = { worker, charter };
  return ask(tx, by, {
    action: id,
    worker,
    digest,
    policy,
    charter,
    incident,
    terms,
    excluded: weighed.excluded,
    question,
  });
}

/** The facts and the decision as the audit keeps them. */
export function decided({ facts, decision, bound }: Weighed): { [name: string]: Json } {
  const { kind, said } = decision;
  const { charterDigest, policyDigest } = bound;
  return JSON.parse(JSON.stringify({ facts, decision: { kind, said }, charterDigest, policyDigest }));
}
