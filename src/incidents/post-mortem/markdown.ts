import type { PersonId } from '../../ids.ts';
import { figureSays, lastedSays } from './impact.ts';
import type { Figure, Happened, Piece, PostMortem, Task } from './post-mortem.ts';

export interface Around {
  nameOf(person: PersonId): string;
  /** The file beside it that shows the chart. */
  picture?: string;
  /** What it shows, as Markdown, where there is no such file. */
  chart?: string;
}

/** A post-mortem as Markdown, whole; times are UTC. Words of people and systems stay words: nothing in them is markup. Pure. */
export function markdownOf(post: PostMortem, { nameOf, picture, chart }: Around): string {
  const { written, summary, change, tasks, corrections } = post;
  const { title, severity, service, incident } = written;
  return [
    `# Post-mortem of ${incident}: ${inert(title)}`,
    `SEV${severity} · ${inert(service.name)} (${inert(service.id)}) · ${stateOf(post, nameOf)}`,
    inert(summary),
    heading('Times', table(['what', 'when'], timesOf(post))),
    heading('Impact', table(['what', 'how much', 'how it is told'], impactOf(post))),
    heading('Chart', chartOf(post, picture, chart)),
    heading('Root cause', causeOf(post)),
    heading('Not checked', list(written.notChecked)),
    heading(
      'Timeline',
      table(
        ['when', 'who', 'what'],
        written.timeline.map((one) => happened(one, nameOf)),
      ),
    ),
    heading('What worked', list(written.worked)),
    heading('What did not', list(written.failed)),
    heading('What to change', list(change.split('\n').filter(Boolean))),
    heading(
      'Actions',
      tasks.length > 0
        ? table(
            ['', 'what', 'who', 'by', 'done'],
            tasks.map((one) => task(one, nameOf)),
          )
        : '',
    ),
    heading(
      'Corrections',
      list(
        corrections.map(({ words, person, at }) => `${utc(at.toISOString())}, ${nameOf(person)}: ${words}`),
      ),
    ),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

function stateOf({ filedAt, filedBy, draftedAt, filesAt }: PostMortem, nameOf: Around['nameOf']): string {
  if (!filedAt) return `draft of ${utc(draftedAt.toISOString())}, files itself ${utc(filesAt.toISOString())}`;
  return `filed ${utc(filedAt.toISOString())}${filedBy ? ` by ${inert(nameOf(filedBy))}` : ' by itself'}`;
}

function timesOf({ written: { times } }: PostMortem): string[][] {
  const rows: [string, string | null][] = [
    ['First signal', times.signal],
    ['Detected: the incident was opened', times.detected],
    ['Cause named', times.causeNamed],
    ['First change', times.firstChange],
    ['Mitigated', times.mitigated],
    ['Verified', times.verified],
  ];
  return rows.map(([what, at]) => [what, at ? utc(at) : 'never, or not known']);
}

function impactOf({ written: { impact } }: PostMortem): string[][] {
  const row = (what: string, figure: Figure, said: string) => [
    what,
    said,
    figure.kind === 'told' ? figure.formula : '',
  ];
  const { minutes, userMinutes, revenue, agreed } = impact;
  return [
    row('Lasted', minutes, lastedSays(minutes)),
    row(
      'User minutes',
      userMinutes,
      figureSays(userMinutes, (value) => value),
    ),
    row(
      'Revenue at risk',
      revenue,
      figureSays(revenue, (value) => `EUR ${value}`),
    ),
    ...(agreed ? [['Agreed time', agreed, '']] : []),
  ];
}

function chartOf({ picture: drawn, noChart }: PostMortem, file?: string, data?: string): string {
  if (!drawn) return `None: ${inert(noChart ?? 'none was drawn.')}`;
  return file ? `![${inert(drawn.alt)}](${file})` : (data ?? inert(drawn.alt));
}

function causeOf({ written: { cause } }: PostMortem): string {
  if (!cause) return 'Not found by the workers.';
  const said = [
    `**${inert(cause.says)}** (${inert(cause.kind)}), ${Math.floor(cause.confidence * 100)} % sure.`,
  ];
  return [
    ...said,
    evidence('For it', cause.for),
    evidence('Against it', cause.against),
    cause.others.length > 0
      ? `Also thought of:\n\n${list(cause.others.map(({ says, confidence }) => `${says} (${Math.floor(confidence * 100)} %)`))}`
      : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

function evidence(name: string, pieces: Piece[]): string {
  if (pieces.length === 0) return `${name}: nothing.`;
  return `${name}:\n\n${list(pieces.map(({ id, source, found }) => `${id}, ${source}: ${found}`))}`;
}

function happened({ at, who, what }: Happened, nameOf: Around['nameOf']): string[] {
  const name = 'person' in who ? nameOf(who.person) : 'worker' in who ? who.worker : who.roster;
  return [utc(at), name, what];
}

function task({ nth, what, owner, due, doneAt }: Task, nameOf: Around['nameOf']): string[] {
  return [String(nth), what, nameOf(owner), due, doneAt ? utc(doneAt.toISOString()) : 'no'];
}

function heading(name: string, body: string): string {
  return body ? `## ${name}\n\n${body}` : '';
}

function list(lines: string[]): string {
  return lines.map((line) => `- ${inert(line)}`).join('\n');
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(inert)))].join('\n');
}

/** Text in which nothing is Markdown or HTML, nor becomes a link or a list by itself; on one line. */
function inert(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line
    .replace(/[\\`*_[\]<>|#~]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/(?<=\bwww)\./gi, '\\.')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^[-+=]/, '\\$&');
}

function utc(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`;
}
