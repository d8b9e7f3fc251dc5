import type { Block } from '../../chat/card.ts';
import type { Evidence } from '../incident.ts';

/** What was found first; then, small, where there was nothing to find; what was not checked stands in full. */
export function evidenceBlocks(evidence: Evidence[]): Block[] {
  const told = evidence.filter(({ nothing }) => !nothing);
  const nothing = evidence
    .filter((one) => one.nothing)
    .map(({ id, source, found }) => `${id} ${source}: ${found}`);
  return [
    ...told.map(({ id, source, found }): Block => {
      return { kind: 'text', text: [{ bold: `${id} ${source}: ` }, found] };
    }),
    ...(nothing.length > 0
      ? [{ kind: 'context' as const, text: `Looked at as well. ${nothing.join('. ')}.` }]
      : []),
  ];
}
