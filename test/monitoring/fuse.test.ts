import { describe, expect, test } from 'vitest';
import { openFusion, type Told } from '../../src/monitoring/fusion/fuse.ts';
import { inventoryOf, type Sigmas, watch } from './fused.ts';

const shop = inventoryOf(
  ['shop>cart', 'shop>ads', 'checkout>cart', 'cart>db', 'reports>archive'],
  ['web-1: shop checkout', 'web-2: shop', 'db-1: db', 'old-1: reports archive'],
);

/** What is told, as one line a signal. */
function said({ open }: Told): string[] {
  return open.map(({ service, server }) => (server ? `${service} on ${server}` : service));
}

describe('one cause is one signal, told where it begins', () => {
  const rows: [story: string, sigmas: Sigmas, told: string[]][] = [
    ['nothing is unusual', {}, []],
    [
      'one server, two services on it slow',
      {
        ...{ 'web-1.cpu_used': 20, 'web-1.memory_used': 6 },
        ...{ 'shop.latency': 12, 'shop.errors': 6, 'checkout.latency': 12, 'checkout.errors': 7 },
      },
      ['checkout on web-1'],
    ],
    [
      'one service eats its server; the other on it is slow',
      {
        'shop.cpu_used': 20,
        'shop.latency': 8,
        'web-1.cpu_used': 9,
        'checkout.latency': 9,
        'checkout.errors': 5,
      },
      ['shop on web-1'],
    ],
    [
      'a chain waits for its slow end, by the calls',
      {
        ...{ 'shop>cart': 25, 'checkout>cart': 25, 'cart>db': 30 },
        ...{ 'shop.latency': 9, 'shop.errors': 9, 'cart.latency': 9, 'cart.errors': 9, 'db.latency': 9 },
      },
      ['db'],
    ],
    [
      'only the calls to it are slow: the callee, not its callers',
      { 'shop>cart': 20, 'checkout>cart': 20, 'shop.latency': 9, 'shop.errors': 5 },
      ['cart'],
    ],
    [
      'one caller of two sees it slow, and suffers',
      { 'shop>cart': 14, 'shop.latency': 9, 'shop.errors': 5 },
      ['cart'],
    ],
    [
      'one caller of two sees it a little slower, and suffers more',
      { 'shop>cart': 5, 'shop.latency': 9, 'shop.errors': 5 },
      ['shop'],
    ],
    [
      'a caller that has gone wild asks more of its callees',
      {
        'shop.cpu_used': 12,
        'shop.errors': 9,
        'cart.requests': 9,
        'cart.bytes': 9,
        'ads.requests': 9,
        'ads.bytes': 9,
      },
      ['shop'],
    ],
    [
      'two causes at once that have nothing to do with each other',
      {
        'cart.cpu_used': 12,
        'cart.latency': 9,
        'shop.latency': 9,
        'shop.errors': 9,
        'archive.memory_used': 20,
      },
      ['cart', 'archive'],
    ],
    [
      'two causes at once that are neighbours: each moves its own',
      { 'cart.cpu_used': 12, 'cart.latency': 9, 'db.memory_used': 8, 'db.latency': 9 },
      ['cart', 'db'],
    ],
    ['one outcome of many alone', { 'shop.latency': 10 }, []],
    [
      'all a little, none of them critical',
      {
        'cart.latency': 3.9,
        'cart.errors': 3.9,
        'cart.requests': 3.9,
        'cart.bytes': 3.9,
        'cart.cpu_used': 3.9,
        'cart.memory_used': 3.9,
      },
      ['cart'],
    ],
    ['a server with few series and one of them critical', { 'db-1.disk_used': 4.5 }, ['db on db-1']],
    ['the same, unusual and not critical', { 'db-1.disk_used': 3.5 }, []],
  ];
  test.each(rows)('%s', (_, sigmas, told) => {
    expect(said(watch(shop).cycles(2, sigmas))).toEqual(told);
  });

  test('without calls measured, a chain is followed by what the callees themselves show', () => {
    const sigmas: Sigmas = {};
    for (const one of ['shop', 'cart', 'db'])
      Object.assign(sigmas, { [`${one}.latency`]: 9, [`${one}.errors`]: 6 });
    const { cycles } = watch(shop, undefined, [], { edges: false });
    const told = cycles(2, sigmas);
    expect(said(told)).toEqual(['db']);
    expect(told.open[0]?.because.slice(1)).toEqual(['shop waits for cart.', 'cart waits for db.']);
    expect(new Set(told.open[0]?.members.map(({ subject }) => subject))).toEqual(
      new Set(['shop', 'cart', 'db']),
    );
  });

  test('services that call each other in a circle end at the one that suffers most', () => {
    const circle = inventoryOf(['a>b', 'b>c', 'c>a']);
    const sigmas: Sigmas = {
      'a.errors': 6,
      'b.errors': 6,
      'c.errors': 6,
      'a.latency': 5,
      'b.latency': 9,
      'c.latency': 6,
    };
    expect(said(watch(circle, undefined, [], { edges: false }).cycles(2, sigmas))).toEqual(['b']);
  });
});

