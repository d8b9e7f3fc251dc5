// Whatever somebody wrote: it is shown as it is, is never markup, and never costs a card its buttons or an approval its arguments.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalCard } from '../../src/approvals/card.ts';
import type { Block, Card } from '../../src/chat/card.ts';
import { everyDo } from '../../src/chat/intent.ts';
import { isShownWhole } from '../../src/chat/whole.ts';
import { visible } from '../../src/chat/words.ts';
import type { ApprovalId, IncidentId, PersonId, SignalId, SilenceId } from '../../src/ids.ts';
import { elementsOf } from './adaptive.ts';
import { cardWith, maria, picture } from './cards.ts';
import { around, asked } from './every-approval.ts';
import { conforms, surfaces } from './surfaces.ts';

const [slack] = surfaces;
const hostile = [
  '<!channel>',
  '<!here|all>',
  '<@U01MARIA>',
  '<at>all</at>',
  '<at>Maria</at>',
  '{{DATE(2026-03-01T09:30:00Z, SHORT)}}',
  '{{TIME(2026-03-01T09:30:00Z)}}',
  '[Approve](https://evil.example)',
  '<https://evil.example|ops.example>',
  '![x](https://evil.example/x.png)',
  '**bold** __bold__ _it_ *it* ~no~ `code`',
  '\n- one\n1. two\n# three\n> four\n    five',
  '&lt;at&gt; &amp; &#60;',
  'C:\\_temp\\*.log',
  'prod\u202Ebd-tset\u202C',
  'prod\u200B-db\u{E0041}',
  '\u001B[31mred',
  '\uD83D',
  '👩‍👧 ❤️',
  'сheckout',
  ':fire:',
  ' ',
];

