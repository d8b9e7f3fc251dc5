import type { Block, Byline, Card, Span, Tone } from '../chat/card.ts';
import type { PersonId } from '../ids.ts';
import type { Approval } from './approval.ts';

interface Around {
  by: Byline;
  /** People to mention: those who may answer. */
  asks: PersonId[];
  /** Where the same request, or its incident, is shown besides. */
  links: { url: string; text: string }[];
}

/** How an approval looks: a question with buttons while it is open, who, when and the outcome afterwards. */
export function approvalCard(approval: Approval, around: Around): Card {
  const { question } = approval;
  const { status } = approval;
  const title = `${headings[status]}: ${question.what}`;
  const blocks = [...ending(approval, around), ...body(approval), ...links(around)];
  if (status === 'open') blocks.push(buttons(approval));
  return { by: around.by, tone: tones[status], title, blocks, fallback: fallback(approval, around) };
}

const tones: Record<Approval['status'], Tone> = {
  open: 'waiting',
  approved: 'good',
  rejected: 'neutral',
  lapsed: 'neutral',
  withdrawn: 'neutral',
};
const headings = {
  open: 'Please decide',
  approved: 'Approved',
  rejected: 'Rejected',
  lapsed: 'Not answered in time',
  withdrawn: 'No longer needed',
};

function ending(approval: Approval, { asks }: Around): Block[] {
  switch (approval.status) {
    case 'open':
      return [
        {
          kind: 'text',
          text: [...mentions(asks), ' your decision, please. Lapses ', { time: approval.expiresAt }, '.'],
        },
      ];
    case 'approved':
      return [{ kind: 'text', text: [...who(approval), ` ${approval.outcome ?? 'Running…'}`] }];
    case 'rejected':
      return [
        { kind: 'text', text: [...who(approval), ' Nothing was run.'] },
        ...(approval.reason ? [{ kind: 'quote' as const, text: approval.reason }] : []),
      ];
    case 'withdrawn':
      return [{ kind: 'text', text: `Withdrawn. ${approval.outcome ?? 'Nothing was run.'}` }];
    case 'lapsed':
      return [{ kind: 'text', text: 'Nobody decided in time. Nothing was run.' }];
  }
}

function who({ answeredBy, answeredAt, status }: Approval): Span[] {
  if (!answeredBy || !answeredAt) return [];
  return [
    { bold: status === 'approved' ? 'Approved' : 'Rejected' },
    ' by ',
    { person: answeredBy },
    ', ',
    { time: answeredAt },
    '.',
  ];
}

function body({ question, digest, terms }: Approval): Block[] {
  return [
    {
      kind: 'fields',
      fields: [
        ['Target', [{ code: question.target }]],
        ['Risk', question.risk],
        ['Confidence', `${Math.floor(question.confidence * 100)} %`],
        ['May decide', terms.roles.join(' or ')],
      ],
    },
    { kind: 'text', text: [{ bold: 'Why: ' }, question.why] },
    { kind: 'text', text: [{ bold: 'Evidence:' }, question.evidence.map((one) => `\n• ${one}`).join('')] },
    { kind: 'text', text: [{ bold: 'Expected: ' }, question.expected] },
    { kind: 'text', text: [{ bold: 'Rollback: ' }, question.rollback] },
    {
      kind: 'context',
      text: [`Asked because: ${question.because.join(' ')} Digest `, { code: digest.slice(0, 12) }],
    },
  ];
}

function links({ links: urls }: Around): Block[] {
  if (urls.length === 0) return [];
  const spans = urls.flatMap(({ url, text }, place): Span[] => [
    ...(place > 0 ? [' · '] : []),
    { link: url, text },
  ]);
  return [{ kind: 'context', text: spans }];
}

function buttons({ id }: Approval): Block {
  return {
    kind: 'buttons',
    buttons: [
      { label: 'Approve', intent: { do: 'approve', approval: id }, style: 'primary' },
      { label: 'Reject', intent: { do: 'reject', approval: id }, style: 'danger' },
    ],
  };
}

function fallback({ question, status }: Approval, { asks }: Around): Span[] {
  if (status !== 'open') return [`${headings[status]}: ${question.what}`];
  return [...mentions(asks), ` approve or reject: ${question.what} (${question.risk} risk). ${question.why}`];
}

function mentions(people: PersonId[]): Span[] {
  return people.flatMap((person, place): Span[] => [...(place > 0 ? [' '] : []), { person }]);
}
