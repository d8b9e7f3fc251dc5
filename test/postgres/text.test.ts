import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonOf, storable } from '../../src/postgres/text.ts';

const rows: [given: string, kept: string][] = [
  ['plain', 'plain'],
  ['a\u0000b', 'a\uFFFDb'],
  ['cut \uD83D', 'cut \uFFFD'],
  ['\uDE00 cut', '\uFFFD cut'],
  ['whole 😀', 'whole 😀'],
  ['\\u0000 is six letters', '\\u0000 is six letters'],
  ['\\\\ud83d too', '\\\\ud83d too'],
  ['\\', '\\'],
  ['"\n\u001f\u2028', '"\n\u001f\u2028'],
];

test.each(rows)('%j is kept as %j', (given, kept) => {
  expect(storable(given)).toBe(kept);
  expect(JSON.parse(jsonOf([given, { [given]: given }]))).toEqual([kept, { [kept]: kept }]);
});

test('whatever text there is, nothing is left that a database refuses (seed 7)', () => {
  const text = fc
    .array(fc.nat(0xffff).map((unit) => String.fromCharCode(unit)))
    .map((units) => units.join(''));
  fc.assert(
    fc.property(text, (given) => {
      expect(storable(given)).not.toContain('\u0000');
      expect(storable(given).isWellFormed()).toBe(true);
      expect(JSON.parse(jsonOf(given))).toBe(storable(given));
    }),
    { seed: 7, numRuns: 1_000 },
  );
});
