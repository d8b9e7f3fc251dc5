// Incidents: opened from signals, investigated, mended step by step, verified, told afterwards.
// Not where a change is made: every step is an action that goes through the gateway.
import type { IncidentId, PersonId, WorkerId } from '../ids.ts';
import type { Known } from '../knowledge/runbook.ts';
import type { Checklist, Stopped } from './steps/checklist.ts';

export type Status =
  | 'investigating'
  /** The cause is found, or none is: who or what mends it is being decided. */
  | 'routing'
  | 'remediating'
  | 'verifying'
  /** The runbook did not help: what it did is rolled back, as far as it can be. */
  | 'undoing'
  /** Back at baseline; the post-mortem is being written. */
  | 'verified'
  | 'closed'
  /** The worker came to its end and a person is asked; the metrics are still watched. */
  | 'escalated'
  /** Of a prediction: workers do nothing more about it, and watch whether it comes. */
  | 'watching'
  /** A person has it; the metrics are still watched. */
  | 'taken'
  | 'false-alarm'
  /** A person says that it is another: it goes on there. */
  | 'merged';

export interface Incident {
  id: IncidentId;
  /** A prediction is of what has not come: only told, prevented if people want so, and an incident once it comes. */
  kind: 'incident' | 'prediction';
  service: string;
  status: Status;
  /** 1 is the worst. */
  severity: number;
  /** Who has it now: the worker of its phase. */
  worker: WorkerId;
  owner: PersonId | null;
  cause: Cause | null;
  runbook: Begun | null;
  /** How often a person had it begun afresh: steps of different attempts are different actions. */
  attempt: number;
  /** Who paused it: nothing new begins, the metrics are watched. */
  pausedBy: PersonId | null;
  direction: Direction | null;
  /** What only a person says is wrong: declared, or reopened. */
  said: Said | null;
  /** Who said how bad it is: nothing else changes that from then on. */
  severityBy: PersonId | null;
  mergedInto: IncidentId | null;
  openedAt: Date;
  mitigatedAt: Date | null;
  usualSince: Date | null;
  endedAt: Date | null;
}

/** A runbook that was begun, and the step that is next in it. */
export interface Begun {
  id: string;
  version: number;
  step: number;
  /** The attempt in which it was begun. */
  since?: number;
  /** Who goes through it by hand from this step on; a worker does where nobody is named. */
  by?: PersonId;
  /** The one step of those that is given to a worker. */
  lent?: number;
  /** A person picked it, and named what it is for; else it is for what was found. */
  picked?: { by: PersonId; known: Known };
}

/** A person's word that something is wrong. */
export interface Said {
  person: PersonId;
  words: string;
  /** ISO 8601 */
  at: string;
  /** The series, as `metric subject`, that have been off since: they tell when it is mended. */
  off: string[];
}

/** Where a person sent the workers: servers and services by id. */
export interface Direction {
  /** A cause elsewhere is not acted on. */
  to: string | null;
  not: string[];
}

/** The likeliest cause: the one that is acted on, when something is. */
export interface Cause {
  kind: string;
  says: string;
  /** 0–1, as outcomes here bear it out. */
  confidence: number;
  /** The same by rule, before outcomes are counted. */
  raw?: number;
  known: Known;
}

export interface Hypothesis extends Cause {
  /** How many outcomes of its kind are known here. */
  outcomes?: number;
  /** Found by a model alone; what the rules found says nothing here. */
  by?: 'model';
  /** Ids of the evidence. */
  for: string[];
  against: string[];
}

export interface Evidence {
  /** E1, E2, … */
  id: string;
  source: string;
  query: string;
  /** The time looked at, where there is one, and when it was looked at. */
  range?: { from: string; to: string };
  at?: string;
  /** One line: what was found, or that the source could not be read. */
  found: string;
  read: boolean;
  /** It was looked at, and there was nothing to find. */
  nothing?: boolean;
}

/** What a model added to a diagnosis, as far as it stands. */
export interface Argued {
  /** The model's name. */
  model: string;
  /** The kind of incident the small model takes it for. */
  kind: string | null;
  /** What it looked at besides. */
  more: Evidence[];
  rootCause: string[];
  lowered: { says: string; from: number; to: number }[];
  dropped: { says: string; because: string }[];
  /** Somebody is asked about the cause that became doubtful: they are told by name. */
  ask: boolean;
}

