import type { Block, Button, Card, Span, Text, Tone } from '../chat/card.ts';
import { clockOf } from '../monitoring/silences/clock.ts';
import type { Told } from './card.ts';
import { endOf, type Foretelling, leading } from './foretold.ts';
import { type Incident, isOpen, type Status } from './incident.ts';

/** A prediction's parent message: what comes when if nothing is done, and what would prevent it. */
export function predictionCard(told: Told): Card {
  const { incident, by, entries, signals } = told;
  const of = leading(signals, incident.cause);
  const title = titleOf(told, of);
  const over = isOver(incident);
  const plan = incident.runbook && entries.findLast((one) => one.kind === 'diagnosis')?.facts.plan;
  const blocks: Block[] = [
    { kind: 'fields', fields: fieldsOf(told, of) },
    ...(plan ? [line('Proposed: ', [plan])] : []),
    ...(over ? [] : [line('Next: ', [nextOf(told)])]),
    ...(of ? [line('Why: ', [of.because.join(' '), ' (said at ', { time: of.raisedAt }, ')'])] : []),
    ...(of ? likeOf(told, of) : []),
    {
      kind: 'context',
      text: [`${incident.id} · prediction since `, { time: incident.openedAt }, ...clocksOf(told, of)],
    },
  ];
  if (isOpen(incident)) blocks.push({ kind: 'buttons', buttons: buttonsOf(incident) });
  const fallback = `Prediction: ${title}.${over ? '' : ` ${nextOf(told)}`}`;
  return { by, tone: toneOf(incident), title, blocks, fallback };
}

function toneOf(incident: Incident): Tone {
  if (!isOver(incident)) return 'warning';
  return incident.status === 'false-alarm' ? 'neutral' : 'good';
}

function fieldsOf(told: Told, of: Foretelling | undefined): [string, Text][] {
  const { incident, service } = told;
  const person = incident.owner ?? service?.owner;
  const ahead: [string, Text][] = [
    ['Severity', `SEV${incident.severity} if it comes, not broken yet`],
    ...(of ? expectedOf(of) : []),
    ['At risk', service ? `EUR ${service.revenuePerMinute} a minute if it comes` : 'unknown'],
  ];
  return [
    ['Status', statusOf(told)],
    ...(isOver(incident) ? [] : ahead),
    ['Owner', person ? [{ person }] : 'nobody'],
  ];
}

function titleOf({ incident, service, timezone }: Told, of: Foretelling | undefined): string {
  const where = of?.server ?? service?.name ?? incident.service;
  const what = of?.foretold.what ?? incident.cause?.kind ?? 'something';
  if (isOver(incident)) return `${where}: ${what}, ${endOf(incident)}`;
  if (incident.status === 'verifying') return `${where}: ${what}, something was done against it`;
  return `${where}: ${what}${of ? whenOf(of, timezone) : ''} if nothing is done`;
}

/** " at 14:20 (13:50–15:10)", with the day where it is not today's. */
function whenOf({ foretold, raisedAt }: Foretelling, timezone: string): string {
  const { at, earliest, latest } = foretold;
  if (at === null) return ' to come';
  const day = (seconds: number) => dayIn(timezone, new Date(seconds * 1_000));
  const times = [at, earliest ?? at, latest ?? at];
  const today = times.every((one) => day(one) === dayIn(timezone, raisedAt));
  const clock = (seconds: number) =>
    `${today ? '' : `${day(seconds)} `}${clockOf(new Date(seconds * 1_000), timezone)}`;
  if (earliest === null) return ` at about ${clock(at)}`;
  return ` at ${clock(at)} (${latest === null ? `${clock(earliest)} or later` : `${clock(earliest)}–${clock(latest)}`})`;
}

function dayIn(timeZone: string, at: Date): string {
  return at.toLocaleDateString('en-GB', { timeZone, weekday: 'short', day: 'numeric', month: 'short' });
}

