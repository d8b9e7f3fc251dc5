import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withParity } from './parity.ts';

test('the README tells what each surface can do, as it stands here', async () => {
  await expect(withParity(readFileSync('README.md', 'utf8'))).toMatchFileSnapshot('../../README.md');
});
