// Stakeholder updates: what an incident means for those who use a service, in plain words. Not for those who mend it.
import { z } from 'zod';
import type { Block, Byline, Card, Span, Text } from '../chat/card.ts';
import type { PersonId } from '../ids.ts';
import type { Service } from '../inventory/inventory.ts';
import type { Signal } from '../monitoring/signal.ts';
import { mentions, type Told, tones } from './card.ts';
import { type Incident, isOpen, type Logged, type Status } from './incident.ts';
import { unknown } from './locate.ts';

/** What `manifests/routing.yaml` may say of them. */
export const stakeholdersSchema = z.strictObject({
  /** The least severe that is told: 1 the worst, 0 for none. */
  from: z.number().int().min(0).max(4).default(2),
  /** While nothing changes the next word comes after so long. */
  minutes: z.number().int().min(5).max(1_440).default(30),
});

export type Updates = z.output<typeof stakeholdersSchema>;

/** What stakeholders learn of; each is one reply. */
type Change = 'cause' | 'person' | 'taken' | 'failed' | 'mended' | 'false-alarm' | 'reopened' | 'merged';

/** Whether stakeholders are told of an incident: one that is bad enough, or was until a person said otherwise. Pure. */
export function concerns(
  { kind, severity }: Pick<Incident, 'kind' | 'severity'>,
  entries: Logged[],
  { from }: Updates,
): boolean {
  const was = entries.some((one) => one.kind === 'severity' && one.facts.from <= from);
  return kind === 'incident' && (severity <= from || was);
}

/** What changed for them since it began, each once until something else does. `part` never changes. Pure. */
export function changesFor(entries: Logged[]): { part: string; change: Change; at: Date }[] {
  const began = entries.findLastIndex(({ kind }) => kind === 'came-true');
  const all = entries.flatMap((entry, place) => {
    const change = place > began ? changeOf(entry) : undefined;
    return change ? [{ part: `update-${place}`, change, at: entry.at }] : [];
  });
  return all.filter(({ change }, place) => change !== all[place - 1]?.change);
}

function changeOf(entry: Logged): Change | undefined {
  switch (entry.kind) {
    case 'diagnosis': {
      const [likeliest] = entry.facts.hypotheses;
      return likeliest && likeliest.kind !== unknown && !entry.facts.argued ? 'cause' : undefined;
    }
    case 'escalated':
      return 'person';
    case 'taken':
      return 'taken';
    case 'unmended':
      return 'failed';
    case 'verified':
    case 'resolved':
      return 'mended';
    case 'false-alarm':
      return 'false-alarm';
    case 'reopened':
      return 'reopened';
    case 'merged':
      return 'merged';
    default:
      return undefined;
  }
}

/** The one message of an incident where leaders read, as it stands at `now`. */
export function updateCard(told: Told, { minutes }: Updates, now: Date): Card {
  const { incident, service, by } = told;
  const name = service?.name ?? incident.service;
  const title = `${name}: ${headlines[incident.status]}`;
  const people = (service?.stakeholders ?? []) as PersonId[];
  const fields: [string, Text][] = [
    ['What customers notice', noticed(incident, told.signals, service)],
    ['Since', [{ time: incident.openedAt }]],
    ...(service?.usersPerHour
      ? [
          ['Who may be affected', `about ${service.usersPerHour.toLocaleString('en-GB')} people an hour`] as [
            string,
            Text,
          ],
        ]
      : []),
    ...(isOpen(incident) ? [['Next word', nextWord(incident, minutes, now)] as [string, Text]] : []),
  ];
  const blocks: Block[] = [
    { kind: 'text', text: doing(told) },
    { kind: 'fields', fields },
    { kind: 'context', text: [incident.id, ...(people.length > 0 ? [' · for ', ...mentions(people)] : [])] },
  ];
  const asked: Span[] = people.length > 0 ? [...mentions(people), ' '] : [];
  return {
    by,
    tone: tones[incident.status],
    title,
    blocks,
    fallback: [...asked, `${title}. ${doing(told)}`],
  };
}

/** One line for one change. */
export function changeCard(by: Byline, change: Change): Card {
  const title = says[change];
  return { by, tone: change === 'mended' ? 'good' : 'neutral', title, blocks: [], fallback: title };
}

