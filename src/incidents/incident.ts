// Incidents: opened from signals, investigated, mended step by step, verified, told afterwards.
// Not where a change is made: every step is an action that goes through the gateway.
import type { IncidentId, PersonId, WorkerId } from '../ids.ts';
import type { Known } from '../knowledge/runbook.ts';

export type Status =
  | 'investigating'
  | 'remediating'
  | 'verifying'
  /** Back at baseline; the post-mortem is being written. */
  | 'verified'
  | 'closed'
  /** The worker came to its end and a person is asked; the metrics are still watched. */
  | 'escalated'
  /** A person has it; the metrics are still watched. */
  | 'taken'
  | 'false-alarm';

export interface Incident {
  id: IncidentId;
  service: string;
  status: Status;
  /** 1 is the worst. */
  severity: number;
  worker: WorkerId;
  owner: PersonId | null;
  cause: Cause | null;
  runbook: { id: string; version: number; step: number } | null;
  openedAt: Date;
  mitigatedAt: Date | null;
  usualSince: Date | null;
  endedAt: Date | null;
}

/** The likeliest cause: the one that is acted on, when something is. */
export interface Cause {
  kind: string;
  says: string;
  /** 0–1 */
  confidence: number;
  known: Known;
}

export interface Hypothesis extends Cause {
  /** Ids of the evidence. */
  for: string[];
  against: string[];
}

export interface Evidence {
  /** E1, E2, … */
  id: string;
  source: string;
  query: string;
  /** One line: what was found, or that the source could not be read. */
  found: string;
  read: boolean;
}

/** The incident's log: what its thread and its post-mortem are made from. */
export type Happening =
  | { kind: 'evidence'; facts: { evidence: Evidence[] } }
  | { kind: 'diagnosis'; facts: { hypotheses: Hypothesis[]; plan: string } }
  | { kind: 'step'; facts: { step: number; what: string; metrics: Measured[] } }
  | { kind: 'escalated'; facts: { because: string } }
  | { kind: 'taken'; facts: { person: PersonId } }
  | { kind: 'handed-back'; facts: { person: PersonId } }
  | { kind: 'false-alarm'; facts: { person: PersonId } }
  | { kind: 'verified'; facts: { metrics: Measured[]; seconds: number } }
  | { kind: 'post-mortem'; facts: { lines: string[] } };

export type Logged = Happening & { at: Date };

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

/** Whether anything is still to be done or watched. */
export function isOpen({ endedAt }: Incident): boolean {
  return endedAt === null;
}
