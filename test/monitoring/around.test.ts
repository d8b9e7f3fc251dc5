import { describe, expect, test } from 'vitest';
import { grouped, logLines, templateOf } from '../../src/monitoring/enrich/logs.ts';
import { traceLines, troubles } from '../../src/monitoring/enrich/traces.ts';
import type { Span } from '../../src/systems/jaeger/read.ts';
import type { LogLine } from '../../src/systems/loki/read.ts';

const begin = Date.UTC(2026, 10, 20, 10);

describe('lines of one kind', () => {
  const rows: [one: string, other: string, same: boolean][] = [
    ['request 1a2f cancelled after 2 s', 'request ffe0 cancelled after 17 s', true],
    ['answering 500 version=2.1 request=bead', 'answering 500 version=2.2 request=10', true],
    ['connect 10.0.0.7:5432 refused', 'connect 10.0.0.8:5432 refused', true],
    ['user="Ada L." is locked', 'user="Bo" is locked', true],
    ['job 5b8efff7-98038103-d269 failed', 'job 00000000-11111111-2222 failed', true],
    ['pool exhausted\n  at pool.ts:88', 'pool exhausted at pool.ts:9', true],
    ['hash deadbeefcafe is unknown', 'hash feedfacebeef is unknown', true],
    ['disk is full', 'disk is slow', false],
    ['timeout of payments', 'timeout of orders', false],
  ];
  test.each(rows)('%j and %j: %s', (one, other, same) => {
    expect(templateOf(one) === templateOf(other)).toBe(same);
  });

  test('a line of any length and kind takes no time', () => {
    for (const line of ['='.repeat(100_000), '1'.repeat(100_000), '"'.repeat(100_000), 'a='.repeat(50_000)]) {
      const begun = performance.now();
      templateOf(line);
      expect(performance.now() - begun).toBeLessThan(100);
    }
  });

  test('are counted, with the newest as it came; new ones stand first', async () => {
    const at = (second: number, line: string): LogLine => ({
      at: new Date(begin + second * 1_000),
      labels: {},
      line,
    });
    const now = [
      at(1, 'retry 1'),
      at(3, 'retry 3'),
      at(2, 'retry 2'),
      at(1, 'out of *memory* on a1'),
      at(2, 'out of *memory* on a2'),
    ];
    const groups = grouped(now, [at(-9, 'retry 99')]);
    expect(groups.map(({ count, fresh, example }) => [count, fresh, example.line])).toEqual([
      [2, true, 'out of *memory* on a2'],
      [3, false, 'retry 3'],
    ]);
    expect(await logLines(groups)).toEqual(['2 × new out of *memory* on a2', '3 × retry 3']);
    const many = grouped(
      [...'ghijklm'].map((letter) => at(1, letter.repeat(500))),
      [],
    );
    expect(await logLines(many)).toHaveLength(6);
    expect((await logLines(many))[0]).toHaveLength(249);
    expect((await logLines(many))[5]).toBe('and 2 more kinds of line');
    expect(await logLines(grouped([], now))).toEqual([]);
  });
});

/** One request: the shop asks the till (through a client's span), the till asks the bank. */
function request(nth: number, of: { ms?: number; fails?: 'bank' | 'shop'; host?: string } = {}): Span[] {
  const { ms = 100, fails, host = 'h1' } = of;
  const span = (own: Partial<Span>): Span => ({
    trace: `t${nth}`,
    span: '',
    parent: undefined,
    service: '',
    operation: 'do',
    kind: 'server',
    start: new Date(begin + nth * 1_000),
    durationMs: ms,
    error: fails === 'bank',
    attributes: { 'host.name': 'h9' },
    ...own,
  });
  const thrown = { 'exception.type': 'BankError', 'exception.message': `no money ${nth}` };
  return [
    span({ span: 'a', service: 'shop', error: fails !== undefined }),
    span({ span: 'b', parent: 'a', service: 'shop', kind: 'client', operation: 'call' }),
    span({ span: 'c', parent: 'b', service: 'till' }),
    span({
      span: 'd',
      parent: 'c',
      service: 'bank',
      attributes: { 'host.name': host, ...(fails === 'bank' && thrown) },
    }),
  ];
}
const requests = (count: number, of: (nth: number) => Parameters<typeof request>[1] = () => ({})) =>
  Array.from({ length: count }, (_, nth) => request(nth, of(nth))).flat();

describe('requests that went wrong', () => {
  test('the deepest that failed stands first, with what it threw; who only asked stands not at all', () => {
    const found = troubles(
      requests(40, (nth) => (nth < 10 ? { fails: 'bank' } : {})),
      requests(100),
    );
    expect(
      found.map(({ service, operation, failed, seen, depth }) => [service, operation, failed, seen, depth]),
    ).toEqual([
      ['bank', 'do', 10, 40, 3],
      ['till', 'do', 10, 40, 2],
      ['shop', 'do', 10, 40, 0],
    ]);
    expect(traceLines(found)[0]).toBe(
      'bank do: 10 of 40 failed (BankError: no money 9); p95 100 ms, was 100 ms in the hour before',
    );
  });

  test('all of it on one of several servers is said', () => {
    const spans = requests(40, (nth) => (nth % 2 ? { ms: 400, host: 'h2' } : {}));
    const [bank] = troubles(spans, requests(100));
    expect(bank).toMatchObject({ service: 'bank', failed: 0, only: 'h2', p95: 400, before: 100 });
    expect(traceLines(troubles(spans, requests(100)))[0]).toBe(
      'bank do: slow on h2 (40 seen), p95 400 ms, was 100 ms in the hour before',
    );
  });

  const quiet: [says: string, now: Span[], before: Span[]][] = [
    ['nothing', [], []],
    ['as before', requests(40), requests(100)],
    [
      'a failure as there always are some',
      requests(40, (nth) => (nth < 2 ? { fails: 'shop' } : {})),
      requests(100, (nth) => (nth < 4 ? { fails: 'shop' } : {})),
    ],
    ['one failure', requests(40, (nth) => (nth < 1 ? { fails: 'bank' } : {})), requests(100)],
    ['slow, of which nobody knows whether it always was', requests(40, () => ({ ms: 900 })), []],
    ['a little slower', requests(40, () => ({ ms: 115 })), requests(100)],
    ['a handful of slow ones', requests(4, () => ({ ms: 900 })), requests(100)],
  ];
  test.each(quiet)('%s is no trouble', (_, now, before) => expect(troubles(now, before)).toEqual([]));

  test('what was never seen before and fails is told as that', () => {
    expect(
      traceLines(
        troubles(
          requests(20, () => ({ fails: 'bank' })),
          [],
        ),
      )[0],
    ).toMatch(/^bank do: 20 of 20 failed \(.*\); p95 100 ms, was not seen in the hour before$/);
  });

  test('a trace that goes in a circle ends', () => {
    const [one] = request(1, { fails: 'bank' });
    const circle = [1, 2, 3].flatMap((nth) => [
      { ...one, trace: `${nth}`, span: 'x', parent: 'y' },
      { ...one, trace: `${nth}`, span: 'y', parent: 'x' },
    ]);
    expect(troubles(circle as Span[], [])).toHaveLength(1);
  });
});
