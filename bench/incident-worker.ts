// The shipped worker on duty for the company, under the shipped policy and charter, on the bench's clock.
import { sql } from 'kysely';
import { advance } from '../src/actions/advance.ts';
import type { Gateway } from '../src/actions/gateway.ts';
import { openInFlight } from '../src/actions/in-flight.ts';
import { answer } from '../src/approvals/answer.ts';
import { lapse, remind } from '../src/approvals/lapse.ts';
import { openApprovals } from '../src/approvals/read.ts';
import { openNotes } from '../src/audit/notes.ts';
import { openRefusals } from '../src/audit/refusals.ts';
import type { IncidentId, PersonId, WorkerId } from '../src/ids.ts';
import { conclude } from '../src/incidents/conclude.ts';
import { tendHandoffs } from '../src/incidents/handoffs/tend.ts';
import { investigate } from '../src/incidents/investigate.ts';
import { unmet } from '../src/incidents/preconditions.ts';
import { receive } from '../src/incidents/receive.ts';
import { remediate } from '../src/incidents/remediate.ts';
import type { Responder } from '../src/incidents/responder.ts';
import { routeIncident } from '../src/incidents/route-incident.ts';
import { verify } from '../src/incidents/verify.ts';
import type { Handlers } from '../src/jobs/job.ts';
import type { Simulation } from '../src/jobs/simulation.ts';
import { readManifests } from '../src/manifests.ts';
import { changesOf } from '../src/monitoring/changes/receive.ts';
import { cycle, type Watching } from '../src/monitoring/cycle.ts';
import { openMonitor } from '../src/monitoring/monitor.ts';
import { startSight } from '../src/monitoring/start.ts';
import { openTableClaims } from '../src/redis/table.ts';
import { openJaeger } from '../src/systems/jaeger/read.ts';
import { openLoki } from '../src/systems/loki/read.ts';
import { openPrometheus } from '../src/systems/prometheus/read.ts';
import { toolsOf } from '../src/toolbox.ts';
import type { Company } from './incident-company.ts';
import { dumbCause, type Named } from './incident-dumb.ts';
import { openReader } from './incident-reader.ts';

/** As in the trial, but for the looks at AWX's jobs, which are as on a real site. */
export const pace = { cycleMs: 5_000, verifyMs: 45_000, lookAgainMs: 3_000 };
const quiet = { info: () => {}, warn: console.error, error: console.error };
const onCall = { id: 'p-oncall' as PersonId, roles: ['on-call'] };

/** What went on until the cause of an incident was named. */
interface Thought {
  /** Real milliseconds from its first signal on. */
  ms: number;
  /** What the dumb arm names. */
  dumb: Named | undefined;
}

export type Worker = Awaited<ReturnType<typeof openWorker>>;

