import type { Block, Byline, Card, Span } from '../../chat/card.ts';
import { type Silence, said } from './silence.ts';

/** Each has a button of its own; the rest are undone by their number. */
const mostButtons = 12;

/** What is muted or expected: what, by whom, until when, each with its undoing. */
export function silencesCard(all: Silence[], says: (metric: string) => string, by: Byline): Card {
  const title =
    all.length === 0
      ? 'Nothing is muted or expected'
      : `${all.length} muted or expected: recorded and not told`;
  const blocks = all.flatMap((one, place): Block[] => [
    { kind: 'text', text: lineOf(one, says) },
    ...(place < mostButtons ? [undo(one)] : []),
  ]);
  const rest: Block[] =
    all.length > mostButtons
      ? [{ kind: 'context', text: 'The others are undone by "/roster unmute" and their number.' }]
      : [];
  return { by, tone: 'neutral', title, blocks: [...blocks, ...rest], fallback: title };
}

function lineOf(one: Silence, says: (metric: string) => string): Span[] {
  const what = one.series.slice(0, 3).map(({ metric, subject }) => `${says(metric)} of ${subject}`);
  const more = one.series.length - what.length;
  const head: Span[] = [
    { bold: `${one.id}. ${[...what, ...(more > 0 ? [`${more} more`] : [])].join(', ')}` },
  ];
  const when: Span[] =
    one.kind === 'mute'
      ? [' muted until ', { time: one.until }, ' by ', { person: one.person }]
      : [` expected ${said(one.when)}: ${one.why}, says `, { person: one.person }];
  return [...head, ...when];
}

function undo({ id }: Silence): Block {
  return { kind: 'buttons', buttons: [{ label: `Undo ${id}`, intent: { do: 'unmute', silence: id } }] };
}
