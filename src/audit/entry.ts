// The audit: everything that happened, append-only and hash-chained, so that it can be checked by someone else.
// Not a log for debugging, and not where free words live: those lie beside it and can be erased.
import type { ActionId, ApprovalId, DeliveryId, IncidentId, PersonId, SignalId, WorkerId } from '../ids.ts';

/** Everything that can happen. A name, once written to a chain, never changes its meaning. */
export type Kind =
  | 'app.started'
  | 'app.stopped'
  | 'scrape.cycle' // one cycle of reading metrics: counts and a hash of what came back
  | 'anomaly.seen' // one series far from its baseline, raised or not
  | 'signal.raised'
  | 'signal.opened' // it opened an incident
  | 'signal.attached' // it joined an open one
  | 'signal.foretold' // it opened a prediction
  | 'signal.told' // it opened nothing by itself
  | 'signal.ignored'
  | 'signal.muted' // a person wants its series told no more for some hours
  | 'signal.expected' // a person says when its series are expected to be so
  | 'signal.unmuted' // a person ended a mute, or something expected
  | 'signal.not-useful' // a person had no use for it: its bar rises a little
  | 'signal.enriched' // logs, traces and changes around it were looked at: counts, and what could not be read
  | 'signal.recovered' // what it told of is over
  | 'signal.returned' // it was over for a moment only
  | 'signal.listed' // what held it back is over: which list tells of it, and whether it is shown by itself from now on
  | 'precursors.learnt' // what goes before failures was learnt from past incidents: which kinds, and which not
  | 'history.imported' // past incidents of another system were taken in: counts
  | 'watch.asked' // a person wants something watched closely for a while
  | 'watch.ended' // or as usual again
  | 'alert.received' // a delivery of an Alertmanager that changed something: counts
  | 'change.told' // a deployment or a change of configuration, by whoever made it
  | 'evidence.gathered'
  | 'diagnosis.made'
  | 'model.asked' // a language model: which, what it took, the digest of what was sent; also when it was refused
  | 'action.proposed' // with the facts it was decided on and the decision
  | 'action.decided' // decided again before running
  | 'action.running' // written before the tool is called
  | 'action.begun' // the system outside took it: its handle there
  | 'action.ended'
  | 'action.judged' // how its incident was afterwards: better, the same or worse
  | 'action.cancelled' // stopped by a kill switch, or tried to
  | 'step.by-hand' // a person did a step of a runbook: which, and what it required and had not
  | 'step.graded' // whether what a step was to bring about was seen
  | 'checklist.taken' // a person goes through the rest of a runbook by hand
  | 'checklist.given' // or gives a step of it, or the rest, to a worker
  | 'runbook.stopped' // a step failed or surprised: the rest is left
  | 'record.opened' // a change record of an action, in a system outside: its number, and whether only afterwards
  | 'record.closed' // with what came of the action
  | 'record.failed' // a change record could not be written as it should be, and waiting does not mend it
  | 'kill.thrown'
  | 'kill.released'
  | 'breaker.closed' // a person gave autonomy back
  | 'breaker.half-opened' // a person lets one through, which decides
  | 'policy.adopted'
  | 'charter.adopted'
  | 'runbook.adopted'
  | 'runbook.proposed' // from what mended an incident: which runbook, and what it would replace
  | 'runbook.declined' // a person does not want it: the same is not proposed again
  | 'incident.handed-back'
  | 'approval.asked'
  | 'approval.answered'
  | 'approval.reminded'
  | 'approval.escalated' // nobody answered: the next contacts are asked
  | 'approval.lapsed'
  | 'approval.enquired' // somebody asked for more before deciding
  | 'approval.superseded' // rules or facts changed while it was open
  | 'door.refused' // someone tried what they may not
  | 'mention.heard'
  | 'mention.answered'
  | 'command.answered'
  | 'answer.voted' // a person finds an answer, or how an incident went, good or not
  | 'incident.verified'
  | 'incident.escalated'
  | 'incident.ended'
  | 'incident.taken'
  | 'incident.unmended' // its runbook ran and did not help: what it did is rolled back
  | 'incident.paused'
  | 'incident.resumed'
  | 'incident.overridden' // a person skipped a step or chose another cause
  | 'incident.redirected' // a person sent the workers elsewhere
  | 'incident.declared' // a person says that something is broken
  | 'incident.resolved' // a person says that it is over, where no metric tells
  | 'incident.severity-set' // a person says how bad it is
  | 'incident.reopened' // a person says that it is not over; what it taught no longer counts
  | 'incident.merged' // a person says that it is another: its signals went there
  | 'incident.split' // a person says that it is two: some of its signals are another from here on
  | 'incident.routed' // who or what mends it, and what is at stake
  | 'handoff.made' // a phase is done: the next is its worker's, with intent, confidence and reasons
  | 'handoff.accepted'
  | 'handoff.refused'
  | 'handoff.late' // nobody took it in time: another worker has it, or a person is asked
  | 'post-mortem.drafted' // with its figures; what is missing for one is null
  | 'post-mortem.edited' // a person changed its words: before and after
  | 'post-mortem.task-added' // something to be done, by whom and by when
  | 'post-mortem.task-done'
  | 'post-mortem.task-late' // its day is over: its owner is reminded once
  | 'post-mortem.filed' // by a person, or by itself when its time was up
  | 'post-mortem.corrected' // a person added to a filed one
  | 'prediction.watched' // workers do nothing more about it and watch whether it comes
  | 'prediction.came-true' // what may be it has come: an incident from here on
  | 'prediction.over' // it is no longer foretold: prevented, or come to nothing
  | 'standup.told' // a team's morning, once a day and cadence: which, of what time, how many lines
  | 'standup.said' // a person told theirs beside it
  | 'standup.joined' // a person wants to be asked for theirs
  | 'standup.left' // or no more
  | 'digest.told' // of which time, and how many figures said something
  | 'role.reviewed' // a worker's quarter, and what is proposed for its role
  | 'worker.rated' // by a governor, 1 to 5
  | 'habits.told' // somebody was told, alone, how they decide: no numbers
  | 'habits.switched' // a person wants such notes no more, or again
  | 'workspace.lost' // the chat workspace forgot what was shown; open subjects are posted anew
  | 'estate.broken'; // the trial's make-believe company had a fault put in

/** Who did it: a worker under a charter version, a person, or the product itself. */
export type By = { worker: WorkerId; charter: string } | { person: PersonId } | { roster: string };

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json | undefined };

export interface Entry {
  kind: Kind;
  by: By;
  about?: {
    incident?: IncidentId;
    signal?: SignalId;
    action?: ActionId;
    approval?: ApprovalId;
    delivery?: DeliveryId;
    service?: string;
    server?: string;
  };
  /** The versions in force: `policy`, `tool`, `runbook`, `prompt`. */
  versions?: Record<string, string>;
  /** What was known and what was decided, complete enough to be decided again under another policy. */
  facts?: { [name: string]: Json | undefined };
  /** Reasons in the product's own sentences (no names, no quoted text). */
  because?: string[];
  /** Free words by name (a person's reason, a log line): stored erasably, the entry keeps a salted digest. */
  words?: Record<string, string>;
}
