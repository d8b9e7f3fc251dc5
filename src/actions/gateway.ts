import { type Charter, versionOf } from '../charter/charter.ts';
import type { IncidentId, WorkerId } from '../ids.ts';
import type { Store } from '../jobs/save.ts';
import { type Decision, decide } from '../policy/decide.ts';
import type { Facts, Policy } from '../policy/facts.ts';
import type { Tx } from '../postgres/database.ts';
import { jsonOf } from '../postgres/text.ts';
import type { AnyTool } from '../tools/tool.ts';
import { type Bound, digestOf } from './action.ts';
import { lockAllowance } from './store.ts';

/** What the gateway decides with. Nothing here comes from a model or from chat. */
export interface Gateway extends Store {
  tools: AnyTool[];
  policy: Policy;
  charterOf(worker: WorkerId): Charter | undefined;
  site: 'trial' | 'real';
  signedFor: 'trial' | 'real' | 'nobody';
  /** How long after a look at a running effect the next one is due. */
  lookAgainMs: number;
  now(): Date;
}

export interface Weighed {
  kind: 'weighed';
  tool: AnyTool;
  facts: Facts;
  decision: Decision;
  bound: Bound;
  /** Of what is bound. */
  digest: string;
}

export type Weighing = Weighed | { kind: 'unknown'; because: string };

interface Deed {
  worker: WorkerId;
  tool: string;
  arguments: unknown;
  confidence: number;
  incident: IncidentId | null;
}

/**
 * Looks the facts up as they are now and decides. Proposing and running both call it, so that nothing runs
 * on an old decision. What it read of the incident stays so until the transaction ends. *unknown* says which
 * of tool, worker and arguments cannot be weighed here.
 */
export async function weigh(gateway: Gateway, tx: Tx, deed: Deed): Promise<Weighing> {
  const tool = gateway.tools.find(({ name }) => name === deed.tool);
  if (!tool) return unknown(`There is no tool ${deed.tool} here.`);
  const charter = gateway.charterOf(deed.worker);
  if (!charter) return unknown(`There is no charter for the worker ${deed.worker}.`);
  const parsed = tool.arguments.safeParse(deed.arguments);
  if (!parsed.success) {
    const found = parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
    return unknown(`${tool.name} does not take these arguments: ${found}.`);
  }
  if (jsonOf(parsed.data) !== JSON.stringify(parsed.data))
    return unknown(`The arguments of ${tool.name} hold characters that cannot be stored.`);
  const target = tool.target(parsed.data);
  const facts: Facts = {
    tool: { name: tool.name, version: tool.version, risk: tool.risk },
    target,
    confidence: deed.confidence,
    worker: { name: charter.name, authority: charter.authority },
    site: gateway.site,
    signedFor: gateway.signedFor,
  };
  if (deed.incident) facts.incident = await allowanceOf(gateway, tx, deed.incident);
  const bound = {
    tool: tool.name,
    toolVersion: tool.version,
    arguments: parsed.data,
    target,
    charter: versionOf(charter),
    policy: gateway.policy.version,
  };
  const decision = decide(facts, gateway.policy);
  return { kind: 'weighed', tool, facts, decision, bound, digest: digestOf(bound) };
}

function unknown(because: string): Weighing {
  return { kind: 'unknown', because };
}

async function allowanceOf({ policy }: Gateway, tx: Tx, incident: IncidentId) {
  const { used, granted, held } = await lockAllowance(
    tx,
    incident,
    policy.limits.autonomous_changes_per_incident,
  );
  return { autonomousChanges: used, granted, held };
}
