import type { Block, Byline, Card, Span } from '../chat/card.ts';
import type { ApprovalId, IncidentId, PersonId } from '../ids.ts';
import { isQuiet, type Line, type News, type Part, type Told } from './told.ts';

/** What people add to a stand-up. */
export interface OfPeople {
  said: { person: PersonId; words: string }[];
  /** Who wants to be asked for theirs, and has not told it yet. */
  asked: PersonId[];
}

/** Where what is named can be read in the place where the card stands. */
export interface Links {
  incident(id: IncidentId): string | undefined;
  question(id: ApprovalId): string | undefined;
}

/** How a stand-up looks: what needs people first; without news one line for all. */
export function standupCard(told: Told, { said, asked }: OfPeople, by: Byline, links: Links): Card {
  const quiet = 'Nothing happened since the last one and nothing is waiting.';
  const { title, needs, workers, besides } = told;
  const blocks: Block[] = isQuiet(told) ? [{ kind: 'text', text: quiet }] : [];
  if (needs.lines.length > 0)
    blocks.push(
      block(
        'Needs you',
        needs.lines.map((line) => spans(line, links)),
        needs.more,
      ),
    );
  for (const { name, lines, more } of workers) blocks.push(block(name, labelled(lines, links), more));
  if (besides.workers > 0) blocks.push({ kind: 'text', text: besidesLine(besides) });
  if (said.length + asked.length > 0) blocks.push(block('People', peopleLines({ said, asked })));
  blocks.push({ kind: 'context', text: ['What was recorded since ', { time: told.since }, '.'] });
  const tone = needs.lines.length > 0 ? 'waiting' : isQuiet(told) ? 'good' : 'neutral';
  return { by, tone, title, blocks, fallback: `${title}: ${isQuiet(told) ? quiet : summary(told)}` };
}

function summary({ needs, workers, besides }: Told): string {
  const count = needs.lines.length + needs.more;
  const all = workers.length + besides.workers;
  const need = count === 0 ? 'nothing needs you' : count === 1 ? '1 needs you' : `${count} need you`;
  return `${need}, news of ${all} worker${all === 1 ? '' : 's'}`;
}

const labels: Record<Part, string> = { done: 'Done:', next: 'Next:', blocked: 'Blocked:' };

/** The first of each part says which it is. */
function labelled(lines: News['lines'], links: Links): Span[][] {
  return lines.map(({ part, says }, nth) => {
    const label: Span[] = lines[nth - 1]?.part === part ? [] : [{ bold: labels[part] }, ' '];
    return [...label, ...spans(says, links)];
  });
}

function besidesLine({ workers, lines }: Told['besides']): string {
  return `and ${workers} more worker${workers === 1 ? '' : 's'} with ${lines} line${lines === 1 ? '' : 's'} of news: ask @Roster for one of them`;
}

function peopleLines({ said, asked }: OfPeople): Span[][] {
  return [
    ...said.map(({ person, words }): Span[] => [{ person }, `: ${words}`]),
    ...asked.map((person): Span[] => [{ person }, ', yours? Reply "mine: …"; "standup leave" ends this.']),
  ];
}

function block(heading: string, lines: Span[][], more = 0): Block {
  const all = lines.flatMap((line): Span[] => ['\n• ', ...line]);
  const rest = more > 0 ? [`\nand ${more} more`] : [];
  return { kind: 'text', text: joined([{ bold: heading }, ...all, ...rest]) };
}

/** What is named as a link where there is one. */
function spans(line: Line, links: Links): Span[] {
  return line.map((said): Span => {
    if (typeof said === 'string') return said;
    if ('incident' in said) return linked(links.incident(said.incident), said.incident);
    if ('question' in said) return linked(links.question(said.question), said.text);
    return said;
  });
}

function linked(link: string | undefined, text: string): Span {
  return link === undefined ? text : { link, text };
}

/** With words next to words as one span. */
function joined(spans: Span[]): Span[] {
  const all: Span[] = [];
  for (const one of spans) {
    const last = all.at(-1);
    if (one === '') continue;
    if (typeof last === 'string' && typeof one === 'string') all[all.length - 1] = last + one;
    else all.push(one);
  }
  return all;
}