describe('how severe it is', () => {
  const rows: [story: string, sigmas: Sigmas, band: string, least: number, most: number][] = [
    [
      'barely',
      { 'cart.latency': 3.9, 'cart.errors': 3.9, 'cart.requests': 3.9, 'cart.bytes': 3.9 },
      'watch',
      2.6,
      3.5,
    ],
    [
      'one of them critical',
      { 'cart.latency': 6, 'cart.errors': 3.9, 'cart.requests': 3.9 },
      'critical',
      2.6,
      3.9,
    ],
    [
      'each below critical, together beyond it',
      {
        'cart.latency': 3.9,
        'cart.errors': 3.9,
        'cart.requests': 3.9,
        'cart.bytes': 3.9,
        'shop.latency': 3.9,
        'shop.errors': 3.9,
        'shop.requests': 3.9,
        'shop.bytes': 3.9,
        'shop>cart': 12,
        'checkout>cart': 12,
      },
      'critical',
      4,
      5,
    ],
    ['without end', { 'cart.cpu_used': 1_000, 'cart.latency': 1_000 }, 'critical', 5, 6],
  ];
  test.each(rows)('%s', (_, sigmas, band, least, most) => {
    const [one] = watch(shop).cycles(2, sigmas).open;
    expect(one?.band).toBe(band);
    expect(one?.score).toBeGreaterThanOrEqual(least);
    expect(one?.score).toBeLessThanOrEqual(most);
  });

  test('the most severe comes first, and in it the worst member', () => {
    const { open } = watch(shop).cycles(2, {
      'cart.cpu_used': 9,
      'cart.latency': 30,
      'archive.memory_used': 8,
    });
    expect(open.map(({ service }) => service)).toEqual(['cart', 'archive']);
    expect(open[0]?.members.map(({ metric, z, value, mean }) => [metric, z, value, mean])).toEqual([
      ['latency', 30, 130, 100],
      ['cpu_used', 9, 109, 100],
    ]);
    expect(open[0]?.because).toEqual([
      'cart moves its own resources: cpu_used 9.0 σ.',
      '2 of the 7 series of cart are unusual at once, combined 5.1 σ: latency 30.0 σ, cpu_used 9.0 σ.',
    ]);
  });
});

