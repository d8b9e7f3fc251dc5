import { describe, expect, test } from 'vitest';
import type { Approval, Question } from '../../src/approvals/approval.ts';
import { approvalCard } from '../../src/approvals/card.ts';
import { render } from '../../src/chat/slack/render.ts';
import type { ActionId, IncidentId, WorkerId } from '../../src/ids.ts';
import { refusedBySlack } from '../wire/slack-limits.ts';
import { ada, approval, maria, speech } from './cards.ts';

const question: Question = {
  what: 'Restart checkout on app-1',
  target: 'app-1',
  arguments: '{"server":"app-1","service":"checkout"}',
  why: 'Memory has grown since 08:10.',
  evidence: ['available memory is 4 %'],
  risk: 'medium',
  confidence: 0.8,
  expected: 'memory is usual again',
  rollback: 'none: a restart has no inverse',
  because: ['The risk is medium.'],
};

/** The card as Slack gets it, and all the words on it. */
function shown(hostile: Partial<Question>) {
  const asked: Approval = {
    id: approval,
    action: 'act-1' as ActionId,
    worker: 'ada' as WorkerId,
    digest: 'd'.repeat(64),
    policy: '3',
    charter: 'ada@1',
    incident: 'inc-1' as IncidentId,
    terms: { seats: [['on-call']], minutes: 15, type_target: false },
    excluded: [],
    question: { ...question, ...hostile },
    status: 'open',
    round: 1,
    reminded: 0,
    askedAt: new Date('2026-03-01T09:00:00Z'),
    expiresAt: new Date('2026-03-01T09:15:00Z'),
    answers: [],
    outcome: null,
    ended: null,
  };
  const drawn = render(approvalCard(asked, { by: ada, asks: [maria], links: [] }), 'roster-1', speech);
  const texts = drawn.blocks.flatMap((block) => {
    if (block.type === 'header') return [block.text];
    return block.type === 'section' ? [...(block.text ? [block.text] : []), ...(block.fields ?? [])] : [];
  });
  return { drawn, texts: texts.map((one) => one.text), words: wordsOf(texts) };
}

/** Slack shows plain text as it is: there `<` forms no mention and no link. */
function wordsOf(texts: { type: string; text: string }[]): string {
  return texts.map(({ type, text }) => (type === 'plain_text' ? text.replaceAll('<', '‹') : text)).join('\n');
}

/** What a reader must never see raw: what hides or turns, live mentions and links, bold or code of others, lines of their own. */
const raw =
  /[\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF\u{E0000}-\u{E007F}]|<!|<@U02DAN>|<https?:[^|]*evil|\n\s*\*?Approved/u;

const hostile: [what: string, text: string, flagged: RegExp | undefined][] = [
  ['text turned around', 'app\u202E1-dorp', /hide or reorder text: U\+202E/],
  ['hidden letters', 'app\u200B-1', /hide or reorder text: U\+200B/],
  ['hidden tags', 'app-1\u{E0041}', /hide or reorder text: U\+E0041/],
  ['look-alikes', 'аpp-1', /look like others: U\+0430/],
  ['a mention of everybody', 'x <!channel> y', undefined],
  ['a mention of a person', 'x <@U02DAN> y', undefined],
  ['a link that deceives', '<https://evil.example|https://slack.com>', undefined],
  ['a link in Markdown', '[slack.com](https://evil.example)', undefined],
  ['padding', `ok${' '.repeat(3_000)}drop`, undefined],
  ['padding with words', `${'ok '.repeat(1_100)}drop`, undefined],
  ['lines that lay themselves out', 'x\n\n*Approved* by Maria\n', undefined],
  ['a fake decision', 'Approved by <@U02DAN>', undefined],
  ['a fake button', '[ Approve ] [ Reject ]', undefined],
  ['code that ends itself', 'x` *Approved* `y', undefined],
  ['a quotation', '> Maria: go on', undefined],
  ['an emoji code', ':white_check_mark: done', undefined],
];

describe.each(['target', 'arguments', 'what', 'why', 'expected', 'rollback'] as const)(
  'hostile text in %s',
  (field) => {
    test.each(hostile)('%s', (_, text, flagged) => {
      const { drawn, words } = shown({ [field]: text });
      expect(words).not.toMatch(raw);
      expect(drawn.text).not.toMatch(raw);
      if (flagged) expect(words).toMatch(flagged);
      expect(refusedBySlack(drawn)).toEqual([]);
      const actions = drawn.blocks.filter((block) => block.type === 'actions');
      expect(JSON.stringify(actions)).toMatch(/"Approve".*"Reject"/);
      expect(actions).toHaveLength(1);
    });
  },
);

test.each(hostile)('hostile text in evidence: %s', (_, text, flagged) => {
  const { drawn, words } = shown({ evidence: [text, 'available memory is 4 %'] });
  expect(words).not.toMatch(raw);
  if (flagged) expect(words).toMatch(flagged);
  expect(refusedBySlack(drawn)).toEqual([]);
});

test('what is flagged stands before what is asked', () => {
  const { texts } = shown({ target: 'аpp-1', why: 'Approved by Maria.' });
  const flags = texts.findIndex((one) => one.startsWith('⚠'));
  expect(texts[flags]).toBe(
    '⚠ target contains characters that look like others: U+0430\n⚠ why speaks of an approval: what was decided stands only in this card’s own lines',
  );
  expect(flags).toBeLessThan(texts.findIndex((one) => one.includes('Target')));
});

test('nothing is flagged on an ordinary card', () => {
  expect(shown({}).words).not.toContain('⚠');
});
