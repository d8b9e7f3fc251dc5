import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, Card, Text } from '../../src/chat/card.ts';
import { render } from '../../src/chat/slack/render.ts';
import { refusedBySlack } from '../wire/slack-limits.ts';
import { approval, cardWith, incident, maria, question, speech } from './cards.ts';

const drawn = (card: Card) => render(card, 'roster-1', speech);
const textIn = (text: Text) => drawn(cardWith({ blocks: [{ kind: 'text', text }] })).blocks[1];

test('a card with every kind of block', async () => {
  await expect(`${JSON.stringify(drawn(question), undefined, 2)}\n`).toMatchFileSnapshot(
    '../golden/slack-question.json',
  );
  expect(refusedBySlack(drawn(question))).toEqual([]);
});

describe('every message', () => {
  const { text, blocks } = drawn(
    cardWith({ tone: 'critical', title: 'Checkout is slow', fallback: 'INC-1: checkout is slow' }),
  );
  test('carries the marker as its first block', () => {
    expect(blocks[0]).toMatchObject({
      type: 'header',
      block_id: 'roster-1',
      text: { text: '🔴 Checkout is slow' },
    });
  });
  test('says that an AI worker speaks', () => {
    expect(blocks.at(-1)).toMatchObject({
      type: 'context',
      elements: [{ text: '🤖 AI worker · on-call engineer' }],
    });
  });
  test('reads well as a notification', () => expect(text).toBe('INC-1: checkout is slow'));
});

describe('what somebody wrote is shown as it is', () => {
  const hostile: [what: string, text: Text, shown: string][] = [
    [
      'a mention of everybody',
      ['Host ', { bold: 'x' }, ' <!channel> <!here>'],
      'Host *x* &lt;!channel&gt; &lt;!here&gt;',
    ],
    ['a mention of a person', [{ bold: 'x' }, ' <@U01MARIA>'], '*x* &lt;@U01MARIA&gt;'],
    [
      'a disguised link',
      [{ bold: 'x' }, ' <https://evil.example|Approve>'],
      '*x* &lt;https://evil.example|Approve&gt;',
    ],
    ['an entity', [{ bold: 'x' }, ' &lt;b&gt;'], '*x* &amp;lt;b&amp;gt;'],
    ['bold, strike, code', [{ bold: 'x' }, ' *Approved* ~no~ `rm`'], '*x* ∗Approved∗ ∼no∼ ˋrmˋ'],
    [
      'italics, and names with underscores',
      [{ bold: 'x' }, ' _yes_ node_load1 __name__'],
      '*x* ˍyesˍ node_load1 ˍˍnameˍˍ',
    ],
    ['a quotation', [{ bold: 'x' }, '\n> Maria: approved'], '*x*\n› Maria: approved'],
    [
      'emoji codes, but not clock times',
      [{ bold: 'x' }, ' :white_check_mark: at 12:34:56'],
      '*x* ∶white_check_mark: at 12:34:56',
    ],
    ['text turned around', [{ bold: 'x' }, ' prod\u202Ebd-tset\u202C'], '*x* prod\\u202ebd-tset\\u202c'],
    ['letters nobody sees', [{ bold: 'x' }, ' prod\u200B-db\u{E0041}'], '*x* prod\\u200b-db\\ue0041'],
    ['terminal colours', [{ bold: 'x' }, ' \u001B[31mred'], '*x* \\u001b[31mred'],
    ['half a character', [{ bold: 'x' }, ' \uD83D'], '*x* \uFFFD'],
    ['a family of emoji', [{ bold: 'x' }, ' 👩‍👧 ❤️'], '*x* 👩‍👧 ❤️'],
    ['code with a backtick and lines', [{ code: 'a`b\nc <d>' }], '`aˋb c &lt;d&gt;`'],
    ['bold with space at its ends', [{ bold: 'Why: *now* ' }, 'x'], '*Why: ∗now∗* x'],
    ['a link to nowhere good', [{ link: 'javascript:alert(1)', text: 'here' }], 'here'],
    [
      'a link that would end itself',
      [{ link: 'https://x.example/a|b>c d', text: 'a|b>c' }],
      '<https://x.example/a%7Cb%3Ec%20d|a|b&gt;c>',
    ],
    [
      'a mention that is none',
      [{ person: maria }, ' ', { person: '<!channel>' as typeof maria }],
      '<@U01MARIA> &lt;!channel&gt;',
    ],
  ];
  test.each(hostile)('%s', (_, text, shown) => {
    expect(textIn(text)).toEqual({ type: 'section', text: { type: 'mrkdwn', text: shown, verbatim: true } });
  });

  test('words without markup are plain text, exactly', () => {
    const words = '*x* _y_ `z` <!channel> &amp; :fire: > 3';
    expect(textIn(words)).toMatchObject({ text: { type: 'plain_text', text: words, emoji: false } });
    expect(textIn(['at ', { time: new Date('2026-03-01T09:30:59Z') }])).toMatchObject({
      text: { text: 'at 2026-03-01 09:30 UTC' },
    });
  });

  test('titles, labels and buttons are one plain line', () => {
    const title = 'INC\n<!channel> *x* \u202Ey';
    const { blocks } = drawn(
      cardWith({
        title,
        blocks: [
          { kind: 'buttons', buttons: [{ label: 'Approve\n<x>', intent: { do: 'approve', approval } }] },
        ],
      }),
    );
    expect(blocks[0]).toMatchObject({
      text: { type: 'plain_text', text: '⚪ INC <!channel> *x* \\u202ey', emoji: false },
    });
    expect(blocks[1]).toMatchObject({ elements: [{ text: { type: 'plain_text', text: 'Approve <x>' } }] });
  });

  test('the notification is escaped too', () => {
    expect(drawn(cardWith({ fallback: 'disk <!channel> & *full*' })).text).toBe(
      'disk &lt;!channel&gt; &amp; ∗full∗',
    );
  });

  test('quoted lines are code, line by line', () => {
    const quote: Block = { kind: 'quote', text: '```\n*a* <!here> `b`\r\n\n  \u202Ec\n' };
    expect(drawn(cardWith({ blocks: [quote] })).blocks[1]).toEqual({
      type: 'section',
      text: { type: 'mrkdwn', text: '`ˋˋˋ`\n`*a* &lt;!here&gt; ˋbˋ`\n\n`  \\u202ec`', verbatim: true },
    });
  });
});

