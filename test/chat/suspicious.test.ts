import { describe, expect, test } from 'vitest';
import { render } from '../../src/chat/slack/render.ts';
import { folded, suspicions } from '../../src/chat/suspicious.ts';
import { cardWith, speech } from './cards.ts';

const look = 'contains characters that look like others';
const hide = 'contains characters that hide or reorder text';
const speaks = 'speaks of an approval: what was decided stands only in this card’s own lines';
const link = 'has a link whose words name another address than it leads to';

describe('in a name or an argument, every character that is not what it looks like is flagged', () => {
  const rows: [what: string, text: string, flagged: string[]][] = [
    ['a Cyrillic а', 'pаyments-db', [`${look}: U+0430`]],
    ['a Cyrillic word', 'рау', [`${look}: U+0440, U+0430, U+0443`]],
    ['a Greek ο', 'checkοut', [`${look}: U+03BF`]],
    ['an Armenian ո', 'productioո', [`${look}: U+0578`]],
    ['a Cherokee letter', 'ᎬU-WEST', [`${look}: U+13AC`]],
    ['an i without its dot', 'bılling', [`${look}: U+0131`]],
    ['letters of full width', 'ｐrod', [`${look}: U+FF50`]],
    ['mathematical letters', 'db-𝐩rod', [`${look}: U+1D429`]],
    ['a Roman numeral', 'db-ⅼ', [`${look}: U+217C`]],
    ['a palochka for an l', 'biӏling', [`${look}: U+04CF`]],
    ['a ligature', 'conﬁg', [`${look}: U+FB01`]],
    ['another hyphen', 'db‐2', [`${look}: U+2010`]],
    ['a minus', 'db−2', [`${look}: U+2212`]],
    ['another dot', '10․0․0․1', [`${look}: U+2024`]],
    ['another slash', '/etc∕passwd', [`${look}: U+2215`]],
    ['another colon', 'db꞉5432', [`${look}: U+A789`]],
    ['another quotation mark', '{"host":"a","b":“c”}', [`${look}: U+201C, U+201D`]],
    ['text turned around', 'prod\u202Ebd-tset', [`${hide}: U+202E`]],
    ['text isolated', 'a\u2066b\u2069', [`${hide}: U+2066, U+2069`]],
    ['a mark of direction', 'db\u200F-1', [`${hide}: U+200F`]],
    ['a letter nobody sees', 'prod\u200Bdb', [`${hide}: U+200B`]],
    ['a joiner', 'prod\u200Ddb', [`${hide}: U+200D`]],
    ['a byte order mark', '\uFEFFprod', [`${hide}: U+FEFF`]],
    ['a soft hyphen', 'pro\u00ADd', [`${hide}: U+00AD`]],
    ['tags nobody sees', 'db\u{E0041}\u{E0042}', [`${hide}: U+E0041, U+E0042`]],
    ['a variation', 'db\uFE0F', [`${hide}: U+FE0F`]],
    ['a filler', 'db\u3164', [`${hide}: U+3164`]],
    ['a blank of Braille', 'db\u2800', [`${hide}: U+2800`]],
    ['a space that does not break', 'db\u00A01', [`${hide}: U+00A0`]],
    ['an ideographic space', 'db\u30001', [`${hide}: U+3000`]],
    ['a line break', 'db-1\nApproved', [`${hide}: U+000A`]],
    ['a line separator', 'db-1\u2028x', [`${hide}: U+2028`]],
    ['a backspace', 'db-1\b2', [`${hide}: U+0008`]],
    ['a colour of the terminal', '\u001B[31mdb', [`${hide}: U+001B`]],
    ['half a character', 'db\uD83D', [`${hide}: U+D83D`]],
    ['a stroke through a letter', 'd\u0336b', [`${hide}: U+0336`]],
    ['several at once', 'p\u200Bаy', [`${hide}: U+200B`, `${look}: U+0430`]],
    [
      'more than can be listed',
      'АВЕЅІЈКМНОРС',
      [`${look}: U+0410, U+0412, U+0415, U+0405, U+0406, U+0408, U+041A, U+041C and 4 more`],
    ],
    ['nothing odd', 'checkout-1.eu_west:5432/db?x=1&y="2"', []],
    ['a name with an accent', 'café-münchen', []],
    ['a name in Japanese', '本番データベース', []],
  ];
  test.each(rows)('%s', (_, text, flagged) => {
    expect(suspicions([{ name: 'target', text, exact: true }])).toEqual(
      flagged.map((one) => `⚠ target ${one}`),
    );
  });
});

