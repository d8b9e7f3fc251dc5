import { sql } from 'kysely';
import { advance } from '../src/actions/advance.ts';
import { cancel } from '../src/actions/cancel.ts';
import type { Gateway } from '../src/actions/gateway.ts';
import { openInFlight } from '../src/actions/in-flight.ts';
import { answer } from '../src/approvals/answer.ts';
import type { Answer } from '../src/approvals/approval.ts';
import { lapse, remind } from '../src/approvals/lapse.ts';
import { approvalsOf } from '../src/approvals/read.ts';
import type { Entry } from '../src/audit/entry.ts';
import { openNotes } from '../src/audit/notes.ts';
import { openRefusals } from '../src/audit/refusals.ts';
import { bylineOf } from '../src/charter/byline.ts';
import type { Charter } from '../src/charter/charter.ts';
import { fernwood } from '../src/estate/company.ts';
import type { ActionId, IncidentId, PersonId, WorkerId } from '../src/ids.ts';
import { argue } from '../src/incidents/argue/argue.ts';
import type { Opinion } from '../src/incidents/argue/turn.ts';
import { conclude } from '../src/incidents/conclude.ts';
import { askNext } from '../src/incidents/escalate.ts';
import { tendHandoffs } from '../src/incidents/handoffs/tend.ts';
import type { Incident } from '../src/incidents/incident.ts';
import { investigate } from '../src/incidents/investigate.ts';
import { ladderOf } from '../src/incidents/ladder.ts';
import { type Drafting, draftPostMortem } from '../src/incidents/post-mortem/draft.ts';
import { tendPostMortems } from '../src/incidents/post-mortem/tend.ts';
import { unmet } from '../src/incidents/preconditions.ts';
import { incident as findIncident, incidentsSince, logOf } from '../src/incidents/read.ts';
import { receive } from '../src/incidents/receive.ts';
import { remediate } from '../src/incidents/remediate.ts';
import type { Responder } from '../src/incidents/responder.ts';
import { routeIncident } from '../src/incidents/route-incident.ts';
import { verify } from '../src/incidents/verify.ts';
import type { Inventory } from '../src/inventory/inventory.ts';
import type { Job } from '../src/jobs/job.ts';
import { openQueue } from '../src/jobs/queue.ts';
import type { Store } from '../src/jobs/save.ts';
import { readManifests } from '../src/manifests.ts';
import { changesOf } from '../src/monitoring/changes/receive.ts';
import type { Watching } from '../src/monitoring/cycle.ts';
import { queryOf } from '../src/monitoring/metric.ts';
import { raiseAll } from '../src/monitoring/raise.ts';
import { soFar } from '../src/morning.ts';
import { peopleOf } from '../src/people/people.ts';
import type { Database } from '../src/postgres/database.ts';
import { openTableClaims } from '../src/redis/table.ts';
import { type Morning, tellStandups } from '../src/standup/tell.ts';
import type { Jaeger } from '../src/systems/jaeger/read.ts';
import type { Loki } from '../src/systems/loki/read.ts';
import type { Prometheus } from '../src/systems/prometheus/read.ts';
import type { AnyTool } from '../src/tools/tool.ts';

import { findingOf, monitorOver, unrouted } from './monitoring/outside.ts';

export const manifests = readManifests('manifests');
export const robin = { id: 'p-oncall' as PersonId, roles: ['on-call'] };
const fernwoods = (
  [
    ['p-oncall', 'on-call'],
    ['p-dba', 'database-owner'],
    ['p-gov-1', 'governor'],
    ['p-gov-2', 'governor'],
    ['p-manager', 'manager'],
  ] as const
).map(([id, role]) => ({ id: id as string as PersonId, name: id, roles: [role], accounts: [] }));
const places = { ops: ['slack:C01OPS'], approvals: ['slack:C01APPROVALS'], leadership: ['slack:C01LEAD'] };
export const cycleMs = 5_000;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Fernwood, with nothing planned. */
const unplanned: Inventory = {
  ...fernwood,
  services: fernwood.services.map((one) => ({ ...one, windows: [] })),
};

interface Outside {
  prometheus: Prometheus;
  loki: Loki;
  jaeger?: Jaeger;
  tools: AnyTool[];
  /** A model's second opinion, made on the shift's own store. */
  opinion?: (store: Store) => Opinion | undefined;
  now?: () => Date;
  /** The company without its maintenance windows, unless said: a story must not depend on the hour. */
  inventory?: Inventory;
}