/** The incident's log: what its thread and its post-mortem are made from. */
export type Happening =
  | Steered
  | { kind: 'evidence'; facts: { evidence: Evidence[]; handed?: string } }
  /** By rule alone, or `argued` with a model over the same evidence. */
  | {
      kind: 'diagnosis';
      facts: { hypotheses: Hypothesis[]; plan: string; argued?: Argued; handed?: string };
    }
  | { kind: 'unargued'; facts: { because: string } }
  /** Who or what mends it, and who is told of it. */
  | { kind: 'routed'; facts: { handed: string; stakes: string; tell: PersonId[] } }
  | { kind: 'step'; facts: { step: number; what: string; metrics: Measured[]; attempt?: number } }
  /** A step did not bring about what it should: the rest is left. */
  | { kind: 'stopped'; facts: Stopped }
  /** A person goes through the rest by hand. */
  | { kind: 'checklist'; facts: Checklist }
  | { kind: 'by-hand'; facts: { person: PersonId; step: number; what: string; words: string | null } }
  | { kind: 'given'; facts: { person: PersonId; step: number; what: string; rest: boolean } }
  /** `asks` are those asked besides the usual roles; by a person's word those alone. */
  | { kind: 'escalated'; facts: { because: string; asks?: Asks; by?: PersonId } }
  /** Nobody has taken it for so long: this one is asked next; null when there is nobody left. */
  | { kind: 'unanswered'; facts: { person: PersonId | null; afterMs: number } }
  | { kind: 'watched'; facts: { because: string } }
  /** What was foretold, and how long before: null where a person had it before anything was known of it. */
  | { kind: 'came-true'; facts: { seconds: number; foretold: Pick<Cause, 'kind' | 'says'> | null } }
  | { kind: 'unmended'; facts: { because: string; metrics: Measured[] } }
  | { kind: 'undone'; facts: { lines: string[] } }
  | { kind: 'verified'; facts: { metrics: Measured[]; seconds: number } }
  | { kind: 'post-mortem'; facts: { lines: string[] } };

/** What a person had done. */
export type Steered =
  | { kind: 'declared'; facts: { person: PersonId; what: string } }
  | { kind: 'resolved'; facts: { person: PersonId } }
  /** What is at stake now, and who is told because of that. */
  | {
      kind: 'severity';
      facts: { person: PersonId; from: number; to: number; stakes: string; tell: PersonId[] };
    }
  | { kind: 'reopened'; facts: { person: PersonId; why: string } }
  | { kind: 'merged'; facts: { person: PersonId; into: IncidentId } }
  | { kind: 'took-in'; facts: { person: PersonId; from: IncidentId; signals: number } }
  /** The signals of one server or service left, into an incident of their own; and there, from where they came. */
  | { kind: 'split-off'; facts: { person: PersonId; where: string; to: IncidentId; signals: number } }
  | { kind: 'split'; facts: { person: PersonId; where: string; from: IncidentId; signals: number } }
  | { kind: 'wrong-cause'; facts: { person: PersonId; why: string } }
  | { kind: 'taken'; facts: { person: PersonId } }
  | { kind: 'handed-back'; facts: { person: PersonId } }
  | { kind: 'false-alarm'; facts: { person: PersonId } }
  | { kind: 'paused'; facts: { person: PersonId } }
  | { kind: 'resumed'; facts: { person: PersonId } }
  | { kind: 'skipped'; facts: { person: PersonId; step: number; what: string } }
  | { kind: 'chosen'; facts: { person: PersonId; says: string; plan: string } }
  | { kind: 'redirected'; facts: { person: PersonId } & Direction };

/** People, and those with a role. */
export interface Asks {
  roles: string[];
  people: PersonId[];
}

/** With the worker that had the incident; null for what is from before that was written down. */
export type Logged = Happening & { at: Date; worker?: WorkerId | null };

/** A metric beside what is usual, as shown and stored. */
export interface Measured {
  metric: string;
  /** What it is called for people. */
  says: string;
  subject: string;
  value: number;
  usual: number;
  z: number;
}

/** Whether it is looked at again and again: an incident from its mend on, a prediction from the start. */
export function isWatched({ kind, status }: Pick<Incident, 'kind' | 'status'>): boolean {
  return kind === 'prediction' ? !over.includes(status) : watched.includes(status);
}

const watched: Status[] = ['verifying', 'undoing', 'escalated', 'taken'];
const over: Status[] = ['verified', 'closed', 'false-alarm', 'merged'];

/** Whether anything is still to be done or watched. */
export function isOpen({ endedAt }: Incident): boolean {
  return endedAt === null;
}
