// A gateway on a real database, before a system outside that counts what it was made to do.
// Not a class of attempts: those are the other files. Nothing here works jobs off by itself: the kit is the
// scheduler, so that it can run a job late, twice, at the same time as another, or never.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Action, digestOf } from '../src/actions/action.ts';
import { advance } from '../src/actions/advance.ts';
import type { Gateway } from '../src/actions/gateway.ts';
import { openInFlight } from '../src/actions/in-flight.ts';
import { type Proposal, propose } from '../src/actions/propose.ts';
import { action as actionOf } from '../src/actions/read.ts';
import { answer } from '../src/approvals/answer.ts';
import type { Answer, Approval, Judged } from '../src/approvals/approval.ts';
import { approvalOf } from '../src/approvals/read.ts';
import { openNotes } from '../src/audit/notes.ts';
import { openRefusals, type Refusals } from '../src/audit/refusals.ts';
import type { Charter } from '../src/charter/charter.ts';
import type { ActionId, ApprovalId, IncidentId, PersonId, WorkerId } from '../src/ids.ts';
import { parseInventory } from '../src/inventory/inventory.ts';
import { type Policy, policySchema } from '../src/policy/policy.ts';
import type { Database, Db } from '../src/postgres/database.ts';
import type { AnyTool, Risk, Tool } from '../src/tools/tool.ts';
import { openFresh } from './database.ts';
import { toolsBefore } from './tools.ts';

/** One thing that was really done outside. */
export interface Effect {
  action: ActionId;
  tool: string;
  version: number;
  arguments: Given;
}

export interface Given {
  server: string;
  value: string;
}

export type Human = { id: PersonId; roles: string[] };

export const onCall: Human = { id: 'p-on-call' as PersonId, roles: ['on-call'] };
export const owner: Human = { id: 'p-owner' as PersonId, roles: ['database-owner'] };
export const manager: Human = { id: 'p-manager' as PersonId, roles: ['on-call', 'database-owner'] };

export interface Desk {
  database: Database;
  gateway: Gateway;
  /** What was done outside for an action, in order. */
  effects(id: ActionId): Effect[];
  tool(changed: Partial<Tool<Given>> & { name: string; risk: Risk }): AnyTool;
  action(id: ActionId): Promise<Action>;
  /** The newest approval that was asked for an action. */
  asked(id: ActionId): Promise<Approval>;
  /** Every approval that was ever asked for an action. */
  approvals(id: ActionId): Promise<Kept[]>;
  says(approval: ApprovalId, person: Human, said?: Answer): Promise<Judged>;
  refusals: Refusals;
  close(): Promise<void>;
}

type Kept = Pick<Approval, 'id' | 'status' | 'digest'> & { consumed: boolean; arguments: string };

/** On a database of its own, or on the one given. */
export async function openDesk(database?: Database): Promise<Desk> {
  const on = database ?? (await openFresh());
  const { db } = on;
  const done = new Map<ActionId, Effect[]>();
  const tool = toolsBefore(done);
  const gateway = gatewayOn(db, [
    tool({ name: 'restart', risk: 'low' }),
    tool({ name: 'roll-back', risk: 'medium' }),
    tool({ name: 'drop', risk: 'high' }),
    tool({ name: 'wipe', risk: 'low' }),
  ]);
  const refusals = openRefusals(openNotes(db, gateway.chain), gateway.now);
  return {
    database: on,
    gateway,
    tool,
    effects: (id) => done.get(id) ?? [],
    action: async (id) => there(await actionOf(db, id), id),
    asked: async (id) => there(await approvalOf(db, id), id),
    approvals: async (id) => {
      const { rows } = await sql<Kept>`select id, status, digest, consumed_at is not null as consumed,
        question ->> 'arguments' as arguments from approval where action = ${id}`.execute(db);
      return rows;
    },
    says: (approval, person, said = { kind: 'approve' }) =>
      answer({ ...gateway, refusals }, { approval, person, answer: said }),
    refusals,
    close: async () => {
      await refusals.stop();
      await on.close();
    },
  };
}

/** One whose queue forgets what it is given: the kit is the scheduler. */
export function gatewayOn(db: Db, tools: AnyTool[]): Gateway {
  return {
    db,
    queue: { add: async () => {}, work: async () => {}, stop: async () => {} },
    chain: 'trial',
    tools,
    inFlight: openInFlight(),
    policy,
    inventory: nothingKnown(),
    charterOf: (worker) => charterOf(worker),
    site: 'trial',
    signedFor: 'trial',
    lookAgainMs: 20,
    now: () => new Date(),
  };
}

function there<T>(found: T | undefined, id: string): T {
  if (!found) throw new Error(`There is nothing for ${id}.`);
  return found;
}

export const handleOf = (key: string) => `job of ${key}`;

