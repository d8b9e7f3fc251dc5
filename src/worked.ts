// Which job does what.
import { advance } from './actions/advance.ts';
import { cancel } from './actions/cancel.ts';
import { lapse, remind } from './approvals/lapse.ts';
import { tellDigest } from './digested.ts';
import { commandedBy } from './handlers.ts';
import { argue } from './incidents/argue/argue.ts';
import { conclude } from './incidents/conclude.ts';
import { askNext } from './incidents/escalate.ts';
import { tendHandoffs } from './incidents/handoffs/tend.ts';
import { investigate } from './incidents/investigate.ts';
import { type Drafting, draftPostMortem } from './incidents/post-mortem/draft.ts';
import { tendPostMortems } from './incidents/post-mortem/tend.ts';
import { receive } from './incidents/receive.ts';
import { remediate } from './incidents/remediate.ts';
import { routeIncident } from './incidents/route-incident.ts';
import { verify } from './incidents/verify.ts';
import type { Handlers } from './jobs/job.ts';
import { type Enriching, enrich } from './monitoring/enrich.ts';
import { type Telling, tellHeld } from './monitoring/held/tell.ts';
import { type Learning, learnPrecursors } from './monitoring/lookout/learn-precursors.ts';
import type { Records } from './records/records.ts';
import { tellReviews } from './role-review.ts';
import { tendRunbooks } from './runbooks-adopted.ts';
import { showSubject } from './shown.ts';
import { tellStandups } from './standup/tell.ts';
import { tellTrust } from './trusted.ts';
import { tellStakeholders } from './updated.ts';
import { explain } from './workers/explain.ts';
import { hear } from './workers/hear.ts';

/** What the jobs work with besides what is shown. */
interface Working {
  enriching: Enriching;
  learning: Learning;
  telling: Telling;
  drafting: Drafting;
  records: Records | undefined;
}

/** Which job does what. */
export function jobHandlers(
  showing: Parameters<typeof showSubject>[0],
  { enriching, learning, telling, drafting, records }: Working,
): Handlers {
  const { responder, store } = showing;
  return {
    hear: ({ delivery }) =>
      hear({ ...showing, commanded: (...given) => commandedBy(showing, ...given) }, delivery),
    show: ({ subject }) => showSubject(showing, subject),
    'receive-signal': ({ signal }) => receive(responder, signal),
    'enrich-signal': ({ signal }) => enrich(enriching, signal),
    investigate: ({ incident }) => investigate(responder, incident),
    argue: ({ incident }) => argue(responder, incident),
    'route-incident': ({ incident }) => routeIncident(responder, incident),
    'ask-next': (step) => askNext(responder, step),
    remediate: ({ incident }) => remediate(responder, incident),
    verify: ({ incident }) => verify(responder, incident),
    conclude: ({ incident }) => conclude(responder, incident),
    'draft-post-mortem': ({ incident }) => draftPostMortem(drafting, incident),
    'advance-action': ({ action }) => advance(responder.gateway, action),
    'cancel-action': ({ action }) => cancel(responder.gateway, action),
    'tell-record': async ({ action }) => records?.tell(action),
    'remind-approval': ({ approval }) => remind(store, approval),
    'lapse-approval': ({ approval }) => lapse(store, approval),
    'answer-enquiry': ({ enquiry }) => explain(store, enquiry),
    'tell-standup': () => tellStandups(showing.morning),
    'tell-digest': () => tellDigest(showing),
    'tell-habits': () => tellTrust(showing),
    'tell-reviews': () => tellReviews(showing),
    'tell-held': () => tellHeld(telling),
    'tell-stakeholders': () => tellStakeholders(showing),
    'tend-handoffs': () => tendHandoffs(responder),
    'tend-post-mortems': async () => {
      await tendPostMortems(responder);
      await tendRunbooks(responder);
    },
    'learn-precursors': () => learnPrecursors(learning),
  };
}
