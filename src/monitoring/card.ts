import type { Block, Button, Byline, Card, Span, Text, Tone } from '../chat/card.ts';
import type { PersonId } from '../ids.ts';
import { amount, amounts } from './amount.ts';
import type { Context } from './context.ts';
import { duration } from './duration.ts';
import { brief } from './reading.ts';
import type { Signal } from './signal.ts';
import { type Silence, type Silenced, said } from './silences/silence.ts';

/** What a metric is called for people, and its unit. */
export interface Naming {
  says(metric: string): string;
  unit(metric: string): string;
}

/** A signal with all that its card tells. */
export interface Told extends Context, Naming {
  signal: Signal;
  by: Byline;
  /** The service's name; undefined when it is not in the inventory. */
  name: string | undefined;
  owner: PersonId | undefined;
  /** A maintenance window was open. */
  inWindow: boolean;
  /** How often the same was raised in the 90 days before. */
  seen: number;
  /** Whether it is held back now, and what was said on it that is over. */
  silenced: Silenced;
  over: Silence | undefined;
  /** How many σ more it takes from now on, because people had no use for it. */
  extra: number;
  /** The incident it belongs to has a message people can open. */
  incidentLink: string | undefined;
  /** The incident is of what has not come yet. */
  ahead: boolean;
}

export const seenDays = 90;

/** A signal's message: what, where and how far off in five seconds, then why, how unusual, what else moved. */
export function signalCard(told: Told): Card {
  const { signal, by, silenced, picture, changes, traces, logs, notes } = told;
  const title = headline(told);
  const blocks: Block[] = [
    ...stateOf(told),
    ...(signal.because.length > 0 ? [line('Why: ', signal.because.join(' '))] : []),
    { kind: 'fields', fields: fieldsOf(told) },
    ...(picture ? [{ kind: 'picture' as const, picture: picture.id, alt: picture.alt }] : []),
    ...movedOf(told),
    ...(changes.length > 0 ? [changedBefore(changes)] : []),
    ...(traces.length > 0 ? [line('Traces: ', traces.join('\n'))] : []),
    ...(logs.length > 0 ? [line('Logs: ', ''), { kind: 'quote' as const, text: logs.join('\n') }] : []),
    ...[...learningOf(signal), ...notes].map((text): Block => ({ kind: 'context', text })),
    ...askedOf(told),
    { kind: 'context', text: [`${signal.id} · raised `, { time: signal.raisedAt }, ...ownerOf(told)] },
    { kind: 'buttons', buttons: buttonsOf(told) },
  ];
  const fallback = `${title}. ${signal.because[0] ?? `It was ${seenOf(told)}.`}`;
  return { by, tone: toneOf(signal, silenced), title, blocks, fallback };
}

function toneOf({ band, learning, kind, recoveredAt }: Signal, { kind: held }: Silenced): Tone {
  if (recoveredAt) return 'good';
  if (held !== 'told') return 'neutral';
  const sure = band === 'critical' && !learning && kind !== 'precursor' && kind !== 'forecast';
  return sure ? 'critical' : 'warning';
}

/** What, where and how far off, in one line. */
export function headline({ signal, says, unit, name }: Pick<Told, 'signal' | 'name'> & Naming): string {
  const { kind, server, service, metric, value, mean, raisedAt, recoveredAt } = signal;
  const where = server ?? name ?? service;
  const what = says(metric);
  if (recoveredAt) return `${where}: ${over[kind](what)} after ${lasting(raisedAt, recoveredAt)}`;
  switch (kind) {
    case 'anomaly':
      return `${where}: ${what} ${amount(value, unit(metric))}, usually ${amount(mean, unit(metric))}`;
    case 'relation':
      return `${where}: its metrics no longer move together`;
    case 'alert':
      return `${where}: ${what}`;
    case 'vanished':
      return `${where}: ${what} is no longer reported`;
    case 'blind':
      return `I cannot see ${where}: ${what} cannot be read`;
    case 'precursor':
      return `${where}: as before an earlier incident`;
    case 'forecast':
      return `${where}: ${what} is heading for its limit`;
  }
}

/** What a title says once it is over. */
const over: Record<Signal['kind'], (what: string) => string> = {
  anomaly: (what) => `${what} is as usual again`,
  relation: () => 'its metrics move together again',
  alert: (what) => `${what} is resolved`,
  vanished: (what) => `${what} is reported again`,
  blind: (what) => `${what} can be read again`,
  precursor: () => 'no longer as before an earlier incident',
  forecast: (what) => `${what} is no longer heading for its limit`,
};

function lasting(from: Date, to: Date): string {
  return duration((to.getTime() - from.getTime()) / 1_000);
}

/** What people decided on it, and where it is looked into. */
function stateOf({ signal, silenced, over: ended, incidentLink, ahead, extra }: Told): Block[] {
  const { incident } = signal;
  const states: Span[][] = [
    silencedOf(silenced),
    silenced.kind === 'told' && ended ? endedOf(ended) : [],
    incident
      ? [
          { bold: ahead ? 'Prediction: ' : 'Incident: ' },
          incidentLink ? { link: incidentLink, text: incident } : incident,
        ]
      : [],
    extra > 0 ? [`Somebody had no use for it: it takes ${extra} σ more until it is told again.`] : [],
  ];
  return states.filter((one) => one.length > 0).map((text): Block => ({ kind: 'text', text }));
}

