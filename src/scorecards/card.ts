import type { Block, Button, Byline, Card } from '../chat/card.ts';
import type { PictureId, WorkerId } from '../ids.ts';
import { type Dimension, dimensions, type Figure, reaches } from './kpi.ts';
import { figureSays, kpi, valueSays } from './kpis.ts';
import { levels, type Maturity } from './maturity.ts';
import type { Reliability, Unearned } from './reliability.ts';

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

interface Calibrated {
  told: Reliability[];
  /** Classes with too few outcomes to say anything. */
  few: number;
  least: number;
  unearned: Unearned[];
  picture: { id: PictureId; alt: string } | null;
  /** What a worker is called. */
  nameOf(worker: WorkerId): string;
}

/** How sure workers said they were beside how often they were right, class by class. Pure. */
export function calibrationCard(
  { told, few, least, picture, nameOf, ...rest }: Calibrated,
  by: Byline,
): Card {
  const title =
    told.length > 0
      ? 'How sure, and how often right'
      : `Calibration: not enough data, wanted ${least} outcomes of a class`;
  const lines = told.map(({ class: name, of, ece, brier, bins }) => {
    const top = bins.at(-1);
    const high = top ? `; said ${percent(top.said)}, right ${percent(top.right)} of ${top.of}` : '';
    return `• ${name}: expected calibration error ${ece.toFixed(2)}, Brier ${brier.toFixed(2)}, ${of} outcomes${high}`;
  });
  const lost = rest.unearned.map(
    ({ worker, tool, of, right, bar }) =>
      `• ${nameOf(worker)} runs ${tool} alone and was right ${percent(right)} of ${of} times, below the ${percent(bar)} its band stands for: it should ask.`,
  );
  const lacking =
    few > 0 && told.length > 0 ? [`${few} more classes have fewer than ${least} outcomes.`] : [];
  return {
    by,
    tone: lost.length > 0 ? 'warning' : 'neutral',
    title,
    blocks: [
      ...(picture ? [{ kind: 'picture' as const, picture: picture.id, alt: picture.alt }] : []),
      ...(lines.length > 0 ? [{ kind: 'text' as const, text: lines.slice(0, 15).join('\n') }] : []),
      ...(lost.length > 0
        ? [{ kind: 'text' as const, text: [{ bold: 'A band that is not earned\n' }, lost.join('\n')] }]
        : []),
      ...(lost.length > 0
        ? [
            {
              kind: 'buttons' as const,
              buttons: rest.unearned.slice(0, 5).map((one) => letItAsk(one, nameOf(one.worker))),
            },
          ]
        : []),
      { kind: 'context', text: [...lacking, 'How both are reckoned stands in docs/formulas.md.'].join(' ') },
    ],
    fallback: lost.length > 0 ? `${title}. ${lost.length} bands are not earned.` : title,
  };
}

/** Puts it forward that a worker asks for a tool from then on. */
export function letItAsk({ worker, tool }: Pick<Unearned, 'worker' | 'tool'>, name: string): Button {
  return { label: `Let ${name} ask for ${tool}`, intent: { do: 'let-it-ask', worker, tool } };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
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