describe('within Slack’s limits', () => {
  const long = 'x & <y> 👩‍👧 `z` *b* '.repeat(2_000);
  const buttons: Block = {
    kind: 'buttons',
    buttons: Array.from({ length: 30 }, () => ({ label: long, intent: { do: 'take', incident } as const })),
  };
  const many = <T>(times: number, one: T) => Array.from({ length: times }, () => one);
  const cards: [what: string, card: Partial<Card>][] = [
    ['a long title and fallback', { title: long, fallback: long }],
    ['an empty title and fallback', { title: '', fallback: '' }],
    ['a long plain text', { blocks: [{ kind: 'text', text: 'y'.repeat(9_000) }] }],
    [
      'a long text with markup',
      { blocks: [{ kind: 'text', text: [{ bold: 'Why: ' }, long, { person: maria }] }] },
    ],
    ['long bold', { blocks: [{ kind: 'text', text: [{ bold: long }, { bold: long }] }] }],
    ['long code', { blocks: [{ kind: 'context', text: [{ code: long }] }] }],
    [
      'a long link',
      {
        blocks: [
          { kind: 'text', text: ['x', { link: `https://x.example/${'y'.repeat(4_000)}`, text: 'y' }] },
        ],
      },
    ],
    ['a long quote', { blocks: [{ kind: 'quote', text: `${long}\n${long}` }] }],
    ['a quote of many lines', { blocks: [{ kind: 'quote', text: 'short `<line>`\n'.repeat(1_000) }] }],
    ['many long fields', { blocks: [{ kind: 'fields', fields: many(23, [long, [{ bold: 'x' }, long]]) }] }],
    [
      'empty blocks',
      {
        blocks: [
          { kind: 'fields', fields: [['', '']] },
          { kind: 'fields', fields: [] },
          { kind: 'buttons', buttons: [] },
        ],
      },
    ],
    [
      'empty texts',
      {
        blocks: [
          { kind: 'text', text: '' },
          { kind: 'context', text: [' '] },
          { kind: 'quote', text: '\n' },
        ],
      },
    ],
    ['empty spans', { blocks: [{ kind: 'text', text: [{ bold: '' }, { code: '' }] }] }],
    ['many blocks', { blocks: many(80, { kind: 'text', text: 'x' }) }],
    ['long blocks', { blocks: many(12, { kind: 'quote', text: long }) }],
    ['more buttons than one block holds', { blocks: [buttons] }],
    ['buttons below too much', { blocks: [...many<Block>(80, { kind: 'text', text: long }), buttons] }],
  ];
  test.each(cards)('%s', (_, card) => expect(refusedBySlack(drawn(cardWith(card)))).toEqual([]));

  test('what is cut says so, and cuts no character in two', () => {
    const { blocks } = drawn(
      cardWith({
        title: '👩'.repeat(200),
        blocks: [{ kind: 'text', text: [{ bold: 'x' }, '&'.repeat(2_000)] }],
      }),
    );
    const [header, section] = blocks as unknown as [{ text: { text: string } }, { text: { text: string } }];
    expect(header.text.text).toMatch(/^⚪ (👩)+…$/u);
    expect(section.text.text).toMatch(/^\*x\*(&amp;)+…$/);
    expect(section.text.text.length).toBeGreaterThan(2_900);
  });

  test('buttons stay when the rest is cut, and the card says how much is missing', () => {
    const { blocks } = drawn(
      cardWith({ blocks: [...many<Block>(60, { kind: 'text', text: 'x' }), ...question.blocks.slice(-1)] }),
    );
    expect(blocks.at(-3)).toMatchObject({ type: 'actions' });
    expect(blocks.at(-2)).toMatchObject({ elements: [{ text: '… 14 more parts are not shown here.' }] });
  });
});