/** The shipped worker on duty for Fernwood, its jobs done one by one when a test says so, on the real queue's rows. */
export async function openShift(
  database: Database,
  { prometheus, loki, jaeger, tools, opinion, ...given }: Outside,
) {
  const now = given.now ?? (() => new Date());
  const inventory = given.inventory ?? unplanned;
  const { db } = database;
  const queue = await openQueue(database, quiet);
  const refusals = openRefusals(openNotes(db, 'trial'), now);
  const store = { db, queue, chain: 'trial' as const };
  const monitor = await monitorOver(prometheus, manifests.metrics, cycleMs, now());
  const worker = 'ada' as WorkerId;
  let staff = manifests.charters;
  const gateway: Gateway = {
    ...store,
    tools,
    inFlight: openInFlight(),
    policy: manifests.policy,
    inventory,
    charterOf: (id) => staff.find((one) => one.worker === id),
    site: 'trial',
    signedFor: 'trial',
    lookAgainMs: 500,
    unmet: (action) => unmet(responder, action),
    now,
  };
  const responder: Responder = {
    gateway,
    monitor,
    prometheus,
    loki,
    jaeger,
    changesOf: (service, since) => changesOf(db, service, since),
    patienceMs: 5_000,
    inventory,
    runbooks: manifests.runbooks,
    opinion: opinion?.(store),
    charters: async () => staff,
    verifyMs: 45_000,
    ladder: ladderOf(manifests.escalation, {
      ...{ people: peopleOf(fernwoods), inventory, first: ['on-call'] },
    }),
    now,
    log: quiet,
  };
  const watching: Watching = {
    store,
    notes: openNotes(db, 'trial'),
    claims: openTableClaims(db),
    monitor,
    inventory,
    routing: unrouted,
    by: { worker, charter: 'ada@1' },
  };

  const morning: Morning = {
    ...{ store, people: peopleOf(fernwoods), team: () => staff, now },
    ...{
      began: async () => undefined,
      by: watching.by,
      holidays: manifests.calendar.holidays.map(({ date }) => date),
    },
  };
  const drafting: Drafting = {
    responder,
    drawing: { draw: async () => new Uint8Array([0x89]) },
    queryFor: (metric) => queryOf(metric, cycleMs),
    timezone: 'Europe/Berlin',
    fileMs: 5 * 86_400_000,
  };

  async function run(job: Job): Promise<void> {
    switch (job.name) {
      case 'receive-signal':
        return receive(responder, job.signal);
      case 'investigate':
        return investigate(responder, job.incident);
      case 'argue':
        return argue(responder, job.incident);
      case 'route-incident':
        return routeIncident(responder, job.incident);
      case 'tend-handoffs':
        return tendHandoffs(responder);
      case 'ask-next':
        return askNext(responder, job);
      case 'remediate':
        return remediate(responder, job.incident);
      case 'verify':
        return verify(responder, job.incident);
      case 'conclude':
        return conclude(responder, job.incident);
      case 'advance-action':
        return advance(gateway, job.action);
      case 'lapse-approval':
        return lapse(gateway, job.approval);
      case 'remind-approval':
        return remind(gateway, job.approval);
      case 'cancel-action':
        return cancel(gateway, job.action);
      case 'tell-standup':
        return tellStandups(morning);
      case 'tend-post-mortems':
        return tendPostMortems(responder);
      case 'draft-post-mortem':
        return draftPostMortem(drafting, job.incident);
      case 'tell-record':
      case 'enrich-signal':
      case 'show':
      case 'hear':
      case 'answer-enquiry':
      case 'tell-digest':
      case 'tell-habits':
      case 'tell-reviews':
      case 'tell-held':
      case 'tell-stakeholders':
      case 'learn-precursors':
    }
  }

  const shift = {
    db,
    watching,
    responder,
    gateway,
    morning,
    /** What the stand-up is so far, for whoever reads it at a place. */
    standup: (place: string | undefined) =>
      soFar(morning, bylineOf(manifests.charters[0] as Charter), places, place),
    /** What waits to be done: what is due at once, or what is due later; oldest first. */
    async waiting(when: 'now' | 'later'): Promise<(Job & { id: string })[]> {
      const later = when === 'later';
      const { rows } = await sql<{
        id: string;
        name: string;
        data: object;
      }>`select id, name, data from pgboss.job
        where state = 'created' and (start_after <> created_on) = ${later} and name = any(${Object.keys(every)})
        order by created_on, id`.execute(db);
      return rows.map(({ id, name, data }) => ({ id, name, ...data }) as Job & { id: string });
    },

    /** Does what is due at once until nothing is, or the jobs of one name until none is. */
    async work(name?: Job['name']): Promise<void> {
      const next = async () => (await shift.waiting('now')).find((job) => !name || job.name === name);
      for (let job = await next(); job; job = await next()) {
        await sql`delete from pgboss.job where id = ${job.id}`.execute(db);
        await run(job);
      }
    },

    /** Does once what is due later, but for what waits for people, and what follows from it at once. */
    async later(): Promise<void> {
      const later: Job['name'][] = ['lapse-approval', 'remind-approval', 'ask-next'];
      for (const job of await shift.waiting('later')) {
        if (later.includes(job.name)) continue;
        await sql`delete from pgboss.job where id = ${job.id}`.execute(db);
        await run(job);
      }
      await shift.work();
    },

    /** Does one job. */
    run,

    /** A monitoring cycle found this series critical for the second time. */
    async raise(metric: string, subject: string): Promise<void> {
      const { readings } = await monitor.scrape(now());
      const found = readings.find((one) => one.metric === metric && one.subject === subject);
      if (!found) throw new Error(`There is no ${metric} of ${subject}.`);
      await raiseAll(watching, [findingOf(found)], now());
    },

    /** The incident that was opened last. */
    async last(): Promise<Incident> {
      const [found] = await incidentsSince(db, new Date(0));
      if (!found) throw new Error('There is no incident.');
      return found;
    },

    /** Everything that is open was opened so long ago. */
    async age(seconds: number): Promise<void> {
      await sql`update incident set opened_at = opened_at - make_interval(secs => ${seconds})`.execute(db);
    },

    async incident(id: IncidentId): Promise<Incident> {
      const found = await findIncident(db, id);
      if (!found) throw new Error(`There is no incident ${id}.`);
      return found;
    },

    log: (id: IncidentId) => logOf(db, id),
    advance: (id: string) => advance(gateway, id as ActionId),

    /** The one question that is open on an incident is answered. */
    async says(id: IncidentId, said: Answer, person = robin) {
      const [open] = (await approvalsOf(db, id)).filter(({ status }) => status === 'open');
      if (!open) throw new Error(`Nothing is asked on ${id}.`);
      return answer({ ...store, refusals }, { approval: open.id, person, answer: said });
    },

    /** What the audit has of an incident, a signal or all, in order. */
    async audited(about: Entry['about'] = {}): Promise<Entry[]> {
      const { rows } = await sql<{ entry: Entry }>`select text::jsonb -> 'entry' as entry from audit
        where coalesce(text::jsonb #> '{entry,about}', '{}') @> ${JSON.stringify(about)}::jsonb order by seq`.execute(
        db,
      );
      return rows.map(({ entry }) => entry);
    },

    /** Other charters are in force, until all is forgotten. */
    staff(charters: Charter[]): void {
      staff = charters;
    },

    /** Everything is forgotten but the audit. */
    async forget(): Promise<void> {
      staff = manifests.charters;
      await sql`truncate standup, standup_said, standup_member, runbook_proposal, post_mortem, post_mortem_task, post_mortem_correction, outcome, signal, held_signal, signal_context, signal_vote, silence, incident, incident_entry, incident_turn, incident_evidence, incident_step, past_incident, handoff, action, action_allowance, approval,
        approval_answer, approval_enquiry, alert, change, kill_switch, breaker_reset, budget_used, budget_reserved, claim`.execute(
        db,
      );
      await sql`delete from pgboss.job`.execute(db);
    },

    async close(): Promise<void> {
      await refusals.stop();
      await queue.stop(0);
      await database.close();
    },
  };
  return shift;
}

const every: Record<Job['name'], true> = {
  hear: true,
  show: true,
  'receive-signal': true,
  'enrich-signal': true,
  investigate: true,
  argue: true,
  'route-incident': true,
  'ask-next': true,
  remediate: true,
  verify: true,
  conclude: true,
  'advance-action': true,
  'remind-approval': true,
  'answer-enquiry': true,
  'cancel-action': true,
  'tell-record': true,
  'lapse-approval': true,
  'tell-standup': true,
  'tell-digest': true,
  'tell-habits': true,
  'tell-reviews': true,
  'tell-held': true,
  'tell-stakeholders': true,
  'tend-handoffs': true,
  'draft-post-mortem': true,
  'tend-post-mortems': true,
  'learn-precursors': true,
};

export type Shift = Awaited<ReturnType<typeof openShift>>;