describe('it is opened once, stays while it holds, and is over when it is', () => {
  const bad: Sigmas = { 'cart.cpu_used': 9, 'cart.latency': 9 };

  test('one cycle is not enough, and two with a pause between are not two in a row', () => {
    const { cycles } = watch(shop);
    expect([cycles(1, bad), cycles(1, {}), cycles(1, bad)].map(said)).toEqual([[], [], []]);
    expect(said(cycles(1, bad))).toEqual(['cart']);
  });

  test('it keeps its beginning, stays on less than it took to open, and recovers', () => {
    const { cycles } = watch(shop);
    const [first] = cycles(2, bad).open;
    const [later] = cycles(20, bad).open;
    expect(later?.openedAt).toBe(first?.openedAt);
    const less: Sigmas = { 'cart.cpu_used': 5, 'cart.latency': 3.5 };
    expect(said(cycles(3, less))).toEqual(['cart']);
    expect(said(watch(shop).cycles(3, less))).toEqual([]);
    expect(cycles(1, {})).toEqual({ open: [], recovered: [{ key: 'service:cart', into: null }] });
    expect(cycles(1, {}).recovered).toEqual([]);
  });

  test('back within three cycles it is the same episode, later a new one', () => {
    const { cycles } = watch(shop);
    const [first] = cycles(2, bad).open;
    cycles(1, {});
    const [second] = cycles(2, bad).open;
    expect(second?.openedAt).toBe(first?.openedAt);
    cycles(5, {});
    const [third] = cycles(2, bad).open;
    expect(third?.openedAt).toBeGreaterThan((first?.openedAt ?? 0) + 300);
  });

  test('what turns out to be part of another becomes part of it', () => {
    const { cycles } = watch(shop);
    const victim: Sigmas = { 'shop.latency': 9, 'shop.errors': 9 };
    expect(said(cycles(2, victim))).toEqual(['shop']);
    cycles(1, { ...victim, 'shop>cart': 30, 'checkout>cart': 30 });
    const told = cycles(1, { ...victim, 'shop>cart': 30, 'checkout>cart': 30 });
    expect(said(told)).toEqual(['cart']);
    expect(told.open[0]?.members.map(({ subject }) => subject)).toContain('shop');
  });

  test('who suffers late from what is told already joins it', () => {
    const { cycles } = watch(shop);
    const cause: Sigmas = { 'shop>cart': 30, 'checkout>cart': 30 };
    cycles(15, cause);
    const told = cycles(3, { ...cause, 'shop.latency': 9, 'shop.errors': 9 });
    expect(said(told)).toEqual(['cart']);
    expect(told.open[0]?.because).toContain('shop waits for cart.');
  });

  test('what was off for long does not take the blame for what begins now', () => {
    const quiet = { 'ads.latency': 9, 'cart.requests': 9, 'cart.bytes': 9 };
    const { cycles } = watch(shop);
    cycles(12, { 'cart.memory_used': 4.5 });
    const told = cycles(2, { ...quiet, 'cart.memory_used': 4.5, 'shop.cpu_used': 12 });
    expect(said(told)).toEqual(['shop']);
  });

  test('one series of many, critical and alone, is told after half an hour and not before', () => {
    const { cycles } = watch(shop);
    expect(said(cycles(29, { 'shop.latency': 6 }))).toEqual([]);
    expect(said(cycles(1, { 'shop.latency': 6 }))).toEqual(['shop']);
    expect(said(cycles(5, { 'shop.latency': 6 }))).toEqual(['shop']);
    expect(cycles(1, {}).recovered).toEqual([{ key: 'service:shop', into: null }]);
  });

  const sure: [what: string, sigmas: number[], told: boolean][] = [
    ['critical once', [6, 0, 0, 0], false],
    ['critical twice in four', [6, 0, 0, 6], true],
    ['critical twice, further apart', [6, 0, 0, 0, 6], false],
    ['watched for long', [3.9, 3.9, 3.9, 3.9, 3.9], false],
  ];
  test.each(sure)('one series of many with a baseline that is not young: %s', (_, sigmas, told) => {
    const { cycles } = watch(shop, undefined, [], { young: false });
    const last = sigmas.map((sigma) => cycles(1, { 'shop.latency': sigma })).at(-1);
    expect(said(last ?? cycles(1, {}))).toEqual(told ? ['shop'] : []);
  });

  test('what only waits for another is not told besides, however sure it is', () => {
    const { cycles } = watch(shop, undefined, [], { young: false });
    const slow = {
      'shop.latency': 7,
      'cart.latency': 8,
      'db.latency': 9,
      'shop>cart': 20,
      'cart>db': 40,
    };
    for (let nth = 0; nth < 6; nth += 1)
      expect(said(cycles(1, slow)).filter((one) => one !== 'db')).toEqual([]);
  });

  test('it stays while it is critical now and then, and is over after eight cycles without', () => {
    const { cycles } = watch(shop, undefined, [], { young: false });
    for (let nth = 0; nth < 20; nth += 1)
      expect(said(cycles(1, { 'shop.latency': nth % 3 === 0 ? 6 : 1 })).length, `cycle ${nth}`).toBe(
        nth < 3 ? 0 : 1,
      );
    expect(said(cycles(6, {}))).toEqual(['shop']);
    expect(cycles(1, {}).recovered).toEqual([{ key: 'service:shop', into: null }]);
  });

  test('what is open outlives a restart', () => {
    const before = watch(shop);
    const [open] = before.cycles(2, bad).open;
    const kept = JSON.parse(JSON.stringify(before.fusion.episodes()));
    const after = watch(shop, undefined, [...kept, { key: 'service:gone', openedAt: 1 }]);
    expect(after.cycles(1, bad).open[0]?.openedAt).toBe(open?.openedAt);
    expect(after.cycles(1, {}).recovered).toEqual([{ key: 'service:cart', into: null }]);
  });
});

describe('what it is fed', () => {
  test('a series about nothing in the inventory, or about a server that runs nothing, has no slot', () => {
    const idle = inventoryOf(['a>b'], ['spare-1: a']);
    const [server] = idle.servers;
    if (server) server.services = [];
    const { slotOf } = openFusion(idle);
    const of = (about: 'service' | 'server', subject: string, callee?: string) =>
      slotOf({ metric: 'm', about, subject, role: 'load', ...(callee && { callee }) });
    expect([of('service', 'a'), of('service', 'a'), of('service', 'a', 'b')]).toEqual([0, 0, 1]);
    expect([of('service', 'x'), of('server', 'spare-1'), of('service', 'a', 'x')]).toEqual([-1, -1, -1]);
  });

  test('missing values are neither well nor ill', () => {
    const { cycles } = watch(shop);
    cycles(2, { 'cart.cpu_used': 9, 'cart.latency': 9 });
    const lost = { 'cart.errors': Number.NaN, 'cart.requests': Number.NaN };
    expect(said(cycles(1, { 'cart.cpu_used': 9, 'cart.latency': 9, ...lost }))).toEqual(['cart']);
    expect(said(watch(shop).cycles(5, lost))).toEqual([]);
  });

  test('the same cycles give the same, to the letter', () => {
    const seed = 20_261;
    const run = () => {
      const { cycles } = watch(shop);
      const random = randomOf(seed);
      const keys = [
        'shop.latency',
        'shop.cpu_used',
        'cart.latency',
        'cart.errors',
        'db.latency',
        'web-1.cpu_used',
        'shop>cart',
        'checkout>cart',
        'cart>db',
      ];
      return Array.from({ length: 200 }, () =>
        cycles(2, Object.fromEntries(keys.map((key) => [key, random() < 0.3 ? 20 * random() : random()]))),
      );
    };
    const [one, two] = [run(), run()];
    expect(JSON.stringify(one), `seed ${seed}`).toBe(JSON.stringify(two));
    expect(one.some(({ open }) => open.length > 1)).toBe(true);
  });
});

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
