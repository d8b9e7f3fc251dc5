import type { PersonId } from '../../ids.ts';
import { type Dimension, dimensions, reaches } from '../kpi.ts';
import { figureSays, kpi, valueSays } from '../kpis.ts';
import { proposals, quarterSays } from './card.ts';
import { changeLines } from './change.ts';
import type { Words, Written } from './review.ts';

/** A worker's quarter, whole, as Markdown; `nameOf` says what a person is called. Pure. */
export function reviewMarkdown(written: Written, words: Words, nameOf: (person: PersonId) => string): string {
  const { name, role, worker, version, proposal } = written;
  const change = changeLines(worker, version, proposal.moves);
  const parts = [
    `# ${name}, ${quarterSays(written)}`,
    `${role}, charter ${worker}@${version}, by the clocks of ${written.timezone}.`,
    `> ${plain(written.objective)}`,
    `## Proposal: ${proposals[proposal.kind]}`,
    proposal.because.map((one) => `- ${plain(one)}`).join('\n'),
    ...(change.length > 0 ? [`\`\`\`diff\n${change.join('\n')}\n\`\`\``] : []),
    'Nothing changes by this: a governor may put it forward, and somebody else approves it.',
    '## Figures',
    ...(Object.keys(dimensions) as Dimension[]).flatMap((one) => table(written, one)),
    ...section('Rated by governors', ratingsOf(words, nameOf)),
    ...section(
      'Found wrong',
      words.wrong.map(({ incident, line }) => `${incident ?? 'an answer'}: “${plain(line)}”`),
    ),
    ...section(
      'Escalated',
      written.escalated.map(({ incident, because }) => `${incident}: ${plain(because)}`),
    ),
    ...section(
      'Went badly',
      written.badly.map(({ id, says }) => `${id}: ${plain(says)}`),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function table(written: Written, dimension: Dimension): string[] {
  const rows = written.figures.filter((one) => kpi(one.kpi).dimension === dimension);
  if (rows.length === 0) return [];
  const lines = rows.map((one) => {
    const about = kpi(one.kpi);
    const was = written.before.find((then) => then.kpi === one.kpi);
    const bound = one.target === null || !about.better ? '' : valueSays(about, one.target, written.currency);
    const met = reaches(about, one);
    const wanted = `${bound && (about.better === 'more' ? '≥ ' : '≤ ')}${bound}${met === undefined ? '' : met ? ' ✓' : ' ✗'}`;
    const before = was ? figureSays(was, written.currency) : '';
    return `| ${about.says} | ${figureSays(one, written.currency)} | ${before} | ${wanted} | ${one.of} |`;
  });
  const head = '| figure | this quarter | the one before | wanted | of |\n|---|---|---|---|---|';
  return [`### ${dimensions[dimension]}`, `${head}\n${lines.join('\n')}`];
}

function ratingsOf({ ratings }: Words, nameOf: (person: PersonId) => string): string[] {
  return ratings.map(({ person, stars, line, at }) => {
    const said = line ? `: “${plain(line)}”` : '';
    return `${at.toISOString().slice(0, 10)}, ${plain(nameOf(person))}: ${stars} of 5${said}`;
  });
}

function section(heading: string, lines: string[]): string[] {
  return [`## ${heading}`, lines.length > 0 ? lines.map((one) => `- ${one}`).join('\n') : 'Nothing.'];
}

/** On one line, and no markup. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&');
}
