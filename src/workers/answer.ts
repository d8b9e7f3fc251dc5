import type { Block, Byline, Card, Text, Tone } from '../chat/card.ts';
import type { Incident } from '../incidents/incident.ts';

/** An answer from the record: a title, and a line each. */
export function card({ by }: { by: Byline }, title: string, lines: Text[], tone: Tone = 'neutral'): Card {
  const blocks: Block[] = lines.map((text) => ({ kind: 'text', text }));
  const source: Block = { kind: 'context', text: 'Answered from the record, without a language model.' };
  return { by, tone, title, blocks: [...blocks, source], fallback: title };
}

/** An incident or prediction in one line. */
export function line({ id, kind, service, status, cause }: Incident): Text {
  return [
    { bold: id },
    ` on ${service}: ${kind === 'prediction' ? 'prediction, ' : ''}${status.replace('-', ' ')}${cause ? `. ${cause.says} (${Math.floor(cause.confidence * 100)} %)` : ''}`,
  ];
}

/** How many are open: "2 open incidents", and what is not broken yet apart from them. */
export function counted(open: Pick<Incident, 'kind'>[]): string {
  const ahead = open.filter(({ kind }) => kind === 'prediction').length;
  const broken = open.length - ahead;
  const incidents = `${broken} open incident${broken === 1 ? '' : 's'}`;
  return ahead === 0 ? incidents : `${incidents}, ${ahead} prediction${ahead === 1 ? '' : 's'}`;
}
