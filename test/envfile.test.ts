import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readEnvFile } from '../src/envfile.ts';

type Env = Record<string, string>;

describe('the file .env', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roster-env-'));
  const path = join(folder, '.env');
  afterAll(() => rmSync(folder, { recursive: true }));

  const readable: [why: string, content: string, env: Env][] = [
    ['names and values', 'A=1\nB = two words # why\n', { A: '1', B: 'two words' }],
    ['comments, empty lines and spaces', '# why\n\n  C=3\r\n', { C: '3' }],
    ['a mark at the beginning, as some editors leave', '\uFEFFA=1', { A: '1' }],
    ['export before a name', 'export A=1', { A: '1' }],
    [
      'quotes, also over several lines',
      'A="# 1"\nB="one\ntwo = 2\nthree"\nC=3',
      { A: '# 1', B: 'one\ntwo = 2\nthree', C: '3' },
    ],
    ['an empty value', 'A=\nB=2', { A: '', B: '2' }],
    ['a name of a library that is not in capitals', 'MicrosoftAppId=1', { MicrosoftAppId: '1' }],
  ];
  test.each(readable)('%s', (_, content, env) => {
    writeFileSync(path, content);
    expect(readEnvFile(path)).toEqual({ kind: 'env', env });
  });

  const malformed: [content: string, because: string[]][] = [
    ['A=1\n\nFOO\n', ['line 3: found `FOO`, wanted NAME=value.']],
    ['xoxb-secret-1', ['line 1: found a line of 13 characters, wanted NAME=value.']],
    [
      'A: 1\n=2',
      [
        'line 1: found a line of 4 characters, wanted NAME=value.',
        'line 2: found a line of 2 characters, wanted NAME=value.',
      ],
    ],
    ['A="secret\nB=2', ['line 1: found a quote that is opened and never closed, wanted NAME="value".']],
    ['A="one\ntwo"\nFOO', ['line 3: found `FOO`, wanted NAME=value.']],
  ];
  test.each(malformed)('%j is refused', (content, because) => {
    writeFileSync(path, content);
    expect(readEnvFile(path)).toEqual({
      kind: 'refused',
      because: because.map((line) => `\`${path}\` ${line}`),
    });
  });

  test('no file is no variables', () => {
    expect(readEnvFile(join(folder, 'none'))).toEqual({ kind: 'env', env: {} });
  });

  test('a file that cannot be read is refused', () => {
    mkdirSync(join(folder, 'a-folder'));
    expect(readEnvFile(join(folder, 'a-folder'))).toEqual({
      kind: 'refused',
      because: [
        `\`${join(folder, 'a-folder')}\` cannot be read (EISDIR): wanted a file of lines NAME=value.`,
      ],
    });
  });
});
