import { expect, onTestFinished, test } from 'vitest';
import { openPrometheus } from '../../src/systems/prometheus/read.ts';
import { openWire, type Seen } from './wire.ts';

const day = 86_400;

async function prometheus(answer: Parameters<typeof openWire>[0]) {
  const wire = await openWire(answer);
  onTestFinished(wire.close);
  return { ...openPrometheus({ url: wire.url, token: 't' }), seen: wire.seen };
}

function vector(...values: string[]) {
  const result = values.map((value, nth) => ({
    metric: { nth: String(nth) },
    value: [1763720000.25, value],
  }));
  return { body: { status: 'success', data: { resultType: 'vector', result } } };
}

/** Answers as Prometheus does: a point at every step, both ends included, refused beyond 11,000. */
function steady({ params }: Seen) {
  const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map((name) => Number(params.get(name)));
  if ((end - start) / step > 11_000) {
    const error =
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)';
    return { status: 400, body: { status: 'error', errorType: 'bad_data', error } };
  }
  const values = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, nth) => [
    start + nth * step,
    '1',
  ]);
  const result = ['a', 'b'].map((instance) => ({ metric: { instance, job: 'node' }, values }));
  return { body: { status: 'success', data: { resultType: 'matrix', result } } };
}

test('numbers as Go writes them', async () => {
  const { query, seen } = await prometheus(() => vector('1.5', '-2e-07', '1.2e+09', 'NaN', '+Inf', '-Inf'));
  const samples = await query('up', new Date(1763720000250));
  expect(samples.map(({ value }) => value)).toEqual([1.5, -2e-7, 1.2e9, Number.NaN, Infinity, -Infinity]);
  expect(samples[0]).toEqual({ labels: { nth: '0' }, value: 1.5, at: new Date(1763720000250) });
  expect(Object.fromEntries(seen[0]?.params ?? [])).toEqual({ query: 'up', time: '1763720000.25' });
});

const ranges = [
  { what: '21 days every 5 minutes', seconds: 21 * day, step: 300 },
  { what: 'a day every 5 seconds', seconds: day, step: 5 },
  { what: 'a second every 250 ms', seconds: 1, step: 0.25 },
  { what: 'less than a step', seconds: 10, step: 60 },
  { what: 'no time at all', seconds: 0, step: 60 },
  { what: 'a month every 9 days', seconds: 30 * day, step: 9 * day },
];
test.each(ranges)(
  '$what comes in pages and is joined without a gap or a repeat',
  async ({ seconds, step }) => {
    const { queryRange, seen } = await prometheus(steady);
    const from = 1763720000.12;
    const series = await queryRange('up', new Date(from * 1000), new Date((from + seconds) * 1000), step);
    const expected = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, nth) =>
      Math.round((from + nth * step) * 1000),
    );
    expect(series.map(({ labels }) => labels.instance)).toEqual(['a', 'b']);
    for (const { values } of series) expect(values.map(([at]) => Math.round(at * 1000))).toEqual(expected);
    for (const { params } of seen)
      expect(Number(params.get('end')) - Number(params.get('start'))).toBeLessThanOrEqual(7 * day);
  },
);

test('a series that is in some pages only keeps its own points', async () => {
  const { queryRange } = await prometheus(({ params }) => {
    const at = Number(params.get('start'));
    const metric = at > 1763720000 ? { instance: 'late' } : { instance: 'early' };
    return { body: { data: { resultType: 'matrix', result: [{ metric, values: [[at, '1']] }] } } };
  });
  const from = new Date(1763720000000);
  const series = await queryRange('up', from, new Date(from.getTime() + 8 * day * 1000), 3600);
  expect(series.map(({ labels, values }) => [labels.instance, values.length])).toEqual([
    ['early', 1],
    ['late', 1],
  ]);
});

test("Prometheus' own words when it refuses", async () => {
  const error = 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis';
  const { query } = await prometheus(() => ({
    status: 400,
    body: { status: 'error', errorType: 'bad_data', error },
  }));
  await expect(query('sum(', new Date())).rejects.toThrow(
    `Prometheus answered GET /api/v1/query with 400: bad_data: ${error}`,
  );
});

test('a result of another type is told, not guessed at', async () => {
  const { query } = await prometheus(() => ({
    body: { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } },
  }));
  await expect(query('2', new Date())).rejects.toThrow('in an unexpected shape: data.resultType');
});
