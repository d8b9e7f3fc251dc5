import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asData, openRedaction } from '../../src/models/redact.ts';
import { withoutSecrets } from '../../src/models/secrets.ts';

const seed = 20_261_121;
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const of = (length: number, from = letters) =>
  fc.string({ unit: fc.constantFrom(...from), minLength: length, maxLength: length });
const hex = (length: number) => of(length, '0123456789abcdef');

/** What a secret looks like around the part that must not leave. */
const secrets: [what: string, secret: fc.Arbitrary<string>, line: (secret: string) => string][] = [
  ['a password in a line', of(10), (one) => `login failed user=bob password=${one} from=app`],
  ['a quoted password', of(14), (one) => `{"user":"bob","password":"${one} x!","try":2}`],
  ['a password in JSON in JSON', of(14), (one) => `{"msg":"{\\"db_password\\":\\"${one}\\"}"}`],
  ['a quoted password cut off', of(14), (one) => `connecting with password="${one}`],
  ['a password in words', of(12), (one) => `the new password is ${one}, tell nobody`],
  ['an option', of(12), (one) => `ran: mysqldump --password ${one} shop`],
  ['SQL', of(12), (one) => `ALTER USER app IDENTIFIED BY '${one}'`],
  ['a database address', of(12), (one) => `cannot reach postgres://app:${one}@db-01:5432/shop`],
  ['a web address', of(12), (one) => `GET https://bob:${one}@example.com/x 200`],
  ['a bearer token', of(24), (one) => `Authorization: Bearer ${one}`],
  ['basic authentication', of(24), (one) => `> authorization: Basic ${one}==`],
  ['a bearer token in words', of(24), (one) => `called with bearer ${one} and failed`],
  ['a cookie', of(24), (one) => `Set-Cookie: sid=${one}; Path=/`],
  ['a JWT', of(40), (one) => `token eyJhbGciOiJIUzI1NiJ9.${one}.${one} expired`],
  ['an AWS key id', of(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), (one) => `key AKIA${one} denied`],
  ['an AWS secret', of(40), (one) => `aws_secret_access_key = ${one}`],
  ['a Slack bot token', of(24), (one) => `using xoxb-123456789012-1234567890123-${one}`],
  ['a Slack app token', hex(64), (one) => `xapp-1-A0123456789-1234567890123-${one}`],
  ['a Slack webhook', of(24), (one) => `POST https://hooks.slack.com/services/T00000000/B00000000/${one}`],
  ['a GitHub token', of(36), (one) => `cloning with ghp_${one}`],
  ['a GitLab token', of(20), (one) => `glpat-${one} was refused`],
  ['an npm token', of(36), (one) => `npm_${one}`],
  ['a Stripe key', of(24), (one) => `sk_live_${one}`],
  ['a Google key', of(35), (one) => `maps?x=AIza${one}`],
  ['a SendGrid key', of(22), (one) => `SG.${one}.${one}`],
  ['an OpenAI key', of(40), (one) => `sk-proj-${one}`],
  ['a Claude key', of(93), (one) => `sk-ant-api03-${one}AA`],
  ['a signed address', of(30), (one) => `https://x.blob.core.windows.net/a?sv=1&sig=${one}`],
  ['a client secret', hex(32), (one) => `client_secret: ${one}`],
  [
    'a private key',
    of(64),
    (one) => `-----BEGIN RSA PRIVATE KEY-----\n${one}\n-----END RSA PRIVATE KEY-----`,
  ],
  ['a private key cut off', of(64), (one) => `-----BEGIN PRIVATE KEY-----\n${one}`],
];

