import { stringify } from 'yaml';
import { differences } from '../../charter/differences.ts';
import type { Block, Byline, Card, Text } from '../../chat/card.ts';
import type { Proposal } from './proposals.ts';

/** A runbook put forward: what it would do, how it differs, and who may want it. */
export function runbookCard(
  { incident, runbook, was, because, asked, settled, settledBy }: Proposal,
  by: Byline,
): Card {
  const title = `${was ? 'Changed' : 'New'} runbook ${runbook.id}@${runbook.version}: ${stateOf(settled, asked)}`;
  const changes = was ? differences(was, runbook) : [];
  const blocks: Block[] = [
    { kind: 'text', text: because },
    { kind: 'quote', text: stringify(runbook).trimEnd() },
    ...(changes.length > 0
      ? [{ kind: 'text' as const, text: [{ bold: 'What changes' }, `\n${changes.join('\n')}`] }]
      : []),
    { kind: 'context', text: nextLine({ asked, settled, settledBy }) },
  ];
  if (!settled && !asked)
    blocks.push({
      kind: 'buttons',
      buttons: [
        { label: 'Adopt', intent: { do: 'adopt-runbook', incident }, style: 'primary' },
        { label: 'Not this', intent: { do: 'decline-runbook', incident } },
      ],
    });
  const tone = settled === 'adopted' ? 'good' : settled ? 'neutral' : 'waiting';
  return { by, tone, title, blocks, fallback: `${title}. ${because}` };
}

function stateOf(settled: Proposal['settled'], asked: Proposal['asked']): string {
  return settled ?? (asked ? 'asked for' : 'proposed');
}

function nextLine({ asked, settled, settledBy }: Pick<Proposal, 'asked' | 'settled' | 'settledBy'>): Text {
  switch (settled) {
    case 'adopted':
      return 'It is in force: workers follow it from now on, each step decided and asked for as any.';
    case 'rejected':
      return 'It was rejected. The same is not proposed again.';
    case 'declined':
      return [
        ...(settledBy ? ['Declined by ', { person: settledBy }, '. '] : []),
        'The same is not proposed again.',
      ];
    case null:
      return asked
        ? 'Somebody other than who wants it must approve it: see the approvals.'
        : 'Nothing follows it until a governor adopts it and somebody else approves that.';
  }
}
