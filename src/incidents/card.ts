import type { Block, Byline, Card, Span, Text, Tone } from '../chat/card.ts';
import type { Thumbs } from '../chat/thumbs.ts';
import type { ActionId, IncidentId, PersonId, WorkerId } from '../ids.ts';
import type { Service } from '../inventory/inventory.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Reference } from '../records/read.ts';
import { buttonsOf } from './buttons.ts';
import { broken } from './foretold.ts';
import { type Incident, isOpen, type Logged, type Status } from './incident.ts';
import type { PostMortem } from './post-mortem/post-mortem.ts';
import { predictionCard } from './prediction-card.ts';
import { endsByWord } from './said.ts';
import { handOf, type StepRow } from './steps/step.ts';

/** An incident with all that its cards tell. */
export interface Told {
  incident: Incident;
  signals: Signal[];
  entries: Logged[];
  service: Service | undefined;
  by: Byline;
  /** How a worker signs its own posts; the incident's own byline where it is not known. */
  byOf(worker: WorkerId | null | undefined): Byline;
  /** People with one of these roles. */
  withRole(roles: string[]): PersonId[];
  /** What a metric is called for people. */
  says(metric: string): string;
  /** People to mention when somebody is needed. */
  asks: PersonId[];
  verifyMs: number;
  /** By whose clocks a title tells a time. */
  timezone: string;
  /** Where another incident can be read. */
  linkTo(incident: IncidentId): string | undefined;
  /** How far its runbook is, step by step. */
  steps?: StepRow[];
  /** A step is next that could be done by hand. */
  canByHand?: boolean;
  /** The change records of an action, where systems outside keep them. */
  recordsOf?(action: ActionId): Reference[];
  /** What is waiting for a person, one line. */
  waitingFor: string | undefined;
  /** Once it is drafted. */
  postMortem?: PostMortem | undefined;
  /** What people think of how it went, once it is over. */
  thumbs?: Thumbs;
  now?: Date;
}

/** The parent message of an incident or prediction: its state in five seconds. */
export function incidentCard(told: Told): Card {
  if (told.incident.kind === 'prediction') return predictionCard(told);
  const { incident, service, by } = told;
  const title = `${service?.name ?? incident.service}: ${headline(told)}`;
  const blocks: Block[] = [
    {
      kind: 'fields',
      fields: [
        ['Status', statusLine(told)],
        ['Severity', `SEV${incident.severity}`],
        ['At risk', service ? `EUR ${service.revenuePerMinute} a minute` : 'unknown'],
        [
          'Owner',
          incident.owner ? [{ person: incident.owner }] : service ? [{ person: service.owner }] : 'nobody',
        ],
      ],
    },
    { kind: 'text', text: [{ bold: 'Cause so far: ' }, causeLine(incident)] },
    { kind: 'text', text: [{ bold: 'Next: ' }, nextLine(told), ...askedLast(told)] },
    {
      kind: 'context',
      text: [`${incident.id} · opened `, { time: incident.openedAt }, ' · ', ...signalLine(told)],
    },
    ...howItEnds(incident),
  ];
  const buttons = buttonsOf(told);
  if (buttons) blocks.push(buttons);
  return { by, tone: tones[incident.status], title, blocks, fallback: `${title}. ${nextLine(told)}` };
}

/** How grave each state looks. */
export const tones: Record<Status, Tone> = {
  investigating: 'critical',
  routing: 'critical',
  remediating: 'critical',
  verifying: 'warning',
  undoing: 'critical',
  verified: 'good',
  closed: 'good',
  escalated: 'critical',
  watching: 'warning',
  taken: 'warning',
  'false-alarm': 'neutral',
  merged: 'neutral',
};

const statuses: Record<Status, string> = {
  investigating: 'Investigating',
  routing: 'Being routed',
  remediating: 'Mending',
  verifying: 'Mended, being verified',
  undoing: 'Did not help, being rolled back',
  verified: 'Verified mended',
  closed: 'Verified mended, closed',
  escalated: 'Needs a person',
  watching: 'Being watched',
  taken: 'A person has it',
  'false-alarm': 'False alarm',
  merged: 'Merged into another',
};

