import { type Charter, versionOf } from '../charter/charter.ts';
import { contentsDigest, proposerOf } from '../charter/force.ts';
import { isShownWhole } from '../chat/whole.ts';
import type { ActionId, IncidentId, PersonId, WorkerId } from '../ids.ts';
import {
  server as findServer,
  service as findService,
  type Inventory,
  isOpenWindow,
  type Service,
} from '../inventory/inventory.ts';
import type { Store } from '../jobs/save.ts';
import { type Decision, decide } from '../policy/decide.ts';
import type { Facts, Target } from '../policy/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { Tx } from '../postgres/database.ts';
import { jsonOf } from '../postgres/text.ts';
import type { AnyTool } from '../tools/tool.ts';
import { type Action, type Bound, digestOf } from './action.ts';
import type { InFlight } from './in-flight.ts';
import type { Recording } from './recording.ts';
import { isRepeated, killedFor, openBreaker } from './stops.ts';
import { databaseNow, lockAllowance } from './store.ts';

/** What the gateway decides with. Nothing here comes from a model or from chat. */
export interface Gateway extends Store {
  tools: AnyTool[];
  inFlight: InFlight;
  /** Undefined: no system outside keeps change records. */
  recording?: Recording;
  policy: Policy;
  inventory: Inventory;
  /** The charter in force. */
  charterOf(worker: WorkerId): Charter | undefined;
  site: 'trial' | 'real';
  signedFor: 'trial' | 'real' | 'nobody';
  /** How long after a look at a running effect the next one is due. */
  lookAgainMs: number;
  /** Takes up the policy and the worker's charter in force, which another process may have adopted. Throws when one cannot be read. */
  refresh?(tx: Tx, worker: WorkerId): Promise<void>;
  /** Why an action may not run as things are right before it, a sentence; undefined when it may. */
  unmet?(action: Action): Promise<string | undefined>;
  now(): Date;
}

/** What deciding alone takes of it. */
export type Weigher = Omit<Gateway, keyof Store | 'inFlight' | 'lookAgainMs' | 'unmet' | 'now'>;

export interface Weighed {
  kind: 'weighed';
  tool: AnyTool;
  facts: Facts;
  decision: Decision;
  bound: Bound;
  /** Of what is bound. */
  digest: string;
  /** Who may not approve it: who asked for it, who answers for the worker and who proposed its charter. */
  excluded: PersonId[];
}

export type Weighing = Weighed | { kind: 'unknown'; because: string };

interface Deed {
  /** The action, once there is one. */
  id?: ActionId;
  worker: WorkerId;
  tool: string;
  arguments: unknown;
  confidence: number;
  incident: IncidentId | null;
  attempt?: number;
  foretold: boolean;
  requestedBy: PersonId | null;
}

/**
 * Looks the facts up as they are now and decides. Proposing and running both call it, so that nothing runs
 * on an old decision. What it read of the incident stays so until the transaction ends. *unknown* says which
 * of tool, worker and arguments cannot be weighed here.
 */
export async function weigh(gateway: Weigher, tx: Tx, deed: Deed): Promise<Weighing> {
  await gateway.refresh?.(tx, deed.worker);
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
  if (!isShownWhole(jsonOf(parsed.data)))
    return unknown(
      `The arguments of ${tool.name} are too long to be shown whole on a card, so nobody could approve them.`,
    );
  const target = tool.target(parsed.data);
  const at = await databaseNow(tx);
  const facts: Facts = {
    tool: { name: tool.name, version: tool.version, risk: tool.risk },
    target: targetOf(gateway, target, at),
    confidence: deed.confidence,
    worker: { id: charter.worker, name: charter.name, authority: charter.authority },
    site: gateway.site,
    signedFor: gateway.signedFor,
    at: at.toISOString(),
    ...(deed.foretold && { foretold: true }),
    ...(await stopsOf(gateway, tx, deed, jsonOf(parsed.data))),
  };
  const bound = {
    tool: tool.name,
    toolVersion: tool.version,
    arguments: parsed.data,
    target,
    charter: versionOf(charter),
    charterDigest: contentsDigest(charter),
    policy: gateway.policy.version,
    policyDigest: contentsDigest(gateway.policy),
  };
  const decision = decide(facts, gateway.policy);
  const involved = [charter.accountable, deed.requestedBy, await proposerOf(tx, charter.worker)];
  const excluded = [...new Set(involved.filter((one) => typeof one === 'string'))];
  return { kind: 'weighed', tool, facts, decision, bound, digest: digestOf(bound), excluded };
}

function unknown(because: string): Weighing {
  return { kind: 'unknown', because };
}

/** What stands against any deed now: kill switches, the breaker, the incident's allowance, a loop. */
async function stopsOf(gateway: Weigher, tx: Tx, deed: Deed, given: string): Promise<Partial<Facts>> {
  const stops: Partial<Facts> = { killed: await killedFor(tx, deed) };
  const breaker = await openBreaker(tx, deed, gateway.policy);
  if (breaker) stops.breaker = breaker;
  if (!deed.incident) return stops;
  const { limits } = gateway.policy;
  const { used, granted, hold, attempt } = await lockAllowance(
    tx,
    deed.incident,
    limits.autonomous_changes_per_incident,
  );
  stops.incident = {
    autonomousChanges: used,
    granted,
    held: hold === 'taken',
    paused: hold === 'paused',
    outdated: (deed.attempt ?? 0) < attempt,
  };
  stops.repeated = await isRepeated(tx, {
    incident: deed.incident,
    tool: deed.tool,
    arguments: given,
    but: deed.id,
  });
  return stops;
}

/** The target as the inventory knows it; one that is in no inventory has only its id. */
export function targetOf({ inventory }: Pick<Weigher, 'inventory'>, id: string, at: Date): Target {
  const server = findServer(inventory, id);
  const ids = server ? server.services : [id];
  const services = ids.map((one) => findService(inventory, one)).filter((one) => one !== undefined);
  return {
    id,
    services: services.map((one) => one.id),
    units: [...new Set(services.map((one) => one.team))],
    ...(server && { class: server.class, environment: server.environment }),
    ...windowOf(services, at),
  };
}

function windowOf(services: Service[], at: Date): Pick<Target, 'window'> {
  const windowed = services.filter(({ windows }) => windows.length > 0);
  if (windowed.length === 0) return {};
  const open = windowed.every(({ windows }) => windows.some((one) => isOpenWindow(one, at)));
  return { window: open ? 'open' : 'closed' };
}
