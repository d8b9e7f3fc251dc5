import type { Byline, Card } from '../../chat/card.ts';
import type { PastProgress } from './progress.ts';

/** How it looks that the trial's past is being lived through; undefined when there is none. */
export function pastCard(past: PastProgress, by: Byline): Card | undefined {
  if (past.kind === 'none') return undefined;
  if (past.kind === 'living') {
    const title = `Living through the last three weeks: day ${past.day} of ${past.of}`;
    const text =
      'A trial has no past, so it is made up: on a clock of its own the company breaks, the workers mend and its people answer. Figures that look back have rows to read afterwards.';
    return { by, tone: 'neutral', title, blocks: [{ kind: 'text', text }], fallback: title };
  }
  const { from, to } = past;
  const title = 'The last three weeks are there';
  return {
    ...{ by, tone: 'good', title, fallback: title },
    blocks: [
      {
        kind: 'text',
        text: [
          'Lived through from ',
          { time: from },
          ' to ',
          { time: to },
          ' by the workers themselves, over a company and people that are made up. Its incidents have numbers up to 100; in the audit it is the chain ',
          { code: 'trial-past' },
          '.',
        ],
      },
    ],
  };
}