function statusLine({ incident, waitingFor }: Told): Text {
  if (isPaused(incident)) return ['Paused by ', { person: incident.pausedBy }];
  const hand = handOf(incident);
  if (hand && incident.status === 'remediating') return ['By hand, ', { person: hand }];
  return incident.status === 'remediating' && waitingFor
    ? 'Waiting for an approval'
    : statuses[incident.status];
}

/** One that waits for a person says so before anything else. */
function isPaused(incident: Incident): incident is Incident & { pausedBy: PersonId } {
  return Boolean(incident.pausedBy) && incident.status !== 'escalated';
}

function headline({ signals, says, incident }: Told): string {
  const worst = broken(signals).toSorted((a, b) => b.z - a.z)[0];
  if (!worst) return incident.said?.words.slice(0, 100) ?? 'an incident';
  const where = worst.server
    ? ` on ${worst.server}`
    : worst.service === incident.service
      ? ''
      : ` of ${worst.service}`;
  // An alert has no score: it is the worst only where nothing was measured.
  return worst.kind === 'alert'
    ? `alert ${worst.metric}${where}`
    : `${says(worst.metric)}${where} far from usual`;
}

function causeLine({ cause }: Incident): string {
  return cause
    ? `${cause.says} (${Math.floor(cause.confidence * 100)} % sure, by rule, no model)`
    : 'not known yet';
}

function nextLine({ incident, verifyMs, waitingFor, entries }: Told): string {
  if (isPaused(incident)) return 'nothing new begins until it is resumed; the metrics are watched.';
  switch (incident.status) {
    case 'investigating':
      return 'metrics, logs, deployments and inventory are being read.';
    case 'routing':
      return 'who or what mends it is being decided.';
    case 'remediating':
      if (handOf(incident))
        return `step ${(incident.runbook?.step ?? 0) + 1} by hand: the checklist is in the thread.`;
      return waitingFor ? `waiting for a decision: ${waitingFor}` : 'the runbook is being followed.';
    case 'verifying':
      return `all metrics must stay usual for ${Math.round(verifyMs / 1_000)} s.`;
    case 'undoing':
      return waitingFor ? `waiting for a decision: ${waitingFor}` : 'what can be undone is rolled back.';
    case 'escalated':
      return entries.findLast((one) => one.kind === 'escalated')?.facts.because ?? 'a person must look.';
    case 'watching':
    case 'taken':
      return 'the workers change nothing and keep watching.';
    case 'verified':
    case 'closed':
    case 'false-alarm':
      return 'nothing.';
    case 'merged':
      return `it goes on in ${incident.mergedInto}.`;
  }
}

/** Who was asked by name last, while nobody has taken it. */
function askedLast({ incident, entries }: Told): Span[] {
  if (incident.status !== 'escalated') return [];
  const last = entries.findLast(({ kind }) => kind === 'unanswered' || kind === 'escalated');
  const people =
    last?.kind === 'unanswered' && last.facts.person
      ? [last.facts.person]
      : last?.kind === 'escalated' && last.facts.by
        ? (last.facts.asks?.people ?? [])
        : [];
  return people.length > 0 ? [' Asked last: ', ...mentions(people), '.'] : [];
}

/** What nothing measures ends by a person's word, and says so. */
function howItEnds(incident: Incident): Block[] {
  if (!isOpen(incident) || incident.status === 'investigating' || !endsByWord(incident)) return [];
  const text = 'No metric is off, so none tells when it is over: "resolved" or "false alarm" here ends it.';
  return [{ kind: 'context', text }];
}

function signalLine({ signals, says, incident: { said } }: Told): Span[] {
  if (signals.length === 0) return said ? ['declared by ', { person: said.person }] : [];
  const all = signals
    .map(({ kind, metric, server, service, z }) =>
      kind === 'alert'
        ? `alert ${metric} ${server ?? service}`
        : `${says(metric)} ${server ?? service} ${z.toFixed(1)} σ`,
    )
    .join(', ');
  return [all];
}

/** People as mentions, separated by spaces. */
export function mentions(people: PersonId[]): Span[] {
  return people.flatMap((person, place): Span[] => [...(place > 0 ? [' '] : []), { person }]);
}
