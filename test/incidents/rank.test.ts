// Where a failure comes from, on small made-up systems: an hour of usual minutes, then ten of the failure.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featureNames, type Ranking, rank, rankSettings } from '../../src/incidents/diagnose/rank.ts';
import type { Hint, Kind, Series, Telemetry } from '../../src/incidents/diagnose/telemetry.ts';

const before = 60;
const after = 10;
const kinds: Record<string, Kind> = {
  ...{ cpu: 'resource', memory: 'resource', latency: 'latency', errors: 'errors', requests: 'traffic' },
};

/** Made noise, the same in every run: −1 to 1. */
const noise = (nth: number, row: number) => Math.sin(12.9898 * (nth + 1) + 78.233 * row * (nth + 2));

/** What happens to a series in a row of the failure, in the size of its noise. */
type Course = (row: number) => number;
const step =
  (size: number, from = 0): Course =>
  (row) =>
    row >= from ? size * (1 + 0.1 * Math.sin(row)) : 0;

interface Made {
  /** Such as `cart.cpu`, or `shop>cart.latency` as the caller sees it. */
  [name: string]: Course | 'usual';
}

/** Calls are `shop>cart`; the symptom is `shop.latency`; rows are `every` seconds apart. */
function system(made: Made, calls: string[] = [], symptom?: string, late = 0, every = 60): Telemetry {
  const rows = before + after;
  const series = Object.entries(made).map(([name, course], nth): Series => {
    const [who = '', metric = ''] = name.split('.');
    const [caller = '', callee] = who.split('>');
    const values = Float64Array.from({ length: rows }, (_, row) => {
      const more = course === 'usual' || row < before ? 0 : course(row - before);
      return 100 + noise(nth, row) + more;
    });
    const told = { metric, kind: kinds[metric] ?? 'unknown', values } as const;
    const bad = metric === 'requests' ? 'either' : 'up';
    return callee === undefined ? { node: caller, bad, ...told } : { node: callee, caller, bad, ...told };
  });
  const [node = '', metric = ''] = symptom?.split('.') ?? [];
  return {
    times: Float64Array.from({ length: rows }, (_, row) => 1_700_000_000 + every * row),
    onset: before + late,
    series,
    calls: calls.map((call) => {
      const [caller = '', callee = ''] = call.split('>');
      return { caller, callee };
    }),
    ...(symptom === undefined ? {} : { symptom: { node, metric } }),
  };
}

/** The nodes found, the likeliest first; none is empty. */
const named = (ranking: Ranking) =>
  ranking.kind === 'found' ? ranking.suspects.map(({ node }) => node) : [];
const suspect = (ranking: Ranking, node: string) =>
  ranking.kind === 'found' ? ranking.suspects.find((one) => one.node === node) : undefined;