/** The markup of ours: what each surface's own renderer may write. */
function foreign(name: string, drawn: unknown): string[] {
  if (name === 'slack') {
    const marked = elementsOf(drawn).flatMap(({ type, text }) => (type === 'mrkdwn' ? [String(text)] : []));
    return marked.filter((text) =>
      /[<>]/.test(text.replace(/<@U01MARIA>|<https:\/\/x\.example\/\?a=1&amp;b=2\|[^<>]*>/g, '')),
    );
  }
  return elementsOf(drawn).flatMap(({ type, text }) => {
    const words = String(text).replaceAll('<at>Maria</at>', '');
    if (type === 'TextRun') return /\{\{(DATE|TIME)\(/.test(words) ? [words] : [];
    if (type !== 'TextBlock') return [];
    const ours = words
      .replace(/\{\{(DATE|TIME)\(2026-01-01T00:00:00Z(, SHORT)?\)\}\}/g, '')
      .replace(/\*\*(?=\S)[^*]*\S\*\*/g, '')
      .replace(/\[[^[\]]*\]\(https:\/\/x\.example\/\?a=1&b=2\)/g, '');
    return /[*_`~[\]{]|<[a-z/!]|&#?\w+;|^\s*([-+#>=]|\d+[.)]\s)|[^\n]\n[^\n]/im.test(ours) ? [words] : [];
  });
}

describe.each(surfaces)('on $name', (surface) => {
  const wherever: [where: string, card: (words: string) => Partial<Card>][] = [
    ['title', (title) => ({ title })],
    ['text', (text) => ({ blocks: [{ kind: 'text', text }] })],
    ['text that mentions', (text) => ({ blocks: [{ kind: 'text', text: [text, { person: maria }, text] }] })],
    [
      'bold beside a time',
      (bold) => ({ blocks: [{ kind: 'text', text: [{ bold }, { time: new Date('2026-01-01') }] }] }),
    ],
    ['code', (code) => ({ blocks: [{ kind: 'context', text: [{ code }] }] })],
    ['field', (words) => ({ blocks: [{ kind: 'fields', fields: [[words, words]] }] })],
    [
      'field that mentions',
      (words) => ({ blocks: [{ kind: 'fields', fields: [[words, [{ person: maria }, words]]] }] }),
    ],
    ['quote', (text) => ({ blocks: [{ kind: 'quote', text }] })],
    ["a picture's words", (alt) => ({ blocks: [{ kind: 'picture', picture, alt }] })],
    ['name and role', (words) => ({ by: { name: words, role: words, avatar: words } })],
    ['button', (label) => ({ blocks: [{ kind: 'buttons', buttons: [{ label, intent: { do: 'kill' } }] }] })],
    ['notification', (fallback) => ({ fallback })],
  ];
  test.each(wherever)('hostile words are words: %s', (_, card) => {
    for (const words of hostile) {
      const drawn = surface.draw(cardWith(card(words)));
      expect(surface.refused(drawn)).toEqual([]);
      expect(foreign(surface.name, drawn)).toEqual([]);
      const written = JSON.stringify(drawn).replaceAll('\\\\', '');
      expect(written).not.toMatch(/[\u202E\u200B\u{E0041}]|\\u001b/u);
    }
  });

  test('hostile words are all there', () => {
    for (const words of hostile)
      conforms(
        surface,
        cardWith({
          title: 'x',
          blocks: [
            { kind: 'text', text: [{ bold: 'a' }, words] },
            { kind: 'quote', text: words },
          ],
        }),
      );
  });

  test('a link whose words are another address names the real one', () => {
    const link = { link: 'https://evil.example/x', text: 'ops.example' };
    const told = surface.shown(surface.draw(cardWith({ blocks: [{ kind: 'text', text: [link] }] })));
    expect(told.join(' ')).toContain('ops.example (evil.example)');
    const honest = { link: 'https://ops.example/x', text: 'ops.example' };
    expect(
      JSON.stringify(surface.draw(cardWith({ blocks: [{ kind: 'text', text: [honest] }] }))),
    ).not.toContain('(');
  });

  test('no address but the web’s leads anywhere', () => {
    const link = { link: 'javascript:alert(1)', text: 'here' };
    const drawn = surface.draw(cardWith({ blocks: [{ kind: 'text', text: [link, { person: maria }] }] }));
    expect(JSON.stringify(drawn)).not.toContain('javascript');
  });
});

const words = fc
  .array(fc.constantFrom(...hostile, 'a', 'b', '\n'), { maxLength: 12 })
  .map((all) => all.join(''));
const long = fc.tuple(words, fc.nat(300)).map(([one, times]) => one.repeat(times).slice(0, 20_000));
const span = fc.oneof(
  words,
  long,
  words.map((bold) => ({ bold })),
  long.map((code) => ({ code })),
  words.map((text) => ({ link: 'https://x.example/?a=1&b=2', text })),
  fc.constantFrom(
    { person: maria },
    { person: 'nobody' as PersonId },
    { time: new Date('2026-01-01T00:00:00.123Z') },
  ),
);
const text = fc.oneof(words, long, fc.array(span, { maxLength: 6 }));
const id = fc.constantFrom('a-1', 'inc-7', 'x'.repeat(64));
const intent = fc.tuple(fc.constantFrom(...everyDo), id).map(([does, it]) => {
  return {
    do: does,
    approval: it as ApprovalId,
    incident: it as IncidentId,
    signal: it as SignalId,
    silence: it as SilenceId,
  } as never;
});
const button = fc.record({
  label: words,
  intent,
  style: fc.constantFrom('primary' as const, 'danger' as const),
});
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text' as const, 'context' as const), text }),
  fc.record({ kind: fc.constant('quote' as const), text: long }),
  fc.record({
    kind: fc.constant('fields' as const),
    fields: fc.array(fc.tuple(words, text), { maxLength: 12 }),
  }),
  fc.constant({ kind: 'divider' } as const),
  fc.record({
    kind: fc.constant('picture' as const),
    picture: fc.constant(picture),
    alt: long,
  }),
  fc.record({ kind: fc.constant('buttons' as const), buttons: fc.array(button, { maxLength: 9 }) }),
);
const by = fc.record({ name: words, role: words, avatar: fc.constantFrom(':owl:', ':nothing:') });
const card = fc.record({ by, title: long, fallback: text, blocks: fc.array(block, { maxLength: 14 }) });

test('any card at all is taken by both, has all its buttons, and nothing in it is markup but our own', () => {
  fc.assert(
    fc.property(card, (one) => {
      for (const surface of surfaces) {
        const whole = cardWith(one);
        const buttons = one.blocks.flatMap((each) => (each.kind === 'buttons' ? each.buttons : []));
        if (surface === slack && buttons.length > 25) continue;
        const drawn = surface.draw(whole);
        expect(surface.refused(drawn)).toEqual([]);
        expect(surface.sent(drawn)).toHaveLength(buttons.length);
        expect(foreign(surface.name, drawn)).toEqual([]);
      }
    }),
    { numRuns: 150, seed: 1 },
  );
});

const characters = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...'abc 019_-."\\{}[]:,/<>&*`') },
  { weight: 1, arbitrary: fc.constantFrom('é', '漢', '👩‍👧', '\u200B', '\u202E') },
);
const given = fc
  .array(characters, { minLength: 1, maxLength: 2_000, size: 'max' })
  .map((all) => all.join('').trim().slice(0, 1_900).toWellFormed())
  .filter((args) => args !== '' && isShownWhole(args));
const people = Array.from({ length: 80 }, (_, nth) => `p-${nth}` as PersonId);

test.each(surfaces)('an approval shows all its arguments on $name, whatever else it says', (surface) => {
  fc.assert(
    fc.property(given, long, long, (args, why, what) => {
      const { question } = asked();
      const its = {
        ...question,
        arguments: args,
        why,
        what,
        target: args,
        evidence: [why, why],
        expected: why,
      };
      const drawn = surface.draw(approvalCard(asked({ question: its }), { ...around, asks: people }));
      expect(surface.refused(drawn)).toEqual([]);
      const shown = surface.shown(drawn).map(squeezed).join('\n');
      expect(shown).toContain(squeezed(visible(args)).replaceAll('`', surface === slack ? 'ˋ' : '`'));
    }),
    { numRuns: 60, seed: 1 },
  );
});

const squeezed = (some: string) => some.replace(/\s+/g, ' ').trim();
