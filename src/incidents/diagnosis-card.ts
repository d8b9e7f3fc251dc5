import type { Block, Byline, Card, Tone } from '../chat/card.ts';
import { mentions, type Told } from './card.ts';
import type { Argued, Hypothesis } from './incident.ts';

/** A post of the thread that asks nothing. */
export function plain(by: Byline, tone: Tone, title: string, blocks: Block[]): Card {
  return { by, tone, title, blocks, fallback: title };
}

/** What a model made of the same evidence, and what of it was not believed. */
export function arguedCard(
  { by, asks }: Told,
  { hypotheses, plan }: { hypotheses: Hypothesis[]; plan: string },
  { model, kind, more, rootCause, lowered, dropped, ask }: Argued,
): Card {
  const counted = `${dropped.length} ${dropped.length === 1 ? 'claim' : 'claims'} dropped`;
  const card = plain(by, ask ? 'warning' : 'neutral', `What ${model} adds`, [
    ...more.map(
      ({ id, source, found }): Block => ({ kind: 'text', text: [{ bold: `${id} ${source}: ` }, found] }),
    ),
    ...hypotheses.map(hypothesis),
    ...rootCause.map((text): Block => ({ kind: 'text', text })),
    ...lowered.map(({ says, from, to }): Block => {
      return { kind: 'text', text: `Less sure: ${says}, from ${share(from)} to ${share(to)}.` };
    }),
    { kind: 'text', text: ask ? [...mentions(asks), ` ${plan}`] : plan },
    ...dropped.slice(0, 5).map((one): Block => ({ kind: 'context', text: `Dropped: ${one.because}.` })),
    {
      kind: 'context',
      text: `With ${model}: ${kind ? `kind ${kind}, ` : ''}${counted}. ${steering(hypotheses.length)}`,
    },
  ]);
  return ask ? { ...card, fallback: [...mentions(asks), ` ${plan}`] } : card;
}

function share(of: number): string {
  return `${Math.floor(of * 100)} %`;
}

/** What a person can say here about what was found. */
export function steering(causes: number): string {
  const other = causes > 1 ? '"cause 2", ' : '';
  return `Say it here, addressed to me: "pause", "skip", ${other}"look at" and where, "escalate", "false alarm".`;
}

/** One cause with its confidence and what speaks for and against it. */
export function hypothesis(
  { says, confidence, by, for: speaking, against }: Hypothesis,
  place: number,
): Block {
  const reasons = [
    ...(by === 'model' ? ['by the model alone'] : []),
    `for: ${speaking.join(', ')}`,
    ...(against.length > 0 ? [`against: ${against.join(', ')}`] : []),
  ].join('; ');
  return {
    kind: 'text',
    text: [{ bold: `${place + 1}. ${Math.floor(confidence * 100)} % ` }, `${says} (${reasons})`],
  };
}
