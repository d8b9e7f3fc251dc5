import { describe, expect, test } from 'vitest';
import type { Card, Text } from '../../src/chat/card.ts';
import { drawForm } from '../../src/chat/teams/form.ts';
import { render } from '../../src/chat/teams/render.ts';
import { plainOf, type Speech } from '../../src/chat/teams/text.ts';
import type { ApprovalId, PersonId } from '../../src/ids.ts';
import { elementsOf, refusedByTeams } from './adaptive.ts';
import { cardWith, maria, question, teamsSpeech } from './cards.ts';
import { forms } from './forms.ts';

const drawn = (card: Partial<Card>, speech = teamsSpeech) => render(cardWith(card), speech);
/** What stands below title and byline. */
const below = (card: Partial<Card>) => drawn(card).body.slice(2);
const textIn = (text: Text) => below({ blocks: [{ kind: 'text', text }] })[0];
const at = new Date('2026-03-01T09:30:12.345Z');

test('the title comes first and large, then the worker with its picture, marked as an AI', () => {
  const { body } = drawn({ tone: 'critical', title: 'Checkout *is* slow' });
  expect(body).toEqual([
    {
      type: 'RichTextBlock',
      inlines: [{ type: 'TextRun', text: '🔴 Checkout *is* slow', size: 'Large', weight: 'Bolder' }],
    },
    {
      type: 'RichTextBlock',
      spacing: 'Small',
      inlines: [
        { type: 'TextRun', text: '🦉 Ada · 🤖 AI worker · on-call engineer', size: 'Small', isSubtle: true },
      ],
    },
  ]);
  const [, byline] = drawn({ by: { name: 'Bo', role: 'DBA', avatar: ':unheard-of:' } }).body;
  expect(JSON.stringify(byline)).toContain('"🤖 Bo · 🤖 AI worker · DBA"');
});

describe('words', () => {
  test('without a mention or a time are literal runs', () => {
    const link = { link: 'https://x.example/a b', text: '[here](x)' };
    expect(textIn(['*a* ', { bold: '_b_ ' }, { code: '`c`\nd' }, link])).toEqual({
      type: 'RichTextBlock',
      inlines: [
        { type: 'TextRun', text: '*a* ' },
        { type: 'TextRun', text: '_b_ ', weight: 'Bolder' },
        { type: 'TextRun', text: '`c` d', fontType: 'Monospace' },
        {
          type: 'TextRun',
          text: '[here](x)',
          selectAction: { type: 'Action.OpenUrl', url: 'https://x.example/a%20b' },
        },
      ],
    });
  });

  const mixed: [what: string, text: Text, written: string][] = [
    ['a mention', [{ person: maria }, ' please'], '<at>Maria</at> please'],
    [
      'a time',
      ['by ', { time: at }],
      'by {{DATE(2026-03-01T09:30:12Z, SHORT)}} {{TIME(2026-03-01T09:30:12Z)}}',
    ],
    ['bold', [{ bold: 'Why: *now* ' }, 'x ', { person: maria }], '**Why: ∗now∗** x <at>Maria</at>'],
    ['two bolds', [{ bold: 'a' }, { bold: 'b' }, { person: maria }], '**ab**<at>Maria</at>'],
    ['code', [{ code: 'node_load1' }, ' ', { person: maria }], 'nodeˍload1 <at>Maria</at>'],
    [
      'a link',
      [{ link: 'https://x.example/a_(b)', text: 'x]' }, { person: maria }],
      '[x］](https://x.example/a%5F%28b%29)<at>Maria</at>',
    ],
    ['a mention of all', ['<at>all</at> ', { person: maria }], '‹at>all‹/at> <at>Maria</at>'],
    [
      'a date of somebody',
      ['{{DATE(2026-01-01T00:00:00Z)}} ', { person: maria }],
      '｛｛DATE(2026-01-01T00:00:00Z)}} <at>Maria</at>',
    ],
    [
      'lines',
      ['a\n- b\n1. c\n1.5 d\n# e\n  f ', { person: maria }],
      'a\n\n− b\n\n1․ c\n\n1.5 d\n\n＃ e\n\nf <at>Maria</at>',
    ],
    [
      'escapes and entities',
      ['C:\\(x \\n &lt; & <3 ', { person: maria }],
      'C:∖(x \\n ＆lt; & <3 <at>Maria</at>',
    ],
  ];
  test.each(mixed)('beside a mention or a time are Markdown: %s', (_, text, written) => {
    expect(textIn(text)).toEqual({ type: 'TextBlock', text: written, wrap: true });
  });

  test('a date of somebody is not worked out in a literal run either', () => {
    expect(JSON.stringify(textIn('{{DATE(2026-01-01T00:00:00Z)}} {{ item }}'))).toContain(
      '"{｛DATE(2026-01-01T00:00:00Z)}} {{ item }}"',
    );
  });

  test('a person without an account is a word', () => {
    expect(textIn([{ person: 'robin' as PersonId }])).toMatchObject({ inlines: [{ text: 'robin' }] });
  });

  test('what is quoted keeps its lines and its indentation', () => {
    expect(below({ blocks: [{ kind: 'quote', text: 'a\n  at b  c\n\n' }] })).toEqual([
      {
        type: 'Container',
        style: 'emphasis',
        items: [
          {
            type: 'RichTextBlock',
            inlines: [{ type: 'TextRun', text: 'a\n\u00A0\u00A0at b\u00A0\u00A0c', fontType: 'Monospace' }],
          },
        ],
      },
    ]);
  });

  test('a notification has words alone', () => {
    const text: Text = [{ person: maria }, ' ', { bold: '*b*' }, '\n', { time: at }];
    expect(plainOf(text, teamsSpeech)).toBe('Maria *b* 2026-03-01 09:30 UTC');
    expect(drawn({ fallback: text }).fallbackText).toBe('Maria *b* 2026-03-01 09:30 UTC');
  });
});