/** The rules as they are shipped, with room for many attempts by one worker. */
export const policy: Policy = policySchema.parse({
  version: '1',
  confidence: { default: { execute: 0.85, notify: 0.65 } },
  risk: { low: 'allow', medium: 'ask', high: 'ask' },
  ask: {
    low: { seats: [['on-call']], minutes: 240 },
    medium: { seats: [['on-call']], minutes: 240, next: ['governor'] },
    high: { seats: [['on-call'], ['database-owner', 'on-call']], minutes: 15, type_target: true },
  },
  rollout: { trial: 'act', real: 'observe' },
  outside_windows: { low: 'allow', medium: 'ask', high: 'ask' },
  limits: { autonomous_changes_per_incident: 8, budgets: { worker_day: { calls: 1_000_000 } } },
  breaker: { window: 10, failures: 10 },
});

/** Every worker has the same charter, so that each attempt has a worker of its own. */
export function charterOf(worker: WorkerId): Charter {
  return {
    worker,
    version: 1,
    name: 'Ada',
    role: 'Operations worker',
    avatar: ':owl:',
    tier: 2,
    accountable: manager.id,
    duties: ['resolution'],
    purpose: { objective: 'Mends what a runbook covers.', domains: ['the shop'], boundaries: ['no more'] },
    authority: { autonomous: ['restart'], notify: [], ask: ['roll-back', 'drop'], never: ['wipe'] },
    cadence: { standup: { cron: '0 9 * * *', timezone: 'UTC' }, escalates_to: ['on-call'] },
    evaluation: { metrics: ['mended'], review: 'yearly' },
  };
}

function nothingKnown(): Gateway['inventory'] {
  const read = parseInventory({
    servers: [{ id: 'spare', class: 'app', environment: 'test', services: ['spare'] }],
    services: [
      {
        id: 'spare',
        name: 'spare',
        criticality: 4,
        owner: manager.id,
        team: 'shop',
        dependsOn: [],
        revenuePerMinute: 0,
      },
    ],
  });
  if (read.kind === 'refused') throw new Error(read.because);
  return read.inventory;
}

export const newWorker = () => `w-${randomUUID().slice(0, 18)}` as WorkerId;
export const newIncident = () => `inc-${randomUUID()}` as IncidentId;

/** What a worker of its own on an incident of its own proposes; what is not named is harmless. */
export function deed(changed: Partial<Proposal> = {}): Proposal {
  return {
    worker: newWorker(),
    incident: newIncident(),
    step: null,
    tool: 'roll-back',
    arguments: { server: 'web-1', value: 'a' },
    confidence: 0.95,
    why: 'Its memory grows.',
    evidence: ['metrics: 12 deviations'],
    expected: 'Memory falls.',
    ...changed,
  };
}

/** A deed that people were asked for, and the question. */
export async function askFor(desk: Desk, changed: Partial<Proposal> = {}) {
  const id = await propose(desk.gateway, deed(changed));
  return { id, approval: await desk.asked(id) };
}

/** Advances as a job does: what fails is tried again later, here by whoever calls next. */
export async function tryAdvance(gateway: Gateway, id: ActionId): Promise<void> {
  await advance(gateway, id).catch(() => {});
}

/** Lets other attempts go first, for about this long. */
export async function dawdle(ms: number): Promise<void> {
  if (ms > 0) await setTimeout(ms);
}

/**
 * What must hold of every action whatever was tried on it: at most one effect, and for that one either the
 * policy's own permission or a used-up approval of exactly it. A sentence when it does not.
 */
export async function violation(desk: Desk, id: ActionId): Promise<string | undefined> {
  const effects = desk.effects(id);
  if (effects.length > 1) return `${id} had ${effects.length} effects.`;
  const [effect] = effects;
  const action = await desk.action(id);
  const kept = await desk.approvals(id);
  const used = kept.filter(({ consumed }) => consumed);
  if (used.length > 1) return `${id} used up ${used.length} approvals.`;
  if (kept.filter(({ status }) => status === 'open').length > 1) return `${id} has two open approvals.`;
  if (!effect) return undefined;
  const { tool, version: toolVersion, arguments: given } = effect;
  const digest = digestOf({ ...action, tool, toolVersion, arguments: given });
  if (digest !== action.digest) return `${id} ran something else than its row says.`;
  if (used.length === 0) {
    const permitted = action.autonomous && ['allow', 'notify'].includes(action.decision.kind);
    return permitted ? undefined : `${id} ran with neither a permission nor an approval.`;
  }
  const [approval] = used;
  if (approval?.status !== 'approved') return `${id} ran on an approval that was ${approval?.status}.`;
  if (approval.digest !== digest) return `${id} ran on an approval of something else.`;
  return approval.arguments === JSON.stringify(given) ? undefined : `${id} ran what its card did not show.`;
}
