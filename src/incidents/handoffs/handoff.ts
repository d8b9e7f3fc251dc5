// Handoffs: an incident passed from the worker of one phase to the worker of the next, with intent, confidence and reasons.
// Not the phase itself: its job takes the handoff up before it does anything.
import type { Charter, Duty } from '../../charter/charter.ts';
import { takesOn } from '../../charter/duty.ts';
import type { IncidentId, PersonId, WorkerId } from '../../ids.ts';
import type { Job } from '../../jobs/job.ts';
import type { Status } from '../incident.ts';

export type From = { worker: WorkerId; duty: Duty } | { person: PersonId };

export interface Handoff {
  /** Counts up. */
  id: string;
  incident: IncidentId;
  from: From;
  to: { worker: WorkerId; duty: Receiving };
  /** What the receiver is to do. */
  intent: string;
  /** 0–1, how sure the sender is of what it hands over. */
  confidence: number;
  /** Sentences. */
  reasoning: string[];
  /** Ids of signals (`sig-…`) or of evidence (`E1`). */
  evidence: string[];
  at: Date;
  acceptedAt: Date | null;
  acceptedBy: WorkerId | null;
  /** Why it was not taken; null while it is open, and once it is accepted. */
  refused: string | null;
}

/** Monitoring begins; every other duty receives. */
export type Receiving = Exclude<Duty, 'monitoring'>;

/** What each receiving duty does, and in which status the incident is then. */
export const phases: Record<Receiving, { job: (incident: IncidentId) => Job; status: Status }> = {
  analysis: { job: (incident) => ({ name: 'investigate', incident }), status: 'investigating' },
  routing: { job: (incident) => ({ name: 'route-incident', incident }), status: 'routing' },
  resolution: { job: (incident) => ({ name: 'remediate', incident }), status: 'remediating' },
};

export type Judged = { kind: 'accept' } | { kind: 'refuse'; because: string };

/** Whether a worker takes on what is handed to it: what a person hands over always, else from its charter's bar on. Pure. */
export function judge(
  { from, to, confidence }: Pick<Handoff, 'from' | 'to' | 'confidence'>,
  charter: Charter,
): Judged {
  if (!charter.duties.includes(to.duty)) {
    const because = `${charter.name}'s charter no longer has the duty ${to.duty}, so a person must decide how to go on.`;
    return { kind: 'refuse', because };
  }
  const { bar } = takesOn(charter);
  if ('person' in from || confidence >= bar) return { kind: 'accept' };
  return {
    kind: 'refuse',
    because: `${charter.name} takes on nothing below ${percent(bar)}, and this is ${percent(confidence)} sure, so a person must decide how to go on.`,
  };
}

/** Whether nobody took it within the minutes of the receiver's charter. Pure. */
export function isLate(
  { at, acceptedAt, refused }: Handoff,
  receiver: Charter | undefined,
  now: Date,
): boolean {
  if (acceptedAt || refused !== null) return false;
  // A receiver without a charter takes nothing.
  return !receiver || now.getTime() - at.getTime() > takesOn(receiver).minutes * 60_000;
}

/** "Nora → Rex: roll checkout back, 92 % sure, because E1, E3". Signals are on the incident's own card. Pure. */
export function lineOf(
  { intent, confidence, evidence }: Pick<Handoff, 'intent' | 'confidence' | 'evidence'>,
  { from, to }: { from: string; to: string },
): string {
  const found = evidence.filter((one) => /^E\d+$/.test(one));
  const because = found.length > 0 ? `, because ${found.join(', ')}` : '';
  return `${from} → ${to}: ${intent}${confidence > 0 ? `, ${percent(confidence)} sure` : ''}${because}`;
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
