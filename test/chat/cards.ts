import type { Byline, Card } from '../../src/chat/card.ts';
import type { Speech } from '../../src/chat/slack/text.ts';
import type { Speech as TeamsSpeech } from '../../src/chat/teams/text.ts';
import type { ApprovalId, IncidentId, PersonId, PictureId } from '../../src/ids.ts';

export const ada: Byline = { name: 'Ada', role: 'on-call engineer', avatar: ':owl:' };
export const maria = 'maria' as PersonId;
export const picture = 'c0ffee'.repeat(7).slice(0, 40) as PictureId;
const pictureAt = (id: PictureId) => `https://roster.example.com/pictures/${id}.png`;
export const approval = 'a-1' as ApprovalId;
export const incident = 'i-1' as IncidentId;

/** `<@U01MARIA>` for Maria, a plain word for everybody else. */
export const speech: Speech = {
  mention: (person) => (person === maria ? '<@U01MARIA>' : person),
  times: 'utc',
  picture: pictureAt,
};

/** A Teams account for Maria, a plain word for everybody else. */
export const teamsSpeech: TeamsSpeech = {
  mention: (person) => (person === maria ? { id: '29:1maria', name: 'Maria' } : person),
  picture: pictureAt,
};

export function cardWith(card: Partial<Card>): Card {
  return { by: ada, tone: 'neutral', title: 'Title', blocks: [], fallback: 'Title', ...card };
}

/** A card with every kind of block, as an approval is. */
export const question: Card = {
  by: ada,
  tone: 'waiting',
  title: 'May I? Roll back checkout to 4.2.0',
  fallback: [{ person: maria }, ' approve or reject: roll back checkout to 4.2.0 (medium risk).'],
  blocks: [
    {
      kind: 'text',
      text: [
        { person: maria },
        ' your decision, please. Lapses ',
        { time: new Date('2026-03-01T09:30:00Z') },
        '.',
      ],
    },
    {
      kind: 'fields',
      fields: [
        ['Target', [{ code: 'checkout-1' }]],
        ['Risk', 'medium'],
        ['Confidence', '91 %'],
      ],
    },
    { kind: 'text', text: [{ bold: 'Why: ' }, 'errors began 2 minutes after deployment 4.3.0'] },
    {
      kind: 'quote',
      text: '09:12:01 ERROR `pool` exhausted <anonymous> & more\n\n  at Pool.take (pool.js:12)',
    },
    { kind: 'divider' },
    {
      kind: 'context',
      text: [
        { link: 'https://ops.slack.com/archives/C01OPS/p1?thread_ts=1.2&cid=C01OPS', text: 'the incident' },
      ],
    },
    {
      kind: 'buttons',
      buttons: [
        { label: 'Approve', intent: { do: 'approve', approval }, style: 'primary' },
        { label: 'Reject', intent: { do: 'reject', approval }, style: 'danger' },
      ],
    },
  ],
};