describe('whatever the words', () => {
  const pieces = [
    '<!channel>',
    '<@U01MARIA>',
    '&lt;',
    '*',
    '_',
    '`',
    '~',
    '>',
    ':fire:',
    '\n',
    '\u202E',
    '\u200D',
    '\uD83D',
    '👩‍👧',
    ' ',
    'a',
  ];
  const words = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((all) => all.join(''));
  const longWords = fc.tuple(words, fc.nat(400)).map(([one, times]) => one.repeat(times));
  const span = fc.oneof(
    words,
    longWords,
    words.map((bold) => ({ bold })),
    longWords.map((code) => ({ code })),
    words.map((text) => ({ link: 'https://x.example/?a=1&b=2', text })),
  );
  const text = fc.oneof(words, longWords, fc.array(span, { maxLength: 5 }));
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ kind: fc.constantFrom('text', 'context'), text }),
    fc.record({ kind: fc.constant('quote'), text: longWords }),
    fc.record({ kind: fc.constant('fields'), fields: fc.array(fc.tuple(words, text), { maxLength: 12 }) }),
  );
  const card = fc.record({ title: words, fallback: text, blocks: fc.array(block, { maxLength: 8 }) });

  test('Slack takes the card, and nothing in it is markup but our own', () => {
    fc.assert(
      fc.property(card, (one) => {
        const { text: fallback, blocks } = drawn(cardWith(one));
        expect(refusedBySlack({ text: fallback, blocks })).toEqual([]);
        const drawnWords = JSON.stringify(blocks).matchAll(/"type":"mrkdwn","text":("(?:[^"\\]|\\.)*")/g);
        const marked = [fallback, ...Array.from(drawnWords, ([, json]) => String(JSON.parse(json ?? '')))];
        for (const each of marked) {
          const foreign = each
            .replaceAll(/<https:\/\/x\.example\/\?a=1&amp;b=2\|[^<>]*>/g, '')
            .replaceAll(/&(amp|lt|gt);/g, '');
          expect(foreign).not.toMatch(/[<>&\u202E]/);
          expect(each.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

test('a time is shown in the reader’s own zone where Slack knows how', () => {
  const at = new Date('2026-03-01T09:30:00Z');
  const card = cardWith({ blocks: [{ kind: 'text', text: ['Lapses ', { time: at }, '.'] }] });
  const { blocks } = render(card, 'roster-1', { ...speech, times: 'slack' });
  expect(JSON.stringify(blocks)).toContain(
    '<!date^1772357400^{date_short_pretty} {time}|2026-03-01 09:30 UTC>',
  );
});
