import { describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { broken, endOf, foreseen, foretelling, isForetold, leading } from '../../src/incidents/foretold.ts';
import type { Cause, Incident } from '../../src/incidents/incident.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { counted } from '../../src/workers/answer.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));
function signal(cause: string | null, changed: Partial<Signal> = {}): Signal {
  const foretold = cause ? { cause, what: cause, at: null, earliest: null, latest: null, like: [] } : null;
  const rest = { service: 'payments', server: 'app-03', metric: 'memory_available', because: ['It sinks.'] };
  return { ...rest, raisedAt: at(0), recoveredAt: null, foretold, ...changed } as Signal;
}
const leak = signal('memory-leak');
const [forecast] = foretelling([leak]);

describe('the service that is laid to what is foretold for a server', () => {
  const past = (kind: string, server: string, service: string) =>
    ({ cause: { kind, known: { server, service } } as Cause }) as Incident;
  const rows: [what: string, server: string | null, like: Incident[], known: Cause['known']][] = [
    ['is the only one there', 'app-01', [], { server: 'app-01', service: 'checkout' }],
    ['is nobody knows which of two', 'app-03', [], { server: 'app-03' }],
    [
      'is the one it was the last time',
      'app-03',
      [past('memory-leak', 'app-03', 'payments'), past('memory-leak', 'app-03', 'orders')],
      { server: 'app-03', service: 'orders' },
    ],
    [
      'is not the one of another server',
      'app-03',
      [past('memory-leak', 'app-02', 'payments')],
      { server: 'app-03' },
    ],
    ['nor of another cause', 'app-03', [past('full-disk', 'app-03', 'payments')], { server: 'app-03' }],
    ['is its own, where no server is', null, [], { service: 'payments' }],
  ];
  test.each(rows)('%s', (_, server, like, known) => {
    const of = forecast && { ...forecast, server };
    expect(foreseen(of, fernwood, like).hypotheses).toMatchObject([{ kind: 'memory-leak', known }]);
  });
});

test('signals of what is there are told from those of what is not', () => {
  const there = signal(null);
  expect(broken([leak, there])).toEqual([there]);
  expect(broken([leak])).toEqual([leak]);
  expect(foretelling([leak, there])).toEqual([leak]);
});

test('it is foretold for as long as one signal says so, whatever else is open', () => {
  const over = signal('memory-leak', { recoveredAt: at(5) });
  expect(isForetold([over, leak])).toBe(true);
  expect(isForetold([over, signal(null)])).toBe(false);
});

test('the newest signal of its cause speaks for a prediction', () => {
  const disk = signal('full-disk', { raisedAt: at(3) });
  const sooner = signal('memory-leak', { raisedAt: at(2) });
  expect(leading([leak, sooner, disk], { kind: 'memory-leak' })).toBe(sooner);
  expect(leading([leak, sooner, disk], null)).toBe(disk);
  expect(leading([signal(null)], null)).toBeUndefined();
});

const ends: [status: Incident['status'], mitigatedAt: Date | null, end: string][] = [
  ['closed', at(5), 'prevented'],
  ['closed', null, 'did not come'],
  ['false-alarm', at(5), 'called off'],
];
test.each(ends)('one that is %s, mended at %s, %s', (status, mitigatedAt, end) => {
  expect(endOf({ status, mitigatedAt })).toBe(end);
});

const counts: [of: Incident['kind'][], said: string][] = [
  [[], '0 open incidents'],
  [['incident'], '1 open incident'],
  [['prediction', 'incident', 'incident'], '2 open incidents, 1 prediction'],
  [['prediction', 'prediction'], '0 open incidents, 2 predictions'],
];
test.each(counts)('%j are counted apart', (kinds, said) => {
  expect(counted(kinds.map((kind) => ({ kind })))).toBe(said);
});
