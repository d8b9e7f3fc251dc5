import type { Block, Byline, Card, Span, Tone } from '../../chat/card.ts';
import { headline, type Naming } from '../card.ts';
import type { Signal } from '../signal.ts';
import type { List } from './hold.ts';

const mostLines = 12;

/** A list and what its things are called. */
export interface Listed extends Naming, List {
  by: Byline;
  /** A service's name; undefined when it is not in the inventory. */
  nameOf(service: string): string | undefined;
}

/** What was held back in a window or in quiet hours, as it stands now: each signal once, the worst first. */
export function heldCard(told: Listed): Card {
  const { by, signals } = told;
  const worst = signals.toSorted(byWeight);
  const shown = worst.slice(0, mostLines);
  const rest = worst.length - shown.length;
  const title = titleOf(told);
  const lines = shown.map((one): Block => ({ kind: 'text', text: lineOf(one, told) }));
  const notes = [
    ...(rest > 0 ? [`and ${rest} more: all of it is in the audit.`] : []),
    ...(signals.some(isAlone) ? ['What is still on is shown by itself from now on, with its buttons.'] : []),
  ];
  const blocks = [...lines, ...notes.map((text): Block => ({ kind: 'context', text }))];
  const [first] = worst;
  const fallback = first ? `${title}. ${raisedAs(first, told)}.` : title;
  return { by, tone: toneOf(signals), title, blocks, fallback };
}

function titleOf({ cause, whose, signals, nameOf }: Listed): string {
  const where =
    cause === 'window' ? `a maintenance window of ${nameOf(whose) ?? whose}` : `the quiet hours of ${whose}`;
  const count = signals.length === 1 ? '1 signal' : `${signals.length} signals`;
  const on = signals.filter(isOn).length;
  return `Held back in ${where}: ${count}, ${on === 0 ? 'all over' : `${on} still on`}`;
}

function lineOf(signal: Signal, told: Listed): Span[] {
  const { band, raisedAt, recoveredAt, incident } = signal;
  const since: Span[] = recoveredAt
    ? ['over: ', { time: raisedAt }, ' to ', { time: recoveredAt }]
    : [{ bold: 'still on' }, ' since ', { time: raisedAt }];
  return [
    { bold: raisedAs(signal, told) },
    ' · ',
    ...(band === 'critical' ? ['critical · '] : []),
    ...since,
    ...(incident ? [` · in ${incident}`] : []),
  ];
}

/** Its headline as it was raised, however it is now. */
function raisedAs(signal: Signal, { says, unit, nameOf }: Listed): string {
  return headline({ signal: { ...signal, recoveredAt: null }, says, unit, name: nameOf(signal.service) });
}

function byWeight(a: Signal, b: Signal): number {
  const first = (is: (one: Signal) => boolean) => Number(is(b)) - Number(is(a));
  return first(isCritical) || first(isOn) || b.z - a.z || a.raisedAt.getTime() - b.raisedAt.getTime();
}

function toneOf(signals: Signal[]): Tone {
  const on = signals.filter(isOn);
  if (on.some(isCritical)) return 'critical';
  return on.length > 0 ? 'warning' : 'neutral';
}

const isOn = ({ recoveredAt }: Signal) => recoveredAt === null;
const isCritical = ({ band }: Signal) => band === 'critical';
const isAlone = (one: Signal) => isOn(one) && one.held === null && one.incident === null;
