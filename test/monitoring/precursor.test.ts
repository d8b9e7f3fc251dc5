// What precedes a failure is learnt from the past ones, and known again; what only begins alike is not taken for it.
import { expect, test } from 'vitest';
import { seeded } from '../../src/estate/noise.ts';
import { type LeadIn, learnSignatures, matchOf, watchFor } from '../../src/monitoring/lookout/precursor.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`The lead-ins have seed ${seed}.`);
const random = seeded(seed);

/** Close to normal, deviation 1. */
const noise = () => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
/** Five metrics of a server; the last two follow each other even in quiet times. */
const quietMoment = () => {
  const joint = noise();
  return [noise(), noise(), noise(), joint + 0.3 * noise(), joint + 0.3 * noise()];
};
const quiet = Array.from({ length: 4_000 }, quietMoment);
const shifted = (by: number[]) => quietMoment().map((z, nth) => z + (by[nth] ?? 0));
const leadIn = (family: string, nth: number, by: number[]): LeadIn => ({
  family,
  incident: `inc-${family}-${nth}`,
  seen: Array.from({ length: 60 }, (_, minute) => shifted(by.map((one) => (one * (minute + 1)) / 60))),
});
const past = [
  ...[1, 2, 3, 4, 5].map((nth) => leadIn('leak', nth, [10, 6, 0, 0, 0])),
  ...[1, 2, 3, 4, 5].map((nth) => leadIn('controller', nth, [0, 0, 0, 5, -5])),
  ...[1, 2].map((nth) => leadIn('seldom', nth, [0, 0, 9, 0, 0])),
];
const signatures = learnSignatures(past, quiet);

test('kinds of failures that came often enough have a signature, with the incidents it is learnt from', () => {
  expect(signatures.known.map(({ family, incidents }) => [family, incidents.length])).toEqual([
    ['leak', 5],
    ['controller', 5],
  ]);
  expect(signatures.without).toEqual([{ family: 'seldom', because: 'seen 2 times, wanted 3' }]);
});

test('lead-ins that do not look alike have none', () => {
  const ways = [
    [9, 0, 0, 0, 0],
    [0, 9, 0, 0, 0],
    [0, 0, 9, 0, 0],
  ];
  const odd = ways.map((by, nth) => leadIn('odd', nth, by));
  expect(learnSignatures(odd, quiet)).toMatchObject({
    known: [],
    without: [{ family: 'odd', because: 'its lead-ins do not look alike' }],
  });
});

const moments: [what: string, by: number[], family: string | undefined][] = [
  ['the whole signature', [10, 6, 0, 0, 0], 'leak'],
  ['half of the way there', [6, 3.6, 0, 0, 0], 'leak'],
  ['only its first part, as strong', [12, 0, 0, 0, 0], undefined],
  ['the other way round', [-10, -6, 0, 0, 0], undefined],
  ['two that always go together, going apart', [0, 0, 0, 4, -4], 'controller'],
  ['the same two, together as usual', [0, 0, 0, 4, 4], undefined],
  ['nothing', [0, 0, 0, 0, 0], undefined],
];
test.each(moments)('%s', (_, by, family) => {
  expect(matchOf(signatures, by)?.signature.family).toBe(family);
});

test('a warning is given once it holds, and again only after a long while without', () => {
  const { see } = watchFor(signatures);
  const full = [10, 6, 0, 0, 0];
  const told = (from: number, cycles: number, seen: number[]) =>
    Array.from({ length: cycles }, (_, nth) => see('db-01', seen, from + nth)).filter(Boolean).length;
  expect(told(0, 1, full)).toBe(0);
  expect(told(1, 31, full)).toBe(1);
  expect(told(32, 60, [0, 0, 0, 0, 0])).toBe(0);
  expect(told(92, 10, full)).toBe(0);
  expect(told(300, 10, full)).toBe(1);
  expect(see('db-02', full, 310)).toBeUndefined();
});

test('quiet times give next to no warnings', () => {
  const { see } = watchFor(signatures);
  const warnings = Array.from({ length: 20_000 }, (_, cycle) => see('db-01', quietMoment(), cycle)).filter(
    Boolean,
  );
  expect(warnings.length).toBeLessThan(3);
});
