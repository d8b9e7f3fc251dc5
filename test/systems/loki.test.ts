import { expect, onTestFinished, test } from 'vitest';
import { openLoki } from '../../src/systems/loki/read.ts';
import { openWire } from './wire.ts';

const from = new Date('2026-11-20T10:00:00Z');
const to = new Date('2026-11-20T11:00:00.250Z');

async function loki(answer: Parameters<typeof openWire>[0]) {
  const wire = await openWire(answer);
  onTestFinished(wire.close);
  return { ...openLoki({ url: wire.url }), seen: wire.seen };
}

test('lines of all streams, newest first by the nanosecond, no more than asked for', async () => {
  const result = [
    {
      stream: { app: 'a' },
      values: [
        ['1763636400000000003', 'third'],
        ['1763636400000000001', 'first', { trace: 'x' }],
      ],
    },
    {
      stream: { app: 'b' },
      values: [
        ['1763636400000000004', 'fourth'],
        ['1763636400000000002', 'second'],
      ],
    },
  ];
  const { queryRange, seen } = await loki(() => ({
    body: { status: 'success', data: { resultType: 'streams', result, stats: {} } },
  }));
  const lines = await queryRange('{job="x"}', from, to, 3);
  expect(lines.map(({ line }) => line)).toEqual(['fourth', 'third', 'second']);
  expect(lines[0]).toEqual({ at: new Date(1763636400000), labels: { app: 'b' }, line: 'fourth' });
  expect(seen[0]?.path).toBe('/loki/api/v1/query_range');
  expect(Object.fromEntries(seen[0]?.params ?? [])).toEqual({
    query: '{job="x"}',
    start: '1795168800000000000',
    end: '1795172400250000000',
    limit: '3',
    direction: 'backward',
  });
});

test("Loki's plain words when it refuses", async () => {
  const { queryRange } = await loki(() => ({
    status: 400,
    body: 'parse error at line 1, col 3: syntax error: unexpected IDENTIFIER\n',
  }));
  await expect(queryRange('{a b}', from, to, 10)).rejects.toThrow(
    'Loki answered GET /loki/api/v1/query_range with 400: parse error at line 1, col 3: syntax error: unexpected IDENTIFIER',
  );
});

test('a metric query is not for this client', async () => {
  const { queryRange } = await loki(() => ({
    body: { status: 'success', data: { resultType: 'matrix', result: [] } },
  }));
  await expect(queryRange('rate({a="b"}[1m])', from, to, 10)).rejects.toThrow(
    'in an unexpected shape: data.resultType',
  );
});