describe('fields', () => {
  test('are a FactSet where Markdown shows them as they are', () => {
    expect(below({ blocks: [{ kind: 'fields', fields: [['Risk', 'medium, 91 %']] }] })).toEqual([
      { type: 'FactSet', facts: [{ title: 'Risk', value: 'medium, 91 %' }] },
    ]);
  });
  test.each<Text>([[{ code: 'web-01' }], 'node_load1', '- none', 'a\nb', ''])('else columns: %j', (value) => {
    const [set] = below({ blocks: [{ kind: 'fields', fields: [['Risk', value]] }] });
    expect(set).toMatchObject({ type: 'ColumnSet', columns: [{ items: [{}, {}] }] });
  });
});

test('a divider is the line before what follows', () => {
  const blocks: Card['blocks'] = [
    { kind: 'divider' },
    { kind: 'text', text: 'x' },
    { kind: 'text', text: 'y' },
    { kind: 'divider' },
  ];
  expect(below({ blocks }).map(({ separator }) => separator)).toEqual([true, undefined]);
});

describe('buttons', () => {
  const approval = 'a-1' as ApprovalId;
  const buttons = (count: number) => ({
    kind: 'buttons' as const,
    buttons: Array.from({ length: count }, () => ({
      label: 'Go',
      intent: { do: 'approve' as const, approval },
    })),
  });
  test('stand six in a set', () => {
    const sets = below({ blocks: [buttons(13)] });
    expect(sets.map((set) => ('actions' in set ? set.actions.length : 0))).toEqual([6, 6, 1]);
  });
  test('are never cut, and the card says how much is missing', () => {
    const blocks = [
      ...Array.from({ length: 40 }, () => ({ kind: 'quote' as const, text: 'x'.repeat(3_000) })),
      buttons(2),
    ];
    const card = drawn({ blocks });
    expect(refusedByTeams(card)).toEqual([]);
    expect(elementsOf(card.body).filter(({ type }) => type === 'Action.Execute')).toHaveLength(2);
    expect(JSON.stringify(card.body.at(-1))).toMatch(/… \d+ more parts are not shown here\./);
  });
});

test('what is exact, as an approval’s arguments, is shown before anything that can be cut', () => {
  const much = Array.from({ length: 12 }, () => ({ kind: 'quote' as const, text: 'x'.repeat(3_000) }));
  const exact = { kind: 'text' as const, text: [{ bold: 'Arguments: ' }, { code: 'y'.repeat(2_000) }] };
  const card = drawn({ blocks: [...much, exact] });
  expect(refusedByTeams(card)).toEqual([]);
  expect(JSON.stringify(card.body)).toContain('y'.repeat(2_000));
});

describe('mentions', () => {
  const people = Array.from({ length: 70 }, (_, nth) => `p-${nth}` as PersonId);
  const spans = people.map((person) => ({ person }));
  const call: Card['blocks'] = [{ kind: 'text', text: spans }, ...question.blocks.slice(-1)];

  test('refresh the card for those who are mentioned, where it has buttons', () => {
    expect(drawn(question).refresh).toMatchObject({ action: { verb: 'refresh' }, userIds: ['29:1maria'] });
    expect(drawn({ blocks: [{ kind: 'text', text: [{ person: maria }] }] }).refresh).toBeUndefined();
  });
  test('are twenty at most; who comes after is named', () => {
    const speech: Speech = { mention: (person) => ({ id: `29:${person}`, name: person }) };
    const card = drawn({ blocks: call }, speech);
    expect(refusedByTeams(card)).toEqual([]);
    expect(card.msteams.entities).toHaveLength(20);
    expect(JSON.stringify(card.body)).toContain('<at>p-19</at>p-20p-21');
  });
  test('of two people with one name are told apart', () => {
    const speech: Speech = { mention: (person) => ({ id: `29:${person}`, name: 'Sam <Lee>' }) };
    const card = drawn({ blocks: [{ kind: 'text', text: spans.slice(0, 2) }] }, speech);
    expect(refusedByTeams(card)).toEqual([]);
    expect(card.msteams.entities.map(({ text, mentioned }) => [text, mentioned.id])).toEqual([
      ['<at>Sam ‹Lee›</at>', '29:p-0'],
      ['<at>Sam ‹Lee› (2)</at>', '29:p-1'],
    ]);
  });
});

describe('a form', () => {
  const form = forms.reject as NonNullable<typeof forms.reject>;
  test('is an input with its limits, and says what was wrong', async () => {
    const card = drawForm(form, { error: 'Say why in a few words.' });
    expect(refusedByTeams(card)).toEqual([]);
    await expect(`${JSON.stringify(card, undefined, 2)}\n`).toMatchFileSnapshot('../golden/teams-form.json');
  });
  test('stands under its card, whose buttons are gone and which is not refreshed while one types', () => {
    const card = drawForm(form, { card: drawn(question) });
    expect(refusedByTeams(card)).toEqual([]);
    const verbs = elementsOf(card.body).flatMap(({ verb }) => (verb ? [verb] : []));
    expect(verbs).toEqual(['submit', 'refresh']);
    expect(card).not.toHaveProperty('refresh');
    expect(card.msteams.entities).toHaveLength(1);
  });
});
