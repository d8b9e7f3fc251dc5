import type { Charter } from '../charter/charter.ts';
import type { Incident, Status } from '../incidents/incident.ts';
import type { Sorted } from './sorted.ts';
import { called, type Rows } from './standup.ts';
import type { Line, Part } from './told.ts';

/** What a worker does next on what it has, and what it waits for. Pure. */
export function aheadOf({ worker }: Charter, { approvals }: Rows, by: Sorted): { part: Part; says: Line }[] {
  const lines = by.open(worker).map((incident) => {
    const asked = approvals.some((one) => one.incident === incident.id);
    const waits = waitsFor(incident, asked);
    return waits
      ? { part: 'blocked' as const, says: [...called(incident), ...waits] }
      : { part: 'next' as const, says: [...called(incident), ...nextOn(incident)] };
  });
  return [...lines.filter(({ part }) => part === 'next'), ...lines.filter(({ part }) => part === 'blocked')];
}

function waitsFor({ status, pausedBy }: Incident, asked: boolean): Line | undefined {
  if (pausedBy) return [' is paused by ', { person: pausedBy }];
  if (status === 'escalated') return [' waits for a person'];
  return asked && status !== 'taken' ? [' waits for a decision'] : undefined;
}

function nextOn({ kind, status, owner }: Incident): Line {
  if (kind === 'incident' && status === 'taken' && owner)
    return [': watch while ', { person: owner }, ' mends it'];
  const next = kind === 'prediction' ? (nextsAhead[status] ?? nexts[status]) : nexts[status];
  return [`: ${next}`];
}

const nexts: Record<Status, string> = {
  investigating: 'find the cause',
  routing: 'decide who or what mends it',
  remediating: 'follow its runbook',
  verifying: 'see that it stays mended',
  undoing: 'roll back what did not help',
  verified: 'write its post-mortem',
  watching: 'watch whether it comes',
  taken: 'watch while a person mends it',
  escalated: '',
  closed: '',
  'false-alarm': '',
  merged: '',
};

/** The same of what is not broken yet. */
const nextsAhead: Partial<Record<Status, string>> = {
  investigating: 'find what prevents it',
  routing: 'find what prevents it',
  remediating: 'prevent it, once a person says so',
  verifying: 'see that it is no longer foretold',
  verified: 'write what became of it',
  taken: 'watch whether it comes',
};