/** Opens the product's road from a cycle to the end of an incident. What is shown in chat is left out. */
export async function openWorker(
  { database, queue, now }: Simulation,
  { prometheus, loki, jaeger, awx, world }: Company,
) {
  const { db } = database;
  const { policy, charters, runbooks, metrics, calendar } = readManifests('manifests');
  const store = { db, queue, chain: 'trial' as const };
  const notes = openNotes(db, 'trial');
  const { inventory } = world;
  const { cycleMs, verifyMs, lookAgainMs } = pace;
  const past = openPrometheus(prometheus);
  const { sight, lookout } = await startSight({
    ...{ db, prometheus: past, metrics, inventory, calendar, cycleMs, now: now(), log: quiet },
  });
  const monitor = openMonitor(openReader(world, metrics, cycleMs), sight, metrics, cycleMs, lookout);
  const worker = 'ada' as WorkerId;
  const gateway: Gateway = {
    ...store,
    tools: toolsOf({ awx, loki }, now),
    inFlight: openInFlight(),
    policy,
    inventory,
    charterOf: (id) => charters.find((one) => one.worker === id),
    site: 'trial',
    signedFor: 'trial',
    lookAgainMs,
    unmet: (action) => unmet(responder, action),
    now,
  };
  const responder: Responder = {
    ...{ gateway, monitor, inventory, runbooks, verifyMs, now, log: quiet },
    charters: async () => charters,
    prometheus: past,
    loki: openLoki(loki),
    jaeger: openJaeger(jaeger),
    changesOf: (service, since) => changesOf(db, service, since),
    patienceMs: 5_000,
    // Nobody is asked by name: the person on call answers.
    ladder: { afterMs: 900_000, first: [], next: () => [], withRole: () => [] },
  };
  const watching: Watching = {
    ...{ store, monitor, inventory },
    // Every cycle leaves one, and nobody reads them here.
    notes: { note: nothing },
    claims: openTableClaims(db),
    routing: { ops: [], teams: {} },
    by: { worker, charter: 'ada@1' },
  };
  const refusals = openRefusals(notes, now);
  const thought = new Map<IncidentId, Thought>();
  let receivedMs = 0;
  const handlers: Handlers = {
    'receive-signal': async ({ signal }) => {
      const begun = performance.now();
      await receive(responder, signal);
      receivedMs = performance.now() - begun;
    },
    investigate: async ({ incident }) => {
      const dumb = await dumbCause(monitor, inventory, now());
      const { ms } = thought.get(incident) ?? { ms: receivedMs };
      const begun = performance.now();
      await investigate(responder, incident);
      thought.set(incident, { dumb, ms: ms + performance.now() - begun });
    },
    ...idle,
    'route-incident': async ({ incident }) => {
      const begun = performance.now();
      await routeIncident(responder, incident);
      const before = thought.get(incident);
      if (before) thought.set(incident, { ...before, ms: before.ms + performance.now() - begun });
    },
    'tend-handoffs': () => tendHandoffs(responder),
    remediate: ({ incident }) => remediate(responder, incident),
    verify: ({ incident }) => verify(responder, incident),
    conclude: ({ incident }) => conclude(responder, incident),
    'advance-action': ({ action }) => advance(gateway, action),
    'lapse-approval': ({ approval }) => lapse(store, approval),
    'remind-approval': ({ approval }) => remind(store, approval),
  };
  return {
    ...{ db, handlers, gateway, monitor, charters, policy, runbooks },
    cycle: (at: Date) => cycle(watching, at),
    thought,
    /** The person on call approves whatever has been asked for so long. */
    approve: async (afterMs: number) => {
      for (const { id, askedAt } of await openApprovals(db))
        if (now().getTime() - askedAt.getTime() >= afterMs)
          await answer({ ...store, refusals }, { approval: id, person: onCall, answer: { kind: 'approve' } });
    },
    /** What is still open is no concern of the next run, and jobs that are done only slow the search for what is due. */
    forget: async () => {
      await sql`delete from pgboss.job_common where state in ('completed', 'cancelled', 'failed')`.execute(
        db,
      );
      await sql`update incident set status = 'false-alarm', ended_at = clock_timestamp() where ended_at is null`.execute(
        db,
      );
    },
    close: async () => {
      await refusals.stop();
      await monitor.close();
    },
  };
}

const nothing = async () => {};
/** What is said in chat, drawn for it, or learnt or written afterwards. */
const idle = {
  ...{ argue: nothing, 'ask-next': nothing },
  ...{ hear: nothing, show: nothing, 'enrich-signal': nothing, 'cancel-action': nothing },
  'tell-record': nothing,
  ...{
    'answer-enquiry': nothing,
    'tell-standup': nothing,
    'tell-digest': nothing,
    'tell-habits': nothing,
    'tell-reviews': nothing,
    'tell-held': nothing,
  },
  ...{ 'draft-post-mortem': nothing, 'tend-post-mortems': nothing },
  'tell-stakeholders': nothing,
  'learn-precursors': nothing,
};
