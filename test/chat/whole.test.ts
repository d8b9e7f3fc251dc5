// Whoever approves sees every byte of what they approve: at the limits of Slack, whatever the arguments are.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Approval } from '../../src/approvals/approval.ts';
import { approvalCard } from '../../src/approvals/card.ts';
import { render } from '../../src/chat/slack/render.ts';
import { isShownWhole } from '../../src/chat/whole.ts';
import type { PersonId } from '../../src/ids.ts';
import { refusedBySlack } from '../wire/slack-limits.ts';
import { ada, approval, maria } from './cards.ts';

const seed = 20_261_124;
const texts = { mention: () => '<@U01MARIA>', times: 'slack' } as const;

/** The card with all that stands before the arguments as long as it gets. */
function drawn(given: string, people: number, long: string) {
  const asked = {
    id: approval,
    status: 'open',
    round: 2,
    terms: {
      seats: [['on-call'], ['governor'], ['manager'], ['lead'], ['owner']],
      minutes: 15,
      type_target: true,
    },
    excluded: [],
    answers: Array.from({ length: 4 }, () => ({
      person: maria,
      at: new Date(),
      answer: 'approve',
      typed: true,
    })),
    digest: 'd'.repeat(64),
    policy: '3',
    charter: 'ada@1',
    expiresAt: new Date(),
    outcome: null,
    ended: null,
    question: {
      ...{ what: long, target: long, arguments: given, why: long, evidence: [long, long], risk: 'high' },
      ...{ confidence: 0.9, expected: long, rollback: long, because: [long] },
    },
  } as unknown as Approval;
  const asks = Array.from({ length: people }, (_, nth) => `p-${nth}` as PersonId);
  const links = [{ url: `https://ops.slack.com/${'x'.repeat(300)}`, text: 'The same elsewhere' }];
  return render(approvalCard(asked, { by: ada, asks, links }), 'roster-1', texts);
}

/** The arguments as somebody reads them off the message: drawing undone, one character at a time. */
function readOff(blocks: ReturnType<typeof render>['blocks']): unknown {
  const start = '*Arguments:* `';
  const found = blocks.flatMap((block) =>
    block.type === 'section' && block.text?.text.startsWith(start) ? [block.text.text] : [],
  );
  expect(found).toHaveLength(1);
  const code = (found[0] ?? '').slice(start.length, -1);
  const json = code
    .replaceAll('ˋ', '`')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  // What hides is shown by its code, of five digits beyond the first 65,536: JSON knows four only.
  const plain = json.replace(/\\(?:u(1[0-9a-f]{4}|e0[0-9a-f]{3})|.)/g, (whole, far?: string) =>
    far && hides.test(String.fromCodePoint(Number.parseInt(far, 16)))
      ? String.fromCodePoint(Number.parseInt(far, 16))
      : whole,
  );
  return JSON.parse(plain);
}

const hides = /^[\p{Cf}\p{DI}]$/u;
const unit = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  fc.constantFrom(...'&<>`*_~"\\\n\t\u0007\u202E\u200B\u2028\u00AD'),
  fc.constantFrom('&lt;', '\\u202e', '\u{E0041}', '\u{1D173}', '<!channel>', '```', 'x'),
);
/** A backtick's look-alike would be read as one, and is flagged on the card. */
const value = fc
  .tuple(fc.string({ unit, maxLength: 20 }), fc.constantFrom(1, 1, 3, 40))
  .map(([text, times]) => text.repeat(times))
  .filter((text) => !text.includes('ˋ'));
const arguments_ = fc.dictionary(value, fc.oneof(value, fc.nat(), fc.array(value, { maxLength: 4 })), {
  maxKeys: 8,
  noNullPrototype: true,
});
const long = fc.constantFrom('', 'why', '"'.repeat(3_100), 'а\u202E\n'.repeat(1_100));

test(`every byte of the arguments is in the message, or the deed is refused before it is asked (seed ${seed})`, () => {
  const asked = { whole: 0, refused: 0 };
  fc.assert(
    fc.property(arguments_, fc.constantFrom(0, 3, 400), long, (given, people, around) => {
      const json = JSON.stringify(given);
      if (!isShownWhole(json)) {
        asked.refused += 1;
        return;
      }
      asked.whole += 1;
      const { blocks, text } = drawn(json, people, around);
      expect(refusedBySlack({ channel: 'C01OPS', text, blocks })).toEqual([]);
      expect(readOff(blocks)).toEqual(given);
    }),
    { seed, numRuns: 200 },
  );
  // Both happen, so that the test means something.
  expect(asked.whole).toBeGreaterThan(50);
  expect(asked.refused).toBeGreaterThan(20);
});

test.each([
  ['plain', 'x'],
  ['escaped to five', '&'],
  ['shown by its code', '\u202E'],
  ['shown by its code of five digits', '\u{E0041}'],
  ['doubled in JSON', '"'],
  ['a backslash', '\\'],
  ['a backtick', '`'],
])(
  'the longest arguments that are asked for, of a character that is %s, are whole, and one more is refused',
  (_, char) => {
    const of = (length: number) => ({ command: char.repeat(length) });
    const fits = (length: number) => isShownWhole(JSON.stringify(of(length)));
    let longest = 0;
    while (fits(longest + 1)) longest += 1;
    expect(longest).toBeGreaterThan(300);
    expect(fits(longest + 1)).toBe(false);
    const { blocks } = drawn(JSON.stringify(of(longest)), 400, '"'.repeat(4_000));
    expect(readOff(blocks)).toEqual(of(longest));
  },
);
