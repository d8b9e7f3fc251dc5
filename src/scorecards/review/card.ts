import type { Block, Button, Byline, Card, Span, Text, Tone } from '../../chat/card.ts';
import { type Dimension, dimensions, type Figure, reaches } from '../kpi.ts';
import { figureSays, kpi, valueSays } from '../kpis.ts';
import { changeLines } from './change.ts';
import type { Proposal } from './propose.ts';
import type { Words, Written } from './review.ts';

const mostLines = 3;

export interface Shown {
  written: Written;
  words: Words;
  by: Byline;
  /** The quarter is not over. */
  soFar?: boolean;
}

/** A worker's quarter on one card, the proposal first. Pure. */
export function reviewCard({ written, words, by, soFar = false }: Shown): Card {
  const { worker, version, proposal, quarter } = written;
  const title = `${written.name}, ${quarterSays(written)}${soFar ? ' so far' : ''}: ${proposals[proposal.kind]}`;
  const change = changeLines(worker, version, proposal.moves);
  const put: Button = {
    ...{ label: 'Put forward', style: 'primary' },
    intent: { do: 'put-forward', worker, quarter },
  };
  const rate: Button = { label: 'Rate', intent: { do: 'rate', worker } };
  return {
    by,
    tone: tones[proposal.kind],
    title,
    blocks: [
      line('Proposal', [`${proposals[proposal.kind]}. ${proposal.because.join(' ')}`]),
      line('For', [written.objective]),
      ...(Object.keys(dimensions) as Dimension[]).flatMap((one) => dimensionBlock(written, one)),
      ...silentBlock(written),
      ...ratedBlock(words),
      ...listed(
        'Escalated',
        written.escalated.map(({ incident, because }) => `${incident}: ${because}`),
      ),
      ...listed(
        'Went badly',
        written.badly.map(({ id, says }) => `${id}: ${says}`),
      ),
      ...(change.length > 0 ? [{ kind: 'quote' as const, text: change.join('\n') }] : []),
      { kind: 'context', text: endSays(proposal) },
      { kind: 'buttons', buttons: change.length > 0 ? [put, rate] : [rate] },
    ],
    fallback: title,
  };
}

/** What each proposal is called. */
export const proposals: Record<Proposal['kind'], string> = {
  expand: 'expand its role',
  keep: 'keep its role',
  narrow: 'narrow its role',
  retire: 'retire it',
};

const tones: Record<Proposal['kind'], Tone> = {
  expand: 'good',
  keep: 'neutral',
  narrow: 'warning',
  retire: 'warning',
};

/** Such as "July–September 2026". Pure. */
export function quarterSays({ from, to, timezone }: Pick<Written, 'from' | 'to' | 'timezone'>): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, month: 'long', year: 'numeric' });
  return format.formatRange(new Date(from), new Date(Date.parse(to) - 1)).replace(/\s–\s/g, '–');
}

/** A figure beside the quarter before, and whether its target is met. */
function compared(written: Written, figure: Figure): string {
  const { currency, before } = written;
  const { says, better } = kpi(figure.kpi);
  const was = before.find((one) => one.kpi === figure.kpi)?.value ?? null;
  const met = reaches(kpi(figure.kpi), figure);
  const bound = `${better === 'more' ? '≥' : '≤'} ${valueSays(kpi(figure.kpi), figure.target ?? 0, currency)}`;
  const trend = was === null ? '' : `, was ${valueSays(kpi(figure.kpi), was, currency)}`;
  return `${says} ${figureSays(figure, currency)}${trend}${met === undefined ? '' : met ? ' ✓' : ` ✗ wanted ${bound}`}`;
}

function dimensionBlock(written: Written, dimension: Dimension): Block[] {
  const told = written.figures.filter((one) => kpi(one.kpi).dimension === dimension && says(written, one));
  if (told.length === 0) return [];
  return [line(dimensions[dimension], [`${told.map((one) => compared(written, one)).join(' · ')}.`])];
}

function silentBlock({ figures }: Written): Block[] {
  const silent = figures.filter(({ value, target }) => value === null && target !== null);
  if (silent.length === 0) return [];
  const shown = silent.slice(0, mostLines).map((one) => kpi(one.kpi).says.toLowerCase());
  const more = silent.length - shown.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  return [{ kind: 'context', text: `Not enough data for ${shown.join(', ')}${rest}.` }];
}

/** What is nothing, and was nothing, is left to the whole document. */
function says({ before }: Written, { kpi: id, value, target }: Figure): boolean {
  const was = before.find((one) => one.kpi === id)?.value ?? null;
  return value !== null && (target !== null || value !== 0 || (was !== null && was !== 0));
}

function ratedBlock({ ratings, wrong }: Words): Block[] {
  const said = ratings
    .filter(({ line: words }) => words !== null)
    .toReversed()
    .slice(0, mostLines);
  const given = said.flatMap((one): Span[] => [
    '\n• ',
    { person: one.person },
    ` (${one.stars}): “${one.line}”`,
  ]);
  const found = wrong.toReversed().slice(0, mostLines);
  const lines = found.map(({ incident, line: words }) => `\n• ${incident ?? 'an answer'}: “${words}”`);
  return [
    ...(given.length > 0 ? [line('Said by governors', given)] : []),
    ...(lines.length > 0 ? [line('Found wrong', lines)] : []),
  ];
}

function listed(heading: string, lines: string[]): Block[] {
  if (lines.length === 0) return [];
  const more = lines.length - mostLines;
  const shown = lines.slice(0, mostLines).map((one) => `\n• ${one}`);
  return [line(`${heading} (${lines.length})`, [...shown, ...(more > 0 ? [`\n• and ${more} more`] : [])])];
}

function line(heading: string, said: Span[]): Block {
  const text: Text = [{ bold: `${heading}: ` }, ...said];
  return { kind: 'text', text };
}

function endSays({ kind, moves }: Proposal): string {
  const rules = 'docs/role-review.md has the rules; "npm run roster -- review" writes all of it.';
  if (moves.length > 0)
    return `Nothing changes by this: a governor may put it forward, and somebody else approves it. Write it into the file too. ${rules}`;
  if (kind === 'retire')
    return `Nothing changes by this. To retire it give its duties to another charter, adopt that, and throw its kill switch. ${rules}`;
  return `Nothing changes by this. ${rules}`;
}