/** The same by the reader's own clocks. */
function expectedOf({ foretold: { at, earliest, latest } }: Foretelling): [string, Text][] {
  const time = (seconds: number): Span => ({ time: new Date(seconds * 1_000) });
  if (at === null) return [['Expected', 'nobody can tell when']];
  if (earliest === null) return [['Expected', ['about ', time(at)]]];
  const until: Span[] = latest === null ? [' or later, or not at all'] : [' and ', time(latest)];
  return [['Expected', [time(at), latest === null ? ', from ' : ', between ', time(earliest), ...until]]];
}

function clocksOf({ incident, timezone }: Told, of: Foretelling | undefined): Span[] {
  return of?.foretold.at && !isOver(incident) ? [` · the title's times are those of ${timezone}`] : [];
}

/** The past incidents that began alike, the latest first. */
function likeOf({ linkTo }: Told, { foretold: { like } }: Foretelling): Block[] {
  if (like.length === 0) return [];
  const named = like.toReversed().flatMap((id, place): Span[] => {
    const link = linkTo(id);
    return [...(place > 0 ? [', '] : []), link ? { link, text: id } : id];
  });
  return [{ kind: 'text', text: [{ bold: 'As before: ' }, ...named] }];
}

const statuses: Partial<Record<Status, string>> = {
  investigating: 'what prevents it is looked up',
  routing: 'what prevents it is looked up',
  remediating: 'being prevented',
  verifying: 'done, being verified',
  watching: 'being watched',
  taken: 'a person has it',
};

function statusOf({ incident, waitingFor }: Told): Text {
  const { status, pausedBy } = incident;
  if (isOver(incident)) return `Prediction, ${endOf(incident)}`;
  if (pausedBy) return ['Prediction, paused by ', { person: pausedBy }];
  return `Prediction, ${status === 'remediating' && waitingFor ? 'waiting for an approval' : statuses[status]}`;
}

function isOver({ status }: Incident): boolean {
  return status === 'verified' || status === 'closed' || status === 'false-alarm';
}

function nextOf(told: Told): string {
  const { incident, waitingFor, entries, verifyMs } = told;
  if (isOver(incident)) return 'nothing.';
  if (incident.pausedBy) return 'nothing new begins until it is resumed; whether it comes is watched.';
  switch (incident.status) {
    case 'remediating':
      return waitingFor
        ? `waiting for a decision: ${waitingFor}`
        : 'the preventive runbook is being followed.';
    case 'verifying':
      return `it must no longer be foretold for ${Math.round(verifyMs / 1_000)} s.`;
    case 'watching':
      return (
        entries.findLast((one) => one.kind === 'watched')?.facts.because ?? 'whether it comes is watched.'
      );
    case 'taken':
      return 'the workers change nothing and keep watching.';
    default:
      return 'a preventive runbook is looked for.';
  }
}

/** Where it is to be looked is known, so there is nothing to send the workers to. */
function buttonsOf({ id, status, pausedBy }: Incident): Button[] {
  const take: Button = { label: "I've got it", intent: { do: 'take', incident: id } };
  const back: Button = { label: 'Hand back', intent: { do: 'hand-back', incident: id } };
  const off: Button = { label: 'False alarm', intent: { do: 'false-alarm', incident: id } };
  const stop: Button = { label: 'Stop all workers', intent: { do: 'kill' }, style: 'danger' };
  const pause: Button = pausedBy
    ? { label: 'Resume', intent: { do: 'resume', incident: id } }
    : { label: 'Pause', intent: { do: 'pause', incident: id } };
  if (status === 'taken') return [back, off, stop];
  if (status === 'verified') return [off, stop];
  return status === 'watching' && !pausedBy ? [take, off, stop] : [take, pause, off, stop];
}

function line(label: string, text: Span[]): Block {
  return { kind: 'text', text: [{ bold: label }, ...text] };
}
