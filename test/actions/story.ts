import { sql } from 'kysely';
import type { Action } from '../../src/actions/action.ts';
import { advance } from '../../src/actions/advance.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { hold } from '../../src/actions/hold.ts';
import { openInFlight } from '../../src/actions/in-flight.ts';
import type { Proposal } from '../../src/actions/propose.ts';
import { load } from '../../src/actions/store.ts';
import { type Answering, answer } from '../../src/approvals/answer.ts';
import type { Answer, Approval, Judged } from '../../src/approvals/approval.ts';
import { lapse } from '../../src/approvals/lapse.ts';
import { approvalOf } from '../../src/approvals/read.ts';
import type { Kind } from '../../src/audit/entry.ts';
import { openNotes } from '../../src/audit/notes.ts';
import { openRefusals } from '../../src/audit/refusals.ts';
import type { Charter } from '../../src/charter/charter.ts';
import type { ActionId, IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import { type Handlers, type JobName, jobNames } from '../../src/jobs/job.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import { save } from '../../src/jobs/save.ts';
import type { Database } from '../../src/postgres/database.ts';
import { policy } from '../policy/facts.ts';
import { type Outside, openOutside } from './outside.ts';

export const maria = { id: 'p-maria' as PersonId, roles: ['on-call'] };
export const guest = { id: 'p-guest' as PersonId, roles: ['sales'] };
export const quiet = { warn: () => {}, error: () => {} };
type Log = Parameters<typeof openQueue>[1];
const never = async (): Promise<void> => {};

/** Ada, who restarts and rotates alone, asks before a roll-back, and never wipes. */
export const ada: Charter = {
  worker: 'ada' as WorkerId,
  version: 1,
  name: 'Ada',
  role: 'Operations worker',
  avatar: ':owl:',
  tier: 2,
  accountable: 'p-manager' as PersonId,
  duties: ['resolution'],
  purpose: { objective: 'Mends what a runbook covers.', domains: ['the shop'], boundaries: ['no more'] },
  authority: {
    autonomous: ['restart-service', 'rotate-logs'],
    notify: [],
    ask: ['roll-back'],
    never: ['wipe'],
  },
  cadence: { standup: { cron: '0 9 * * *', timezone: 'UTC' }, escalates_to: ['on-call'] },
  evaluation: { metrics: ['mended'], review: 'yearly' },
};

/** Tests that let things fail on purpose are not about the breaker. */
const seldom = { window: 10_000, failures: 10_000 };

/** A gateway on its own database, before a system outside that counts. */
export interface Story {
  gateway: Gateway & Answering;
  outside: Outside;
  action(id: ActionId): Promise<Action | undefined>;
  /** The approval that was asked for an action. */
  asked(id: ActionId): Promise<Approval>;
  says(id: ActionId, said: Answer, person?: typeof maria): Promise<Judged>;
  /** What the audit has on an action, in order. */
  happened(id: ActionId): Promise<Kind[]>;
  /** How many jobs of this name about `id` wait to be done. */
  due(name: JobName, id: string): Promise<number>;
  close(): Promise<void>;
}

export async function openStory(database: Database, migrate = true, log = quiet as Log): Promise<Story> {
  const queue = await openQueue(database, log, migrate);
  const outside = openOutside();
  const { db } = database;
  const gateway: Gateway & Answering = {
    db,
    queue,
    chain: 'trial',
    refusals: openRefusals(openNotes(db, 'trial'), () => new Date()),
    tools: [
      outside.tool(),
      outside.tool({ name: 'roll-back', risk: 'medium' }),
      outside.tool({ name: 'wipe' }),
    ],
    inFlight: openInFlight(),
    policy: {
      ...policy,
      breaker: seldom,
      limits: { ...policy.limits, budgets: { worker_day: { calls: 100_000 } } },
    },
    inventory: { servers: [], services: [] },
    charterOf: (worker) => (worker === ada.worker ? ada : undefined),
    site: 'trial',
    signedFor: 'trial',
    lookAgainMs: 20,
    now: () => new Date(),
  };
  const asked = async (id: ActionId) => {
    const found = await approvalOf(db, id);
    if (!found) throw new Error(`Nothing was asked for ${id}.`);
    return found;
  };
  return {
    gateway,
    outside,
    action: (id) => load(db, id),
    asked,
    says: async (id, said, person = maria) =>
      answer(gateway, { approval: (await asked(id)).id, person, answer: said }),
    happened: async (id) => {
      const { rows } = await sql<{ kind: Kind }>`select text::jsonb #>> '{entry,kind}' as kind from audit
        where text::jsonb #>> '{entry,about,action}' = ${id} order by seq`.execute(db);
      return rows.map(({ kind }) => kind);
    },
    due: async (name, id) => {
      const { rows } = await sql`select id from pgboss.job where name = ${name} and group_id = ${id}
        and state in ('created', 'retry')`.execute(db);
      return rows.length;
    },
    close: async () => {
      await gateway.refusals.stop();
      await queue.stop(0);
      await database.close();
    },
  };
}

let incidents = 0;
export const newIncident = () => `inc-${process.pid}-${incidents++}` as IncidentId;

/** Restart web-1, as sure as can be; what is not named is so. */
export function deed(changed: Partial<Proposal> = {}): Proposal {
  return {
    worker: ada.worker,
    incident: newIncident(),
    step: null,
    tool: 'restart-service',
    arguments: { server: 'web-1' },
    confidence: 0.95,
    why: 'Its memory grows.',
    evidence: ['metrics: 12 σ'],
    expected: 'Memory falls.',
    ...changed,
  };
}

/** Takes the incident over as a person's click does: in a transaction, with its entry and what it makes due. */
export function takeOver(gateway: Gateway, incident: IncidentId): Promise<void> {
  return save(gateway, async (tx) => ({
    result: undefined,
    entries: [{ kind: 'incident.taken', by: { roster: 'test' }, about: { incident } }],
    jobs: await hold(gateway, tx, incident),
  }));
}

/** The gateway's own jobs are done; all others are forgotten. */
export function gatewayJobs(gateway: Gateway): Handlers {
  return {
    ...(Object.fromEntries(jobNames.map((name) => [name, never])) as unknown as Handlers),
    'advance-action': ({ action }) => advance(gateway, action),
    'lapse-approval': ({ approval }) => lapse(gateway, approval),
  };
}
