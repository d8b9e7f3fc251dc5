import type { Block, Button, Byline, Card, Span, Tone } from '../chat/card.ts';
import { folded, suspicions } from '../chat/suspicious.ts';
import { type Thumbs, thumbsOn } from '../chat/thumbs.ts';
import type { IncidentId, PersonId } from '../ids.ts';
import type { Approval, Ended, Given } from './approval.ts';
import type { Enquiry } from './enquiry.ts';

interface Around {
  by: Byline;
  /** People to mention: those who may still answer. */
  asks: PersonId[];
  /** Where the same request, or its incident, is shown besides. */
  links: { url: string; text: string }[];
  /** Its incident is paused: what is approved waits. */
  paused?: boolean;
  /** It is the next step of this incident's runbook, which a person may do by hand instead. */
  byHand?: IncidentId | undefined;
}

/** How an approval looks: a question with buttons while it is open, who, when and the outcome afterwards. */
export function approvalCard(approval: Approval, around: Around): Card {
  const { question, status } = approval;
  const { tone, heading } = looks(approval);
  const title = `${heading}: ${question.what}`;
  const blocks = [...ending(approval, around), ...warnings(approval), ...body(approval), ...links(around)];
  if (status === 'open') blocks.push({ kind: 'buttons', buttons: buttons(approval, around) });
  return { by: around.by, tone, title, blocks, fallback: fallback(approval, around) };
}

/** A reminder under the card, because an edit notifies nobody. */
export function reminderCard(approval: Approval, { by, asks }: Around): Card {
  const text: Span[] = [
    ...mentions(asks),
    ` still to be decided: ${approval.question.what}. Lapses `,
    { time: approval.expiresAt },
    '.',
  ];
  return { by, tone: 'waiting', title: 'A reminder', blocks: [{ kind: 'text', text }], fallback: text };
}

/** A question somebody put before deciding, and its answer with what people think of that. */
export function enquiryCard({ id, person, question, answer }: Enquiry, by: Byline, thumbs: Thumbs): Card {
  const blocks: Block[] = [
    { kind: 'text', text: [{ person }, ' asks: ', question] },
    ...(answer === null
      ? [{ kind: 'text' as const, text: 'Looking it up…' }]
      : [
          { kind: 'quote' as const, text: answer },
          { kind: 'buttons' as const, buttons: thumbsOn(`enquiry:${id}`, thumbs) },
        ]),
  ];
  return {
    by,
    tone: 'neutral',
    title: 'Asked before deciding',
    blocks,
    fallback: [{ person }, ` asks: ${question}`],
  };
}

const tones: Record<Approval['status'], Tone> = {
  open: 'waiting',
  approved: 'good',
  rejected: 'neutral',
  lapsed: 'neutral',
  withdrawn: 'neutral',
  superseded: 'neutral',
};
const headings: Record<Approval['status'], string> = {
  open: 'Please decide',
  approved: 'Approved',
  rejected: 'Rejected',
  lapsed: 'Not answered in time',
  withdrawn: 'No longer needed',
  superseded: 'Asked anew',
};

/** An approved card follows what became of the deed: a yes that led to nothing is no success. */
function looks({ status, ended }: Pick<Approval, 'status' | 'ended'>): { tone: Tone; heading: string } {
  if (status === 'approved' && ended !== null) return outcomes[ended];
  return { tone: tones[status], heading: headings[status] };
}

const notRun = { tone: 'neutral' as const, heading: 'Approved, but not run' };
const outcomes: Record<Ended, { tone: Tone; heading: string }> = {
  done: { tone: 'good', heading: 'Approved' },
  refused: notRun,
  rejected: notRun,
  lapsed: notRun,
  failed: { tone: 'warning', heading: 'Approved, but it failed' },
  cancelled: { tone: 'warning', heading: 'Approved, then stopped' },
  indeterminate: { tone: 'critical', heading: 'Approved, and nobody knows whether it ran' },
};

