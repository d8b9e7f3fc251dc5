// Jobs: everything that can be waiting to be done, stored with the rows that need it.
// Not where work is done: a job names what is due and the room that owns it does it. Waiting for a person is a row, not a job.
import type { ActionId, ApprovalId, DeliveryId, IncidentId, SignalId } from '../ids.ts';

/** Something shown in chat, such as `incident:…`: the job makes chat look like the record. */
export type Subject =
  | `incident:${string}`
  | `approval:${string}`
  | `delivery:${string}`
  | `standup:${string}`
  | `digest:${string}`
  | `outcome:${string}`
  | `checkpoint:${string}`
  | `signal:${string}`
  | `held:${string}`
  /** How far the trial's past is. */
  | `past:${string}`
  | `note:${string}`
  | `review:${string}`;

export interface Jobs {
  /** Answer a message that addressed a worker. */
  hear: { delivery: DeliveryId };
  show: { subject: Subject };
  /** Open an incident for a signal, attach it to one, or ignore it. */
  'receive-signal': { signal: SignalId };
  /** Find out what else happened around a signal, and draw its chart. */
  'enrich-signal': { signal: SignalId };
  /** Gather evidence and name the cause. */
  investigate: { incident: IncidentId };
  /** Take the next step of a model's turn on the cause: ask it, or look at what it asked for. */
  argue: { incident: IncidentId };
  /** Decide who or what mends it, by what is at stake. */
  'route-incident': { incident: IncidentId };
  /** Ask the next person of the list by name, when nobody has taken it. */
  'ask-next': { incident: IncidentId; nth: number; step: number };
  /** Take the next step of the runbook, or see what became of the last. */
  remediate: { incident: IncidentId };
  /** Look whether the metrics are back at their baseline. */
  verify: { incident: IncidentId };
  /** Write the post-mortem and end the incident. */
  conclude: { incident: IncidentId };
  /** Write its post-mortem in full, with a chart, as a draft. */
  'draft-post-mortem': { incident: IncidentId };
  /** Decide an action again and run it, or see what became of a running one. */
  'advance-action': { action: ActionId };
  /** Remind those who are asked, half-way. */
  'remind-approval': { approval: ApprovalId };
  /** Answer what somebody asked about an approval. */
  'answer-enquiry': { enquiry: number };
  /** Stop a running effect after a kill switch was thrown. */
  'cancel-action': { action: ActionId };
  /** Make the change records of an action, in systems outside, look like the action. */
  'tell-record': { action: ActionId };
  /** Ask the next contacts, then close an approval nobody answered in time. */
  'lapse-approval': { approval: ApprovalId };
  /** Tell the team's morning stand-up. */
  'tell-standup': { at?: string };
  /** Tell managers of the week, once it is over. */
  'tell-digest': { at?: string };
  /** Tell people, each alone, how they decide, once a month. */
  'tell-habits': { at?: string };
  /** Review the roles of workers, once a quarter. */
  'tell-reviews': { at?: string };
  /** List what was held back by maintenance windows and quiet hours that are over. */
  'tell-held': { at?: string };
  /** Tell leaders again of what is open, when the next word is due. */
  'tell-stakeholders': { at?: string };
  /** Notice handoffs that nobody took in time. */
  'tend-handoffs': { at?: string };
  /** File post-mortems whose time is up, and remind of what is late. */
  'tend-post-mortems': { at?: string };
  /** Learn from past incidents what goes before failures. */
  'learn-precursors': { at?: string };
}

export type JobName = keyof Jobs;
export type Job = { [Name in JobName]: { name: Name } & Jobs[Name] }[JobName];
export type Handlers = { [Name in JobName]: (data: Jobs[Name]) => Promise<void> };

/** Every name once: the queue makes one queue of each before any job is added. */
export const jobNames = [
  'hear',
  'show',
  'receive-signal',
  'enrich-signal',
  'investigate',
  'argue',
  'route-incident',
  'ask-next',
  'remediate',
  'verify',
  'conclude',
  'draft-post-mortem',
  'advance-action',
  'remind-approval',
  'answer-enquiry',
  'cancel-action',
  'tell-record',
  'lapse-approval',
  'tell-standup',
  'tell-digest',
  'tell-habits',
  'tell-reviews',
  'tell-held',
  'tell-stakeholders',
  'tend-handoffs',
  'tend-post-mortems',
  'learn-precursors',
] as const satisfies readonly JobName[];

/** What a job is about: two jobs of one name about the same never run at the same time, on any process. */
export function groupOf(job: Job): string {
  switch (job.name) {
    case 'hear':
      return job.delivery;
    case 'show':
      return job.subject;
    case 'receive-signal':
    case 'enrich-signal':
      return job.signal;
    case 'investigate':
    case 'argue':
    case 'route-incident':
    case 'ask-next':
    case 'remediate':
    case 'verify':
    case 'conclude':
    case 'draft-post-mortem':
      return job.incident;
    case 'advance-action':
    case 'cancel-action':
    case 'tell-record':
      return job.action;
    case 'remind-approval':
    case 'lapse-approval':
      return job.approval;
    case 'answer-enquiry':
      return `enquiry-${job.enquiry}`;
    case 'tell-standup':
      return 'team';
    case 'tell-digest':
      return 'digest';
    case 'tell-habits':
      return 'habits';
    case 'tell-reviews':
      return 'reviews';
    case 'tell-held':
      return 'held';
    case 'tell-stakeholders':
      return 'stakeholders';
    case 'tend-handoffs':
      return 'handoffs';
    case 'tend-post-mortems':
      return 'post-mortems';
    case 'learn-precursors':
      return 'precursors';
  }
}