describe('who is named first', () => {
  const chain = ['shop>cart', 'cart>db'];
  const rows: [story: string, known: Telemetry, first: string][] = [
    [
      'what moves its own resources is the cause, what is only slow the victim',
      system({ 'shop.cpu': 'usual', 'shop.latency': step(40), 'db.cpu': step(20), 'db.latency': step(20) }),
      'db',
    ],
    [
      'the deepest of a chain that is slow together',
      system(
        { 'shop.latency': step(60), 'cart.latency': step(50), 'db.latency': step(40) },
        chain,
        'shop.latency',
      ),
      'db',
    ],
    [
      'not deeper than what is slow',
      system(
        { 'shop.latency': step(60), 'cart.latency': step(50), 'db.latency': 'usual' },
        chain,
        'shop.latency',
      ),
      'cart',
    ],
    [
      'what goes with the symptom, not what is farther off at another time',
      system(
        {
          'shop.latency': step(9, 4),
          'cart.latency': step(9, 4),
          'mail.latency': (row) => (row < 4 ? 90 : 0),
        },
        ['shop>cart', 'shop>mail'],
        'shop.latency',
      ),
      'cart',
    ],
    [
      'the callee that all its callers see slow',
      system({
        ...{ 'shop>cart.latency': step(30), 'pay>cart.latency': step(25) },
        ...{ 'shop>mail.latency': 'usual', 'pay>mail.latency': 'usual' },
      }),
      'cart',
    ],
    [
      'the caller that sees all that it calls slow',
      system({
        ...{ 'shop.cpu': step(6), 'shop>cart.latency': step(30), 'shop>mail.latency': step(32) },
        ...{ 'shop>pay.latency': step(31), 'cart.cpu': 'usual' },
      }),
      'shop',
    ],
    [
      'of two that are as unusual, the one that explains more of the others',
      system(
        {
          'shop.latency': step(40),
          'pay.latency': step(20),
          'mail.latency': step(21),
          'cart.latency': step(20),
        },
        ['shop>mail', 'shop>cart', 'pay>cart'],
      ),
      'cart',
    ],
    [
      'the server, where a service is slow because of it',
      system({ 'cart.latency': step(30), 'web-1.cpu': step(20) }, ['cart>web-1'], 'cart.latency'),
      'web-1',
    ],
    [
      'one of two that call each other in a circle: the more unusual',
      system({ 'cart.latency': step(20), 'pay.latency': step(30) }, ['cart>pay', 'pay>cart']),
      'pay',
    ],
    [
      'who is asked more is not to blame for it',
      system({ 'shop.cpu': step(12), 'cart.requests': step(90) }, ['shop>cart']),
      'shop',
    ],
    [
      'an unknown metric counts as its own',
      system({ 'cart.queue': step(30), 'shop.latency': step(25) }, ['shop>cart']),
      'cart',
    ],
  ];
  test.each(rows)('%s', (_, known, first) => {
    expect(named(rank(known))[0]).toBe(first);
  });

  test('two faults at once are both named, before everything else', () => {
    const known = system({
      ...{ 'cart.cpu': step(30), 'cart.latency': step(10), 'pay.memory': step(25), 'pay.latency': step(12) },
      ...{ 'shop.latency': step(15), 'mail.cpu': 'usual', 'mail.latency': 'usual' },
    });
    expect(named(rank(known)).slice(0, 2).sort()).toEqual(['cart', 'pay']);
  });

  test('what the symptom does not depend on, and what began after it, counts for less', () => {
    // Three rows of 60 s after the symptom; and shop is known to call cart, not db.
    const made = {
      'shop.latency': (row: number) => 30 + row,
      'db.cpu': (row: number) => (row < 3 ? 0 : 9 * row),
    };
    const score = (calls: string[], every: number, settings: Partial<typeof rankSettings>) => {
      const known = system(made, calls, 'shop.latency', 0, every);
      return suspect(rank(known, { ...rankSettings, ...settings }), 'db')?.score ?? 0;
    };
    const [far, near] = [['shop>cart'], ['shop>cart', 'cart>db']] as const;
    expect(score([...far], 6, {}) / score([...far], 6, { apart: 1 })).toBeCloseTo(rankSettings.apart);
    expect(score([...near], 6, {})).toBe(score([...near], 6, { apart: 1 }));
    expect(score([...near], 60, {}) / score([...near], 60, { late: 1 })).toBeCloseTo(rankSettings.late);
    expect(score([...near], 6, {})).toBe(score([...near], 6, { late: 1 }));
  });

  test('noticed a minute late, it is the same, and what is usual is not learnt from the failure', () => {
    const made = { 'cart.cpu': step(20), 'cart.latency': step(10), 'shop.latency': step(15) };
    const [prompt, late] = [0, 6].map((rows) => rank(system(made, [], undefined, rows, 10)));
    expect(named(late as Ranking)).toEqual(named(prompt as Ranking));
    const [one, other] = [prompt, late].map((ranking) => suspect(ranking as Ranking, 'cart')?.score ?? 0);
    expect(other).toBeCloseTo(one as number, 1);
  });
});

describe('missing data', () => {
  const made = { 'shop.latency': step(30), 'cart.latency': step(30), 'db.latency': step(30) };
  const known = () => system(made, ['shop>cart', 'cart>db'], 'shop.latency');
  const without = (telemetry: Telemetry, metric: string, gone: (row: number) => boolean): Telemetry => ({
    ...telemetry,
    series: telemetry.series.map((one) =>
      `${one.node}.${one.metric}` === metric
        ? { ...one, values: one.values.map((value, row) => (gone(row) ? Number.NaN : value)) }
        : one,
    ),
  });

  test('every third row may be missing', () => {
    expect(named(rank(without(known(), 'db.latency', (row) => row % 3 === 1)))[0]).toBe('db');
  });

  test('what has no past is not judged, and what it calls may still be', () => {
    expect(named(rank(without(known(), 'db.latency', (row) => row < before)))).toEqual(['cart', 'shop']);
    expect(named(rank(without(known(), 'cart.latency', (row) => row < before)))).toContain('db');
  });

  test('a symptom that is not measured tells nothing of the rest', () => {
    const blind = { ...known(), symptom: { node: 'shop', metric: 'satisfaction' } };
    expect(named(rank(blind))[0]).toBe('db');
  });

  test('nothing at all is nothing found', () => {
    const empty = { times: new Float64Array(), onset: 0, series: [] };
    expect(rank(empty)).toEqual({
      kind: 'none',
      because: 'No root cause found: nothing that was measured got worse.',
    });
  });
});