function ending(approval: Approval, { asks, paused }: Around): Block[] {
  const given = approval.answers.map((one) => ({ kind: 'text' as const, text: who(one) }));
  const reasons = approval.answers.flatMap(({ reason }) =>
    reason ? [{ kind: 'quote' as const, text: reason }] : [],
  );
  const say = (...text: Span[]): Block => ({ kind: 'text', text });
  switch (approval.status) {
    case 'open':
      return [
        say(...mentions(asks), ` ${needed(approval)} Lapses `, { time: approval.expiresAt }, '.'),
        ...(paused ? [say(onPause)] : []),
        ...given,
      ];
    case 'approved':
      return [...given, say(approval.outcome ?? (paused ? onPause : 'Running…'))];
    case 'rejected':
      return [...given, ...reasons, say('Nothing was run.')];
    case 'withdrawn':
      return [say(`Withdrawn. ${approval.outcome ?? 'Nothing was run.'}`)];
    case 'superseded':
      return [
        say(
          `${approval.outcome ?? 'The rules or the facts changed.'} It is asked anew; nothing was run on this one.`,
        ),
      ];
    case 'lapsed':
      return [say('Nobody decided in time. Nothing was run.')];
  }
}

const onPause = 'This incident is paused: what is approved runs only after it is resumed.';

function needed({ terms, answers, round }: Approval): string {
  const left = terms.seats.length - answers.length;
  const people =
    terms.seats.length === 1
      ? 'your decision, please.'
      : `${left} of ${terms.seats.length} people still needed, each a different one.`;
  return round === 2 ? `nobody decided in time, so you are asked too: ${people}` : people;
}

function who({ person, at, answer }: Given): Span[] {
  return [
    { bold: answer === 'approve' ? 'Approved' : 'Rejected' },
    ' by ',
    { person },
    ', ',
    { time: at },
    '.',
  ];
}

/** What in the question could be read as something it is not: said before the question itself. */
function warnings({ question }: Approval): Block[] {
  const { what, target, why, evidence, expected, rollback } = question;
  const lines = suspicions([
    { name: 'target', text: target, exact: true },
    { name: 'arguments', text: question.arguments, exact: true },
    { name: 'title', text: what },
    { name: 'why', text: why },
    { name: 'evidence', text: evidence.map(folded).join('\n') },
    { name: 'expected', text: expected },
    { name: 'rollback', text: rollback },
  ]);
  return lines.length > 0 ? [{ kind: 'text', text: lines.join('\n') }] : [];
}

function body({ question, digest, terms, policy, charter }: Approval): Block[] {
  const roles = terms.seats.map((seat) => seat.join(' or ')).join(', and ');
  return [
    // Before all that may be long, so that nothing can push it off the card.
    { kind: 'text', text: [{ bold: 'Arguments: ' }, { code: question.arguments }] },
    {
      kind: 'fields',
      fields: [
        ['Target', [{ code: question.target }]],
        ['Risk', question.risk],
        ['Confidence', `${Math.floor(question.confidence * 100)} %`],
        ['May decide', roles],
      ],
    },
    { kind: 'text', text: [{ bold: 'Why: ' }, folded(question.why)] },
    {
      kind: 'text',
      text: [{ bold: 'Evidence:' }, question.evidence.map((one) => `\n• ${folded(one)}`).join('')],
    },
    { kind: 'text', text: [{ bold: 'Expected: ' }, folded(question.expected)] },
    { kind: 'text', text: [{ bold: 'Rollback: ' }, folded(question.rollback)] },
    { kind: 'context', text: `Asked because: ${question.because.join(' ')}` },
    { kind: 'context', text: ['Digest ', { code: grouped(digest) }, ` under ${charter}, policy ${policy}`] },
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

function buttons({ id }: Approval, { byHand }: Around): Button[] {
  return [
    { label: 'Approve', intent: { do: 'approve', approval: id }, style: 'primary' },
    { label: 'Reject', intent: { do: 'reject', approval: id }, style: 'danger' },
    { label: 'Ask for more', intent: { do: 'enquire', approval: id } },
    ...(byHand ? [{ label: 'By hand', intent: { do: 'by-hand' as const, incident: byHand } }] : []),
  ];
}

function fallback(approval: Approval, { asks }: Around): Span[] {
  const { question, status } = approval;
  if (status !== 'open') return [`${looks(approval).heading}: ${question.what}`];
  return [
    ...mentions(asks),
    ` approve or reject: ${question.what} (${question.risk} risk). ${folded(question.why)}`,
  ];
}

function mentions(people: PersonId[]): Span[] {
  return people.flatMap((person, place): Span[] => [...(place > 0 ? [', '] : []), { person }]);
}

/** In groups that can be compared by eye, and that a narrow screen can break. */
function grouped(digest: string): string {
  return digest.match(/.{1,16}/g)?.join(' ') ?? digest;
}