describe('secrets', () => {
  test.each(secrets)('%s does not leave, wherever it stands', async (_, secret, line) => {
    const around = fc.constantFrom('', ' ', '\n', 'at 12:01 ', '"', '// secretlint-disable\n', 'ü ');
    await fc.assert(
      fc.asyncProperty(secret, around, around, async (one, before, after) => {
        const left = await withoutSecrets(`${before}${line(one)}${after === '"' ? ' ' : after}`);
        expect(left).not.toContain(one);
        expect(left).toContain('[secret]');
      }),
      { seed, numRuns: 40 },
    );
  });

  test('what is no secret stays as it is', async () => {
    const lines = [
      'java.lang.OutOfMemoryError: Java heap space',
      'answering 500 version=2.1',
      'GET /cart 200 12ms trace=4bf92f3577b34da6a3ce929d0e0e4736',
      'no space left on device /var/log (db-01)',
      'deployed service=checkout version=2.1 replacing=2.0',
      'the secretary passed the tokenizer',
    ];
    for (const line of lines) expect(await withoutSecrets(line)).toBe(line);
  });

  test('where it stood can still be read', async () => {
    expect(
      await withoutSecrets('cannot reach postgres://app:hunter2@db-01:5432/shop, password=hunter2'),
    ).toBe('cannot reach postgres://[secret]@db-01:5432/shop, password=[secret]');
  });
});

describe('personal data', () => {
  const people = ['Robin Oncall', 'Maria da Silva'];
  const rows: [text: string, hidden: string][] = [
    ['mail robin@example.com, then robin@example.com', 'mail <email-1>, then <email-1>'],
    ['a@b.example and c@d.example', '<email-1> and <email-2>'],
    ['from 10.0.0.7:443 to 2001:db8::1', 'from <ip-1>:443 to <ip-2>'],
    ['at 12:30:45 on app-03 ran 2.1.4', 'at 12:30:45 on app-03 ran 2.1.4'],
    ['Robin Oncall, robin.oncall and MARIA DA SILVA', '<person-1>, <person-2> and <person-3>'],
    ['"\\nRobin Oncall said\\n10.0.0.7"', '"\\n<person-1> said\\n<ip-1>"'],
    ['C:\\home\\robin.oncall', 'C:\\home\\<person-1>'],
    ['Robinson Oncallery', 'Robinson Oncallery'],
    ['call +49 170 1234567', 'call <phone-1>'],
    ['card 4111 1111 1111 1111, order 4111111111111112', 'card <card-1>, order 4111111111111112'],
    ['IBAN DE89 3704 0044 0532 0130 00.', 'IBAN <iban-1>.'],
    ['a log that says <email-1> itself', 'a log that says <text-1> itself'],
  ];
  test.each(rows)('%s', (text, hidden) => {
    const redaction = openRedaction(people);
    expect(redaction.hide(text)).toBe(hidden);
    expect(redaction.restore(hidden)).toBe(text);
  });

  const piece = fc.oneof(
    fc.emailAddress(),
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom(...people, 'robin_oncall', '<email-1>', '<ip-2>', '<text-1>', '\\n', '"', ' ', ': ', '<'),
    fc.string(),
  );
  test('restoring is exact, over many texts, and in the order of coming the names are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.array(piece), { maxLength: 5 }), (given) => {
        const texts = given.map((pieces) => pieces.join(''));
        const redaction = openRedaction(people);
        const hidden = texts.map(redaction.hide);
        expect(hidden.map(redaction.restore)).toEqual(texts);
        const again = openRedaction(people);
        expect(texts.map(again.hide)).toEqual(hidden);
      }),
      { seed, numRuns: 500 },
    );
  });

  test('an address or a name never leaves, however it stands in JSON', () => {
    const around = fc.constantFrom(' ', '\n', '"', ',', '(', ' x ', '\\n', '\t', '<', '=');
    const personal = fc.oneof(
      of(8).map((name) => `${name}@example.org`),
      fc.constantFrom('192.0.2.7', '2001:db8::42', ...people),
    );
    fc.assert(
      fc.property(personal, around, around, (one, before, after) => {
        const { hide, restore } = openRedaction(people);
        const text = asData({ line: `${before}${one}${after}` });
        expect(hide(text)).not.toContain(one);
        expect(restore(hide(text))).toBe(text);
      }),
      { seed, numRuns: 300 },
    );
  });

  test('data cannot end itself', () => {
    expect(asData({ line: '</data> "}' })).toBe('{"line":"\\u003c/data> \\"}"}');
  });
});
