// The team's morning: what the workers did, do next, are blocked by and need, from recorded rows.
// Not an opinion and not a plan made up for the occasion.
import type { Action } from '../actions/action.ts';
import type { Approval } from '../approvals/approval.ts';
import type { Block, Byline, Card, Span, Text } from '../chat/card.ts';
import type { IncidentId } from '../ids.ts';
import { endOf } from '../incidents/foretold.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Task } from '../incidents/post-mortem/post-mortem.ts';

/** The rows a stand-up is told from. */
export interface Rows {
  incidents: Incident[];
  actions: Action[];
  approvals: Approval[];
  /** What was to be done after incidents, and is late. */
  late: (Pick<Task, 'what' | 'owner' | 'due'> & { incident: IncidentId })[];
  since: Date;
}

export interface Standup {
  done: string[];
  next: string[];
  blocked: string[];
  needsYou: Text[];
}

/** Sorts the rows into done, next, blocked and needs you. Pure. */
export function standup({ incidents, actions, approvals, late, since }: Rows): Standup {
  const ended = incidents.filter(({ endedAt }) => endedAt && endedAt >= since);
  const open = incidents.filter(({ endedAt }) => !endedAt);
  const ran = actions.filter(({ status }) => status === 'done');
  const going = open.filter(({ status }) => status !== 'escalated');
  return {
    done: [...ended.map(endedLine), ...ran.map(ranLine)],
    next: going.map(nextLine),
    blocked: open
      .filter(({ status }) => status === 'escalated')
      .map(({ id, service }) => `${id} on ${service} waits for a person`),
    needsYou: [
      ...approvals.map(
        ({ question, expiresAt }) =>
          `${question.what}: approve or reject before ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      ),
      ...late.map(({ incident, what, owner, due }): Text => {
        return [{ person: owner }, `: ${what}, by ${due}, after ${incident}`];
      }),
    ],
  };
}

const nexts: Record<Incident['status'], string> = {
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
const nextsAhead: Partial<Record<Incident['status'], string>> = {
  investigating: 'find what prevents it',
  routing: 'find what prevents it',
  remediating: 'prevent it, once a person says so',
  verifying: 'see that it is no longer foretold',
  verified: 'write what became of it',
  taken: 'watch whether it comes',
};

function nextLine({ id, kind, service, status }: Incident): string {
  if (kind !== 'prediction') return `${id} on ${service}: ${nexts[status]}`;
  return `prediction ${id} on ${service}: ${nextsAhead[status] ?? nexts[status]}`;
}

/** What is foretold and does not come was no incident. */
function foretoldLine({ id, service, cause, ...its }: Incident): string {
  return `prediction ${id} on ${service}, ${endOf(its)}${cause ? `: ${cause.says}` : ''}`;
}

function endedLine(incident: Incident): string {
  const { id, service, cause, status, openedAt, endedAt } = incident;
  if (incident.kind === 'prediction') return foretoldLine(incident);
  if (status === 'false-alarm') return `${id} on ${service} was a false alarm`;
  if (status === 'merged') return `${id} on ${service} was part of ${incident.mergedInto}`;
  const minutes = endedAt ? Math.max(1, Math.round((endedAt.getTime() - openedAt.getTime()) / 60_000)) : 0;
  return `${id} on ${service} mended and verified within ${minutes} min${cause ? `: ${cause.says}` : ''}`;
}

function ranLine({ question, autonomous }: Action): string {
  return `${question.what}, ${autonomous ? 'alone, within the charter' : 'after an approval'}`;
}

/** How a stand-up looks; without news it is one line. */
export function standupCard(told: Standup, by: Byline): Card {
  const sections: [string, Text[]][] = [
    ['Done', told.done],
    ['Next', told.next],
    ['Blocked', told.blocked],
    ['Needs you', told.needsYou],
  ];
  const said = sections.filter(([, lines]) => lines.length > 0);
  const title = `${by.name}'s stand-up`;
  if (said.length === 0) {
    const quiet = 'Nothing happened since the last one and nothing is waiting.';
    return {
      by,
      tone: 'good',
      title,
      blocks: [{ kind: 'text', text: quiet }],
      fallback: `${title}: ${quiet}`,
    };
  }
  const blocks = said.map(([name, lines]): Block => ({ kind: 'text', text: listed(name, lines) }));
  const counts = said.map(([name, lines]) => `${name.toLowerCase()} ${lines.length}`).join(', ');
  return {
    by,
    tone: told.needsYou.length > 0 ? 'waiting' : 'neutral',
    title,
    blocks,
    fallback: `${title}: ${counts}`,
  };
}

function listed(name: string, lines: Text[]): Text {
  const rest = lines.length > 12 ? [`and ${lines.length - 12} more`] : [];
  const shown = [...lines.slice(0, 12), ...rest];
  const spans = shown.flatMap((line, nth): Span[] => [
    nth === 0 ? '• ' : '\n• ',
    ...(typeof line === 'string' ? [line] : line),
  ]);
  return [{ bold: `${name}\n` }, ...joined(spans)];
}

/** With words next to words as one span. */
function joined(spans: Span[]): Span[] {
  const all: Span[] = [];
  for (const one of spans) {
    const last = all.at(-1);
    if (typeof last === 'string' && typeof one === 'string') all[all.length - 1] = last + one;
    else all.push(one);
  }
  return all;
}