function silencedOf(silenced: Silenced): Span[] {
  switch (silenced.kind) {
    case 'told':
      return [];
    case 'muted': {
      const { person, until } = silenced.by;
      return [
        { bold: 'Muted' },
        ' by ',
        { person },
        ' until ',
        { time: until },
        ', unless it becomes worse.',
      ];
    }
    case 'expected': {
      const { person, when, why } = silenced.by;
      return [{ bold: 'Expected' }, ` ${said(when)}, says `, { person }, `: ${why}`];
    }
  }
}

function endedOf(one: Silence): Span[] {
  const what = one.kind === 'mute' ? 'Its mute' : `What was expected ${said(one.when)}`;
  if (one.endedAt && one.endedBy)
    return [`${what} was undone by `, { person: one.endedBy }, ' at ', { time: one.endedAt }, '.'];
  return one.kind === 'mute' ? [`${what} ended at `, { time: one.until }, '.'] : [`${what} is over.`];
}

function fieldsOf(told: Told): [string, Text][] {
  const { signal, unit } = told;
  const { metric, value, mean, deviation, z, raisedAt, recoveredAt } = signal;
  const usual = mean - 2.8 * deviation;
  const low = mean >= 0 && value >= 0 ? Math.max(0, usual) : usual;
  const measured: [string, Text][] =
    signal.kind === 'anomaly'
      ? [
          [recoveredAt ? 'Was' : 'Now', amount(value, unit(metric))],
          ['Usual', amounts(low, mean + 2.8 * deviation, unit(metric))],
          ['Off by', `${brief(z)} σ`],
        ]
      : signal.kind === 'forecast'
        ? [['Now', amount(value, unit(metric))]]
        : [];
  const lasted: [string, Text][] = recoveredAt ? [['Lasted', lasting(raisedAt, recoveredAt)]] : [];
  return [...measured, ...lasted, ['How unusual', seenOf(told)]];
}

function seenOf({ seen }: Told): string {
  if (seen === 0) return `not seen in ${seenDays} days`;
  return seen === 1 ? `seen once in ${seenDays} days` : `seen ${seen} times in ${seenDays} days`;
}

const mostMoved = 5;

/** What else is unusual at the same time. */
function movedOf({ signal, says, unit }: Told): Block[] {
  const others = signal.kind === 'anomaly' ? signal.members.slice(1) : signal.members;
  if (others.length === 0) return [];
  const gone = signal.kind === 'vanished';
  const lines = others.slice(0, mostMoved).map(({ metric, subject, value, mean, z }) => {
    const usual = Number.isFinite(mean) ? `, usually ${amount(mean, unit(metric))}` : '';
    const off = gone ? '' : ` (${brief(z)} σ)`;
    return `${says(metric)} of ${subject}: ${amount(value, unit(metric))}${usual}${off}`;
  });
  const more = others.length - lines.length;
  return [
    line(
      signal.kind === 'anomaly' ? 'Also moved: ' : gone ? 'Last reported: ' : 'What moved: ',
      [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    ),
  ];
}

function learningOf({ learning }: Signal): string[] {
  return learning
    ? ['Learning: its baseline is young, so this is less than 65 % sure, and no incident opens by itself.']
    : [];
}

function changedBefore(changes: Context['changes']): Block {
  const lines = changes.map(({ at, text }): Span[] =>
    at ? ['\n', { time: at }, ` ${text}`] : [`\n${text}`],
  );
  return { kind: 'text', text: [{ bold: 'Changed before:' }, ...lines.flat()] };
}

/** How it was asked, to be asked again by hand. */
function askedOf({ query, link }: Told): Block[] {
  const spans: Span[] = [
    ...(query ? [{ code: query }] : []),
    ...(query && link ? [' · '] : []),
    ...(link ? [{ link, text: 'open in Prometheus' }] : []),
  ];
  return spans.length > 0 ? [{ kind: 'context', text: spans }] : [];
}

/** Its owner is notified of what is sure and bad; of the rest nobody is. */
function ownerOf({ signal, owner, inWindow, silenced }: Told): Span[] {
  const calls = owner && toneOf(signal, silenced) === 'critical';
  return [
    ...(calls ? [' · owner ', { person: owner }] : []),
    ...(inWindow ? [' · in a maintenance window'] : []),
  ];
}

function buttonsOf({ signal, silenced }: Told): Button[] {
  const { id, incident, recoveredAt } = signal;
  const look: Button = { label: 'Investigate', intent: { do: 'investigate', signal: id }, style: 'primary' };
  const expected: Button = { label: 'Expected', intent: { do: 'expected', signal: id } };
  const mute: Button = { label: 'Mute 4 h', intent: { do: 'mute', signal: id } };
  const useless: Button = { label: 'Not useful', intent: { do: 'not-useful', signal: id } };
  const looking = incident || recoveredAt ? [] : [look];
  if (silenced.kind === 'told') return [...looking, expected, mute, useless];
  const undo: Button = {
    label: silenced.kind === 'muted' ? 'Unmute' : 'Not expected',
    intent: { do: 'unmute', silence: silenced.by.id },
  };
  return silenced.kind === 'muted' ? [...looking, expected, undo, useless] : [...looking, undo, useless];
}

function line(label: string, text: string): Block {
  return { kind: 'text', text: text === '' ? [{ bold: label.trim() }] : [{ bold: label }, text] };
}
