// The shipped worker on duty for the company, under the shipped policy and charter, on the bench's clock.
import { sql } from 'kysely';
import { answer } from '../src/approvals/answer.ts';
import { openApprovals } from '../src/approvals/read.ts';
import type { Company } from '../src/estate/past/company.ts';
import type { IncidentId, PersonId } from '../src/ids.ts';
import { investigate } from '../src/incidents/investigate.ts';
import { receive } from '../src/incidents/receive.ts';
import { routeIncident } from '../src/incidents/route-incident.ts';
import type { Handlers } from '../src/jobs/job.ts';
import type { Simulation } from '../src/jobs/simulation.ts';
import { readManifests } from '../src/manifests.ts';
import { openPastShift } from '../src/past-shift.ts';
import { dumbCause, type Named } from './incident-dumb.ts';

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
export async function openWorker(simulation: Simulation, company: Company) {
  const { now } = simulation;
  const manifests = readManifests('manifests');
  const shift = await openPastShift({ simulation, company, manifests, log: quiet, askNextMs: 900_000 });
  const { responder, store, refusals } = shift;
  const { gateway, monitor, inventory } = responder;
  const { db } = store;
  const thought = new Map<IncidentId, Thought>();
  let receivedMs = 0;
  const handlers: Handlers = {
    ...shift.handlers,
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
  };
  return {
    ...{ db, handlers, gateway, monitor, policy: gateway.policy },
    ...{ charters: manifests.charters, runbooks: manifests.runbooks, cycle: shift.cycle },
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
    close: shift.close,
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