const says: Record<Change, string> = {
  cause: 'We know the likely cause.',
  person: 'It needs a decision by our people, who have been asked.',
  taken: 'One of our engineers has taken it over.',
  failed: 'The first fix did not help. It is being taken back.',
  mended: 'It works as usual again.',
  'false-alarm': 'It was a false alarm: nothing was wrong.',
  reopened: 'It is not over: we look into it again.',
  merged: 'It is part of another incident, which goes on.',
};

const headlines: Record<Status, string> = {
  investigating: 'we are looking into a problem',
  routing: 'we are looking into a problem',
  remediating: 'a problem is being fixed',
  verifying: 'fixed, we are making sure that it stays so',
  undoing: 'the first fix did not help',
  verified: 'works as usual again',
  closed: 'works as usual again',
  escalated: 'a problem needs our people',
  watching: 'we are watching it',
  taken: 'our people are on a problem',
  'false-alarm': 'it was a false alarm',
  merged: 'part of another incident',
};

/** Kinds of cause for people who do not run servers. */
const plainly: Record<string, string> = {
  'bad-deployment': 'a recent change of the software',
  'memory-leak': 'a part of it uses up its memory',
  'full-disk': 'it has run out of storage',
  'process-down': 'a part of it has stopped',
  'cpu-runaway': 'a part of it is overloaded',
  'queue-backlog': 'work has piled up',
  'connection-pool': 'too many requests wait for its data',
  'crash-loop': 'a part of it keeps restarting',
};

/** What is done about it, in a sentence or two. */
function doing({ incident, waitingFor }: Told): string {
  const { status, cause, pausedBy } = incident;
  const why = cause && plainly[cause.kind];
  const because = why ? ` The likely cause: ${why}.` : '';
  if (pausedBy && isOpen(incident) && status !== 'escalated')
    return `Our people have paused the automatic work on it.${because}`;
  switch (status) {
    case 'investigating':
    case 'routing':
      return `We are finding out why.${because}`;
    case 'remediating':
      return `${waitingFor ? 'A fix is ready and waits for a decision by our people.' : 'The fix is being put in place.'}${because}`;
    case 'verifying':
      return `The fix is in place, and we are watching whether it holds.${because}`;
    case 'undoing':
      return 'The first fix did not help and is being taken back.';
    case 'escalated':
      return `It needs a decision by our people, who have been asked.${because}`;
    case 'taken':
      return `One of our engineers has it.${because}`;
    case 'watching':
      return 'Nothing is wrong yet.';
    case 'verified':
    case 'closed':
      return `It is mended and works as usual again.${because}`;
    case 'false-alarm':
      return 'Nothing was wrong.';
    case 'merged':
      return 'It belongs to another incident, which goes on.';
  }
}

/** What people who use the service notice, by what was measured where they use it. */
function noticed(
  { status, service: of, said }: Incident,
  signals: Signal[],
  service: Service | undefined,
): string {
  const name = service?.name ?? of;
  if (status === 'false-alarm') return 'nothing';
  const metrics = signals
    .flatMap(({ service: on, server, metric, members }) => [
      ...(on === of && server === null ? [metric] : []),
      ...members
        .filter(({ about, subject }) => about === 'service' && subject === of)
        .map((one) => one.metric),
    ])
    .join(' ');
  const fails = /error|fail/.test(metrics);
  const slow = /latency|duration|time/.test(metrics);
  const was = status === 'verified' || status === 'closed';
  if (fails && slow)
    return `${name} ${was ? 'was' : 'is'} slow, and some requests ${was ? 'failed' : 'fail'}`;
  if (fails) return `some requests to ${name} ${was ? 'failed' : 'fail'}`;
  if (slow) return `${name} ${was ? 'was' : 'is'} slow`;
  if (said && signals.length === 0) return `people ${was ? 'reported' : 'report'} a problem with ${name}`;
  return was ? `${name} may have been slow or failed` : `${name} may be slow or fail`;
}

/** Whenever it changes, and at the latest when so many minutes are over again. */
function nextWord({ openedAt }: Incident, minutes: number, now: Date): Text {
  const each = minutes * 60_000;
  const passed = Math.max(0, Math.floor((now.getTime() - openedAt.getTime()) / each));
  return ['when this changes, at the latest ', { time: new Date(openedAt.getTime() + (passed + 1) * each) }];
}
