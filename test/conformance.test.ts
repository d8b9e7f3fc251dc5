import { expect, inject, test } from 'vitest';
import { classes } from '../conformance/all.ts';
import { tryAll } from '../conformance/class.ts';

// Another seed each time: what broke is printed with the seed that breaks it again.
const seed = Math.floor(Math.random() * 2 ** 31);

const possible = classes.filter(({ needs }) => needs === undefined || inject(needs) !== undefined);

test.each(possible)('the gateway holds against $name', { timeout: 180_000 }, async (one) => {
  const broken: string[] = [];
  const say = (line: string) => void broken.push(line);
  const result = await tryAll(one, { tries: one.tries.quick, seed, quick: true, say });
  expect(broken).toEqual([]);
  expect(result).toMatchObject({ class: one.name, broken: 0 });
  expect(result.tried).toBeGreaterThanOrEqual(one.tries.quick);
});
