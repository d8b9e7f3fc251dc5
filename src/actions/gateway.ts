import { type Charter, versionOf } from '../charter/charter.ts';
import type { IncidentId, WorkerId } from '../ids.ts';
import type { Store } from '../jobs/save.ts';
import { type Decision, decide } from '../policy/decide.ts';
import type { Facts, Policy } from '../policy/facts.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { AnyTool } from '../tools/tool.ts';
import { digestOf } from './action.ts';
import { loadAllowance } from './store.ts';

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
  facts: Facts;
  decision: Decision;
  digest: string;
  charter: string;
}

interface Deed {
  worker: WorkerId;
  tool: string;
  arguments: unknown;
  confidence: number;
  incident: IncidentId | null;
}

/**
 * Looks the facts up as they are now and decides. Proposing and running both call it, so that nothing
 * runs on an old decision. Throws when the tool or the worker is not known here.
 */
export async function weigh(gateway: Gateway, db: Db | Tx, deed: Deed): Promise<Weighed> {
  const tool = toolNamed(gateway, deed.tool);
  const charter = gateway.charterOf(deed.worker);
  if (!charter) throw new Error(`There is no charter for the worker ${deed.worker}.`);
  const given = tool.arguments.parse(deed.arguments);
  const target = tool.target(given);
  const facts: Facts = {
    tool: { name: tool.name, version: tool.version, risk: tool.risk },
    target,
    confidence: deed.confidence,
    worker: { name: charter.name, authority: charter.authority },
    site: gateway.site,
    signedFor: gateway.signedFor,
  };
  if (deed.incident) facts.incident = await allowanceOf(gateway, db, deed.incident);
  const version = versionOf(charter);
  const bound = {
    tool: tool.name,
    toolVersion: tool.version,
    arguments: given,
    target,
    charter: version,
    policy: gateway.policy.version,
  };
  return { facts, decision: decide(facts, gateway.policy), digest: digestOf(bound), charter: version };
}

/** The tool of that name; throws when a runbook names one that is not there. */
export function toolNamed({ tools }: Gateway, name: string): AnyTool {
  const tool = tools.find((one) => one.name === name);
  if (!tool)
    throw new Error(`There is no tool ${name}: known are ${tools.map((one) => one.name).join(', ')}.`);
  return tool;
}

async function allowanceOf({ policy }: Gateway, db: Db | Tx, incident: IncidentId) {
  const allowance = await loadAllowance(db, incident);
  const granted = policy.limits.autonomous_changes_per_incident;
  return {
    autonomousChanges: allowance?.used ?? 0,
    granted: allowance?.granted ?? granted,
    held: allowance?.held ?? false,
  };
}