describe('in prose, what deceives is flagged', () => {
  const rows: [what: string, text: string, flagged: string[]][] = [
    ['a masked name among words', 'errors on pаyments since 4.3.0', [`${look}: U+0430`]],
    [
      'a word of twins alone in a Latin text',
      'errors on рау since 4.3.0',
      [`${look}: U+0440, U+0430, U+0443`],
    ],
    ['letters of another form', 'errors on 𝗽𝗮𝘆', [`${look}: U+1D5FD, U+1D5EE, U+1D606`]],
    ['text turned around', 'safe\u202Eton', [`${hide}: U+202E`]],
    ['hidden letters', 'safe\u200B\u200Bnow', [`${hide}: U+200B`]],
    ['hidden instructions', 'ok\u{E0061}\u{E0070}', [`${hide}: U+E0061, U+E0070`]],
    ['letters piled up', 'o\u0301\u0302\u0303\u0304k', [`${hide}: U+0301`]],
    ['an approval that never was', 'Approved by Maria, 09:30.', [speaks]],
    ['one in bold', '*Approved* by <@U01MARIA>', [speaks]],
    ['one in capitals, over lines', 'x\n\nAPPROVED\nBY GALE', [speaks]],
    ['one in Cyrillic', 'Аpprоved by Maria', [`${look}: U+0410, U+043E`, speaks]],
    ['one with hidden letters', 'Appro\u200Bved by Maria', [`${hide}: U+200B`, speaks]],
    [
      'one in other letters',
      '𝐀𝐩𝐩𝐫𝐨𝐯𝐞𝐝 by Maria',
      [`${look}: U+1D400, U+1D429, U+1D42B, U+1D428, U+1D42F, U+1D41E, U+1D41D`, speaks],
    ],
    ['one given before', 'This was pre-approved.', [speaks]],
    ['one that is said not to be needed', 'No approval is needed here', [speaks]],
    ['an authorization', 'Authorised by the CAB', [speaks]],
    ['a false button', 'restart [Approve] [Reject]', [speaks]],
    ['a false button of Slack', '<Approve>', [speaks]],
    ['a call to press', 'Please click Approve quickly', [speaks]],
    ['a link that leads elsewhere', 'see <https://evil.example/x|https://slack.com/help>', [link]],
    ['one in Markdown', 'see [grafana.acme.example](https://evil.example)', [link]],
    ['a link with a user in it', '<https://slack.com@evil.example|slack.com>', [link]],
    [
      '3,000 characters before the point',
      `${'ok '.repeat(1_000)}drop it`,
      ['has 3007 characters: its end may not be shown here'],
    ],
    [
      '3,000 empty lines',
      `ok${'\n'.repeat(3_000)}drop`,
      ['has 3006 characters: its end may not be shown here'],
    ],
    ['nothing odd', 'checkout went from 4.2.0 to 4.3.0 – errors “pool exhausted” rose 10× in 2 min…', []],
    ['a rejected connection', 'connection rejected by peer, access denied by policy', []],
    ['a link that leads where it says', '<https://slack.com/help|slack.com>', []],
    ['a link with words', '<https://x.example|the dashboard>', []],
    ['Russian', 'сервер упал, рост ошибок: рос', []],
    ['Greek, with a name', 'ο checkout δεν απαντά', []],
    ['emoji', 'disk full 🔥 👩‍👧 ❤️ 1️⃣', []],
    ['square metres, and an accent', '20 m² café', []],
  ];
  test.each(rows)('%s', (_, text, flagged) => {
    expect(suspicions([{ name: 'evidence', text }])).toEqual(flagged.map((one) => `⚠ evidence ${one}`));
  });
});

test('what lays itself out is folded into one line', () => {
  expect(folded('ok\n\n\n  Approved\r\n by\u2028Maria\n')).toBe('ok ⏎ Approved ⏎ by ⏎ Maria');
  expect(folded('one line, as it is')).toBe('one line, as it is');
});

test('a flag itself shows on a card as it is', () => {
  const text = suspicions([{ name: 'target', text: 'pаy\u202E', exact: true }]).join('\n');
  const { blocks } = render(cardWith({ blocks: [{ kind: 'text', text }] }), 'roster-1', speech);
  expect(blocks[1]).toMatchObject({ text: { text: `⚠ target ${hide}: U+202E\n⚠ target ${look}: U+0430` } });
});