describe('no root cause found', () => {
  test('when nothing is unusual, with and without a symptom', () => {
    const made: Made = { 'shop.latency': 'usual', 'cart.latency': 'usual', 'cart.cpu': 'usual' };
    for (const symptom of [undefined, 'shop.latency'])
      expect(rank(system(made, ['shop>cart'], symptom))).toMatchObject({ kind: 'none' });
  });

  test('when what is unusual has nothing to do with the symptom', () => {
    const lone = (row: number) => (row === 3 || row === 4 ? 30 : 0);
    const made: Made = { 'shop.latency': 'usual', 'mail.latency': lone };
    const ranking = rank(system(made, ['shop>mail'], 'shop.latency'));
    expect(ranking).toEqual({
      kind: 'none',
      because: expect.stringMatching(/^No root cause found: .* within what happens without a failure\.$/),
    });
    expect(named(rank(system(made, ['shop>mail'])))).toEqual(['mail', 'shop']);
  });

  test('a single row is an outlier, two are not', () => {
    const spike = (rows: number) => rank(system({ 'cart.latency': (row) => (row < rows ? 50 : 0) }));
    expect([1, 2].map((rows) => named(spike(rows)))).toEqual([[], ['cart']]);
  });

  test('by the setting alone', () => {
    const known = system({ 'cart.latency': step(5) });
    expect(named(rank(known))).toEqual([]);
    expect(named(rank(known, { ...rankSettings, least: 0 }))).toEqual(['cart']);
  });
});

describe('what is said', () => {
  const known = system(
    {
      ...{ 'shop.latency': step(30), 'cart.latency': step(28), 'cart.cpu': step(50) },
      ...{ 'mail.latency': step(12, 3), 'mail.requests': step(9) },
    },
    ['shop>cart'],
    'shop.latency',
  );
  const ranking = rank(known);

  test('for and against the cause', () => {
    expect(suspect(ranking, 'cart')).toMatchObject({
      for: [
        'cpu of cart is 39 spreads above what is usual, and nothing that it calls moves that.',
        'latency of cart is 22 spreads above what is usual.',
        'It takes the same course as latency of shop.',
        'It explains what is seen of shop.',
      ],
      against: [],
    });
  });

  test('for and against a victim, and against what came later and stands apart', () => {
    expect(suspect(ranking, 'shop')).toMatchObject({
      for: [expect.stringMatching(/^latency of shop is \d+ spreads above what is usual\.$/)],
      against: [
        expect.stringMatching(/^\d+ % of what its callers see is explained by cart, which it calls\.$/),
        'None of its own resources is known to have moved.',
      ],
    });
    const said = suspect(ranking, 'mail')?.against.join(' ');
    expect(said).toContain('It began more than 60 s after latency of shop.');
    expect(said).toContain('shop is not known to depend on it.');
  });

  test('as numbers, one for each name, of which the first is the score', () => {
    for (const node of named(ranking)) {
      const { features = [], score } = suspect(ranking, node) ?? {};
      expect(features).toHaveLength(featureNames.length);
      expect(features.every(Number.isFinite)).toBe(true);
      expect(features[0]).toBe(score);
    }
  });

  test('a hint adds its weight and its sentence, for or against', () => {
    const hint = (weight: number): Hint => {
      return { node: 'cart', from: 'change', weight, says: 'cart 2.1 was deployed 3 minutes before.' };
    };
    const plain = suspect(ranking, 'cart');
    for (const weight of [2, -0.2]) {
      const hinted = suspect(rank({ ...known, hints: [hint(weight)] }), 'cart');
      expect(hinted?.score).toBeCloseTo((plain?.score ?? 0) + weight);
      expect(hinted?.[weight > 0 ? 'for' : 'against'].at(-1)).toBe(hint(weight).says);
    }
  });
});

test('a hint alone may name what is not measured', () => {
  const hints: Hint[] = [{ node: 'dns', from: 'history', weight: 3, says: 'Twice before it was dns.' }];
  const ranking = rank({ ...system({ 'shop.latency': step(5) }), hints });
  expect(suspect(ranking, 'dns')?.for).toEqual(['Twice before it was dns.']);
  expect(named(ranking)[0]).toBe('dns');
});

test('scaling or shifting any series changes nothing', () => {
  const made: Made = {
    ...{ 'shop.latency': step(30), 'cart.latency': step(28), 'cart.cpu': step(50), 'cart.requests': step(4) },
    ...{
      'db.latency': step(8, 2),
      'db.memory': 'usual',
      'shop>mail.latency': step(5),
      'pay>mail.latency': 'usual',
    },
  };
  const known = system(made, ['shop>cart', 'cart>db'], 'shop.latency');
  const plain = rank(known);
  const scale = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  const size = known.series.length;
  fc.assert(
    fc.property(
      fc.array(scale, { minLength: size, maxLength: size }),
      fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: size, maxLength: size }),
      (scales, shifts) => {
        const series = known.series.map((one, nth) => ({
          ...one,
          values: one.values.map((value) => (scales[nth] as number) * (value + (shifts[nth] as number))),
        }));
        const moved = rank({ ...known, series });
        expect(named(moved)).toEqual(named(plain));
        for (const node of named(plain))
          expect(suspect(moved, node)?.score).toBeCloseTo(suspect(plain, node)?.score ?? 0, 4);
      },
    ),
    { numRuns: 50 },
  );
});
