import type { Block, Byline, Card } from '../chat/card.ts';
import { type Dimension, dimensions, type Figure, reaches } from './kpi.ts';
import { figureSays, kpi, valueSays } from './kpis.ts';
import { levels, type Maturity } from './maturity.ts';

export interface Scorecard {
  /** What the worker is called. */
  name: string;
  figures: Figure[];
  currency: string;
}

/** One worker's figures by the six sides, over a time named in words. Pure. */
export function scorecardCard(scorecard: Scorecard, time: string, by: Byline): Card {
  const { name, figures } = scorecard;
  const title = `${name}'s scorecard, ${time}`;
  const missed = missedOf(figures);
  const blocks = sidesOf(scorecard).map(({ side, lines }): Block => {
    return { kind: 'text', text: [{ bold: dimensions[side] }, `\n${lines.join('\n')}`] };
  });
  return {
    by,
    tone: missed > 0 ? 'warning' : 'neutral',
    title,
    blocks: [
      ...blocks,
      {
        kind: 'context',
        text: 'How each is reckoned stands in docs/formulas.md; targets are the charter’s where it names them.',
      },
    ],
    fallback: `${title}: ${missed} of its targets missed`,
  };
}

/** The level, every criterion, and what is missing. Pure. */
export function maturityCard({ level, judged }: Maturity, by: Byline): Card {
  const name = levels.find((one) => one.level === level)?.name ?? '';
  const title = `Maturity: level ${level} of ${levels.length}, ${name}`;
  const blocks = levels.map(({ level: nth, name: called, means }): Block => {
    const lines = judged
      .filter(({ criterion }) => criterion.leaves === nth)
      .map(({ met, says }) => `${met ? '✓' : '✗'} ${says}`);
    const here = nth === level ? ' (you are here)' : '';
    return {
      kind: 'text',
      text: [{ bold: `${nth} ${called}${here}` }, `: ${means}${lines.map((line) => `\n${line}`).join('')}`],
    };
  });
  return { by, tone: 'neutral', title, blocks, fallback: title };
}

function sidesOf({ figures, currency }: Scorecard): { side: Dimension; lines: string[] }[] {
  const sides = Map.groupBy(figures, (one) => kpi(one.kpi).dimension);
  return [...sides].map(([side, own]) => ({ side, lines: own.map((one) => lineOf(one, currency)) }));
}

function lineOf(figure: Figure, currency: string): string {
  const { says, better } = kpi(figure.kpi);
  const met = reaches(kpi(figure.kpi), figure);
  const bound =
    figure.target === null || !better
      ? ''
      : ` (${better === 'more' ? '≥' : '≤'} ${valueSays(kpi(figure.kpi), figure.target, currency)})`;
  return `${says}: ${figureSays(figure, currency)}${met === undefined ? '' : met ? ' ✓' : ` ✗${bound}`}`;
}

function missedOf(figures: Figure[]): number {
  return figures.filter((one) => reaches(kpi(one.kpi), one) === false).length;
}
