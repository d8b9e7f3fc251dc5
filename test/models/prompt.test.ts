import { expect, test } from 'vitest';
import { opinionOf, readPrompt } from '../../src/modelled.ts';
import { parsePrompt } from '../../src/models/prompt.ts';
import { names } from './mock.ts';

test.each(['diagnose', 'classify'])('the shipped prompt %s can be read and has a version', (name) => {
  expect(readPrompt('prompts', name)).toMatchObject({ id: expect.stringMatching(`^${name}@\\d+$`) });
});

const head = 'name: sort\nversion: 2\nmodel: small\nmax_tokens: 500';
const refused: [file: string, because: RegExp][] = [
  ['You sort.', /front matter between two lines of ---/],
  [`---\n${head}\n---\n  \n`, /no text/],
  [`---\n${head.replace('sort', 'other')}\n---\nYou sort.`, /its name is other, wanted sort/],
  [`---\n${head.replace('2', 'two')}\n---\nYou sort.`, /version: /],
  [`---\n${head}\nmood: good\n---\nYou sort.`, /mood/],
];
test.each(refused)('%j is refused', (file, because) => {
  expect(parsePrompt('sort', file)).toEqual({ kind: 'refused', because: expect.stringMatching(because) });
});

test('what is there is read, with its version', () => {
  expect(parsePrompt('sort', `---\r\n${head}\r\n---\r\nYou sort.\n`)).toEqual({
    kind: 'prompt',
    prompt: { id: 'sort@2', size: 'small', maxTokens: 500, text: 'You sort.' },
  });
});

test('without a key there is no model; a model without a price and a missing prompt stop the start', () => {
  const given = { promptsDir: 'nowhere', prices: {}, people: [] };
  const claude = { apiKey: 'sk-ant-x', models: names };
  expect(opinionOf({} as never, given)).toBeUndefined();
  expect(() => opinionOf({} as never, { ...given, claude })).toThrow(
    'ROSTER_MODEL is "claude-opus-5-5", wanted a model that has a price in models.yaml.',
  );
  expect(() => readPrompt('nowhere', 'diagnose')).toThrow('nowhere/diagnose.md is missing');
});
