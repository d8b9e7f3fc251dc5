import type { Action } from '../actions/action.ts';
import type { Approval } from '../approvals/approval.ts';
import type { PersonId } from '../ids.ts';
import type { Closing, Draft, Note, Outcome } from './record.ts';

/** What is known of a change when its record is written. */
export interface Known {
  action: Action;
  approval: Approval | undefined;
  nameOf(person: PersonId): string;
  /** Where the audit says that it began. */
  entry: { seq: number; hash: string } | undefined;
  /** The records, in this system, of what it undoes and of what undid it. */
  undoes: string | undefined;
  undoneBy: string | undefined;
  /** `ServiceNow` */
  called: string;
  now: Date;
}

const plannedMs = 30 * 60_000;

/** What a record says when it is opened. Pure. */
export function draftOf(known: Known): Draft {
  const { action, now } = known;
  const { question } = action;
  const from = action.startedAt ?? now;
  const to = new Date(Math.max(from.getTime() + plannedMs, (action.endedAt ?? from).getTime()));
  return {
    correlation: action.id,
    title: oneLine(question.what),
    lines: [...linesOf(known, from, to), ...afterwards(known)].map(cut),
    why: cut(question.why),
    rollback: cut(question.rollback),
    risk: riskOf(question.risk),
    planned: { from, to },
  };
}

function linesOf({ action, approval, nameOf, entry, undoes }: Known, from: Date, to: Date): string[] {
  const { question } = action;
  return [
    `What: ${question.what}`,
    `Target: ${action.target}`,
    `Arguments: ${question.arguments}`,
    `Why: ${question.why}`,
    `Worker: ${action.worker} (an AI worker), charter ${action.charter}, policy ${action.policy}, tool ${action.tool}@${action.toolVersion}`,
    `Risk: ${question.risk}; confidence: ${Math.floor(action.confidence * 100)} %`,
    approvedBy(action, approval, nameOf),
    `Roll-back: ${question.rollback}`,
    ...(action.undoes ? [`This rolls back ${undoes ? `${undoes}, ` : ''}action ${action.undoes}.`] : []),
    `Planned: from ${at(from)} to ${at(to)}`,
    `Action: ${action.id}${action.incident ? `; incident: ${action.incident}` : ''}`,
    ...(entry ? [`Audit entry: ${entry.seq}, SHA-256 ${entry.hash}`] : []),
  ];
}

function approvedBy(action: Action, approval: Approval | undefined, nameOf: Known['nameOf']): string {
  if (action.autonomous || !approval) return 'Approval: within the charter, without asking';
  const given = approval.answers.filter(({ answer }) => answer === 'approve');
  const people = given.map(({ person, at: when }) => `${nameOf(person)} (${person}) at ${at(when)}`);
  return `Approval: ${approval.id} by ${people.join(' and ')}`;
}

/** A record that could not be opened in time says so. */
function afterwards({ action, called, now }: Known): string[] {
  if (action.awaitsRecord) return [];
  return [
    `This record was opened afterwards, at ${at(now)}: ${called} could not be reached when the change began. The times in it are those of the change.`,
  ];
}

/** What is added when the system outside has taken the work. Pure. */
export function runningNote({ action }: Known): Note {
  const handle = action.handle ? ` as ${action.handle}` : '';
  const mark = `${action.id} running`;
  return { mark, lines: [`Running${handle} since ${at(action.startedAt)}.`, `[${mark}]`].map(cut) };
}

/** What is added when a change has ended. Pure. */
export function closingOf(known: Known): Closing {
  const { action, now } = known;
  const mark = `${action.id} ended`;
  const began = action.startedAt ?? now;
  const ended = action.endedAt ?? now;
  const lines = [
    saidOf(action),
    ...(action.handle ? [`It ran as ${action.handle}.`] : []),
    `Began ${at(began)}, ended ${at(ended)}.`,
    ...(action.output ? [action.output.slice(-mostOutput)] : []),
    `[${mark}]`,
  ];
  return { outcome: outcomeOf(action), began, ended, mark, lines: lines.map(cut) };
}

/** What is added when another change has rolled this one back. Pure. */
export function undoneOf(known: Known): Closing {
  const mark = `${known.action.id} rolled back`;
  const by = known.undoneBy ? `: see ${known.undoneBy}` : '';
  const closing = closingOf(known);
  return { ...closing, mark, lines: [`Rolled back${by}.`, ...closing.lines, `[${mark}]`] };
}

const mostOutput = 1_500;

/** What came of an action that has ended. Pure. */
export function outcomeOf({ status, awaitsRecord }: Pick<Action, 'status' | 'awaitsRecord'>): Outcome {
  if (awaitsRecord) return 'never';
  if (status === 'done') return 'successful';
  if (status === 'cancelled') return 'cancelled';
  return status === 'indeterminate' ? 'indeterminate' : 'failed';
}

function saidOf(action: Action): string {
  switch (outcomeOf(action)) {
    case 'successful':
      return 'Successful: it was done as planned.';
    case 'failed':
      return 'Failed.';
    case 'cancelled':
      return 'Cancelled: it was stopped while it was running. What it had done by then is not undone.';
    case 'indeterminate':
      return `Indeterminate: it is not known whether it ran. A person must look at ${action.target} and close this.`;
    case 'never':
      return 'Cancelled: it never began. Nothing was run.';
  }
}

function riskOf(risk: string): Draft['risk'] {
  return risk === 'high' || risk === 'medium' ? risk : 'low';
}

function at(time: Date | null): string {
  return time ? `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC` : 'a time that is not known';
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').slice(0, 160);

/** A line of a record; ServiceNow would draw what stands in [code] as HTML. */
function cut(line: string): string {
  const plain = line.replace(/\[(\/?code)\]/gi, '($1)');
  return plain.length > 2_000 ? `${plain.slice(0, 2_000)}…` : plain;
}
