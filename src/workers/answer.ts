import type { Block, Byline, Card, Text, Tone } from '../chat/card.ts';
import type { Incident } from '../incidents/incident.ts';

/** An answer from the record: a title, and a line each. */
export function card({ by }: { by: Byline }, title: string, lines: Text[], tone: Tone = 'neutral'): Card {
  const blocks: Block[] = lines.map((text) => ({ kind: 'text', text }));
  const source: Block = { kind: 'context', text: 'Answered from the record, without a language model.' };
  return { by, tone, title, blocks: [...blocks, source], fallback: title };
}

/** An incident in one line. */
export function line({ id, service, status, cause }: Incident): Text {
  return [
    { bold: id },
    ` on ${service}: ${status.replace('-', ' ')}${cause ? `. ${cause.says} (${Math.floor(cause.confidence * 100)} %)` : ''}`,
  ];
}
