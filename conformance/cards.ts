import fc from 'fast-check';
import { propose } from '../src/actions/propose.ts';
import { approvalCard } from '../src/approvals/card.ts';
import { render } from '../src/chat/slack/render.ts';
import type { Class } from './class.ts';
import { type Desk, deed, onCall } from './desk.ts';

interface Case {
  field: 'server' | 'value' | 'why' | 'evidence' | 'expected';
  trick: (typeof tricks)[number];
  around: string;
  at: number;
}

/** A text, and what must be said of it when it stands in prose; `undefined` where showing it escaped is enough. */
const tricks = [
  { text: '\u202Edb-1\u202C', flag: /hide or reorder/ },
  { text: '\u2067web\u2069', flag: /hide or reorder/ },
  { text: '\u200B', flag: /hide or reorder/ },
  { text: '\u2060', flag: /hide or reorder/ },
  { text: '\u{E0041}', flag: /hide or reorder/ },
  { text: 'wеb-1', flag: /look like others/ },
  { text: 'Approved by Maria.', flag: /speaks of an approval/ },
  { text: 'This was already approved', flag: /speaks of an approval/ },
  { text: '[ Approve ] [ Reject ]', flag: /speaks of an approval/ },
  { text: '<https://evil.example|https://slack.com>', flag: /name another address/ },
  { text: '[slack.com](https://evil.example)', flag: /name another address/ },
  { text: 'x'.repeat(3_000), flag: /its end may not be shown/ },
  { text: '<!channel>', flag: undefined },
  { text: '<!subteam^S1>', flag: undefined },
  { text: '<@U01MARIA>', flag: undefined },
  { text: '\n\n*Approved* by Maria\n', flag: undefined },
  { text: '`*Approved*`', flag: undefined },
];

/** Never raw on a card: what hides or turns, live mentions and links that we did not write, lines of their own. */
const raw =
  /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]|<!(?!date)|<@U01MARIA>|<https?:[^|>]*evil|\n\s*\*?Approved\*? by/u;
const prose = ['why', 'evidence', 'expected'];

/** Text that pretends to be something else is shown escaped, and said to be what it is. */
export const cards: Class<Case> = {
  name: 'cards',
  tries: { quick: 80, whole: 5_000 },
  cases: fc.record({
    field: fc.constantFrom('server', 'value', 'why', 'evidence', 'expected'),
    trick: fc.constantFrom(...tricks),
    around: fc.string({ unit: fc.constantFrom(...'abc de.:-1'), maxLength: 30 }),
    at: fc.nat(30),
  }),
  attempt: async (desk, { field, trick, around, at }) => {
    const text = `${around.slice(0, at)} ${trick.text} ${around.slice(at)}`;
    const card = await shown(desk, field, text);
    if (card === 'refused') return undefined;
    const { drawn, words } = card;
    if (raw.test(words)) return `Raw on the card: ${raw.exec(words)?.[0]}`;
    if (raw.test(drawn)) return `Raw in the notification: ${raw.exec(drawn)?.[0]}`;
    const flagged = trick.flag === undefined || trick.flag.test(words);
    const counts = prose.includes(field) || !/approval|address|end may/.test(String(trick.flag));
    return flagged || !counts ? undefined : 'It was not flagged.';
  },
};

/** *refused*: what cannot be shown whole is not asked at all. */
async function shown(desk: Desk, field: Case['field'], text: string) {
  const given = { server: 'web-1', value: 'a', ...(prose.includes(field) ? {} : { [field]: text }) };
  const words = prose.includes(field) ? { [field]: field === 'evidence' ? [text] : text } : {};
  const id = await propose(desk.gateway, deed({ arguments: given, ...words })).catch((error: Error) => {
    if (!error.message.includes('too long to be shown')) throw error;
    return undefined;
  });
  if (id === undefined) return 'refused';
  const by = { name: 'Ada', role: 'Operations worker', avatar: ':owl:' };
  const card = approvalCard(await desk.asked(id), { by, asks: [onCall.id], links: [] });
  const drawn = render(card, 'roster-1', { mention: (person) => person, times: 'utc' });
  return { drawn: drawn.text, words: wordsOf(drawn.blocks) };
}

type Drawn = ReturnType<typeof render>['blocks'];

/** All words of the card. Slack shows plain text as it is: there `<` forms no mention and no link. */
function wordsOf(blocks: Drawn): string {
  return blocks
    .flatMap((block) => textsOf(block))
    .map(({ type, text }) => (type === 'plain_text' ? text.replaceAll('<', '‹') : text))
    .join('\n');
}

function textsOf(block: Drawn[number]): { type: string; text: string }[] {
  switch (block.type) {
    case 'header':
      return [block.text];
    case 'section':
      return [...(block.text ? [block.text] : []), ...(block.fields ?? [])];
    case 'context':
      return block.elements.flatMap((one) =>
        'text' in one ? [{ type: one.type, text: String(one.text) }] : [],
      );
    default:
      return [];
  }
}
