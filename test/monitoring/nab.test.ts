// The scorer against the figures it must give, and the detector against its bar, where the data is.
import { describe, expect, test } from 'vitest';
import { flagged } from '../../bench/nab.ts';
import { fromWhere, hasNab, readNab, type Series } from '../../bench/nab-read.ts';
import { outOfHundred, scoreFile, unscored } from '../../bench/nab-score.ts';

const dir = '../shared/data/nab';
if (!hasNab(dir)) console.warn(`Skipped: the Numenta benchmark. ${fromWhere}`);

test('a small file, counted by hand', () => {
  const windows = [{ first: 40, last: 49 }];
  const sum = (flags: number[]) => scoreFile(100, flags, windows, 0.11).sum;
  expect(sum([])).toBe(-1);
  expect(sum([40])).toBe(1);
  expect(sum([40, 45])).toBe(1); // the best counts, the others cost nothing
  expect(sum([49])).toBeCloseTo((2 / (1 + Math.exp(-0.5)) - 1) / (2 / (1 + Math.exp(-5)) - 1));
  expect(sum([14])).toBe(-1); // not scored yet
  expect(sum([15])).toBeCloseTo(-1.11);
  expect(sum([50])).toBeCloseTo(-1 - 0.11 * (1 - 2 / (1 + Math.exp(5 / 9))));
  expect(sum([99])).toBeCloseTo(-1.11);
});

describe.skipIf(!hasNab(dir))('on the files of the benchmark', () => {
  const series = hasNab(dir) ? readNab(dir) : [];
  const score = (flag: (one: Series) => number[], cost = 0.11, of = series) => {
    const scored = of.map((one) => scoreFile(one.at.length, flag(one), one.windows, cost));
    return { score: outOfHundred(scored), falseRows: scored.reduce((sum, one) => sum + one.falseRows, 0) };
  };

  test('the scorer gives the figures it must', () => {
    const everyThousandth = ({ at }: Series) => [...at.keys()].filter((row) => row % 1_000 === 0);
    expect(score(() => [])).toEqual({ score: 0, falseRows: 0 });
    expect(score(({ windows }) => windows.map(({ first }) => first))).toEqual({ score: 100, falseRows: 0 });
    expect(score(({ windows }) => windows.map(({ last }) => last)).score).toBeCloseTo(51.05, 2);
    expect(score(everyThousandth).score).toBeCloseTo(20.38, 2);
    expect(score(everyThousandth, 0.22).score).toBeCloseTo(5.38, 2);
    expect(score(everyThousandth).falseRows).toBe(186);
    const days = series.reduce(
      (sum, { at }) => sum + ((at.at(-1) as number) - (at[unscored(at.length)] as number)) / 86_400,
      0,
    );
    expect(days).toBeCloseTo(1_163.25, 2);
  });

  test('the detector as it ships passes its bar, overall and in every folder', () => {
    const flags = new Map(series.map((one) => [one.file, flagged(one)]));
    const flag = ({ file }: Series) => flags.get(file) as number[];
    expect(score(flag).score).toBeGreaterThan(62);
    for (const folder of new Set(series.map((one) => one.folder))) {
      const inside = series.filter((one) => one.folder === folder);
      if (inside.some(({ windows }) => windows.length > 0))
        expect(score(flag, 0.11, inside).score).toBeGreaterThan(40);
    }
  });

  test('no look-ahead: a series cut short is flagged as it was up to there', () => {
    for (const { at, value } of series.filter((_, nth) => nth % 7 === 0)) {
      const cut = Math.floor(at.length * 0.6);
      const short = flagged({ at: at.subarray(0, cut), value: value.subarray(0, cut) });
      expect(short).toEqual(flagged({ at, value }).filter((row) => row < cut));
    }
  });
});
