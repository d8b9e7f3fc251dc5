import type { Status as DeedStatus } from '../actions/action.ts';
import type { Block, Span } from '../chat/card.ts';
import type { IncidentId, WorkerId } from '../ids.ts';
import type { Status } from '../incidents/incident.ts';
import { linked, listed } from './spans.ts';

/** A deed that a person asked for. */
export interface Asked {
  id: string;
  incident: IncidentId | null;
  worker: WorkerId;
  what: string;
  status: DeedStatus;
  /** When it came to that. */
  at: Date;
}

/** An incident that a person declared, took or reopened. */
export interface Minded {
  id: IncidentId;
  service: string;
  status: Status;
  did: ('declared' | 'taken' | 'reopened')[];
  at: Date;
}

export interface Yours {
  asked: Asked[];
  minded: Minded[];
  nameOf(worker: WorkerId): string;
  /** Where a subject can be read: `incident:inc-7`, `outcome:act-1`. */
  linkOf(subject: string): string | undefined;
}

const most = 5;

/** What the workers did for a person of late, as a block. Pure. */
export function yoursBlock(yours: Yours): Block {
  const lines = [
    ...yours.minded.map((one) => mindedLine(yours, one)),
    ...yours.asked.map((one) => askedLine(yours, one)),
  ];
  const head: Span = { bold: 'Done for you in the last 7 days' };
  if (lines.length === 0)
    return {
      kind: 'text',
      text: [head, '\nNothing yet: you asked for no deed, and declared or took no incident.'],
    };
  return { kind: 'text', text: [head, ...listed(lines, most)] };
}

const deedSays: Record<DeedStatus, string> = {
  ready: 'about to begin',
  waiting: 'waits for a decision',
  running: 'running',
  done: 'done',
  failed: 'failed',
  indeterminate: 'nobody can say whether it ran',
  refused: 'not allowed',
  rejected: 'rejected',
  lapsed: 'nobody decided in time',
  cancelled: 'stopped',
};

function askedLine({ nameOf, linkOf }: Yours, { id, incident, worker, what, status, at }: Asked): Span[] {
  const link = linkOf(`outcome:${id}`) ?? (incident ? linkOf(`incident:${incident}`) : undefined);
  return [linked(what, link), ` by ${nameOf(worker)}, as you asked: ${deedSays[status]}, `, { time: at }];
}

const ends: Partial<Record<Status, string>> = {
  closed: 'mended',
  'false-alarm': 'a false alarm',
  merged: 'part of another',
  escalated: 'waits for a person',
  taken: 'a person has it',
};

function mindedLine({ linkOf }: Yours, { id, service, status, did, at }: Minded): Span[] {
  const words = did.map((one) => ({ declared: 'declared', taken: 'took', reopened: 'reopened' })[one]);
  const head = linked(`${id} on ${service}`, linkOf(`incident:${id}`));
  return [head, `, which you ${words.join(' and ')}: ${ends[status] ?? 'workers are at it'}, `, { time: at }];
}
